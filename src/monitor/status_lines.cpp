// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/status_lines.hpp"

#include "vestige/base/log.hpp"

#include <algorithm>

namespace vestige::monitor {
namespace {

constexpr u8 largest_guest_status = 125;

template <class... Arguments> void inform(std::string_view format, const Arguments&... arguments) {
    log(LogArea::vm, LogLevel::info, format, arguments...);
}

} // namespace

void announce_vm(const config::VmPlan& vm, std::span<const config::Module> modules) {
    char storage[16];
    TextBuffer cpus{storage};
    if (vm.cpus == 1)
        print(cpus, "{}", vm.first_cpu);
    else
        print(cpus, "{}-{}", vm.first_cpu, vm.first_cpu + vm.cpus - 1);
    const std::string_view module = config::boots_module(vm, modules);
    const u64 memory = vm.memory / mib;
    if (module.empty())
        inform("vm {}: {} MiB, cpus {}, boots {}", vm.name.view(), memory, cpus.view(),
               config::boots_kind(vm, modules));
    else
        inform("vm {}: {} MiB, cpus {}, boots {} \"{}\"", vm.name.view(), memory, cpus.view(),
               config::boots_kind(vm, modules), module);
}

void announce_power_off(std::string_view vm) {
    inform("vm {}: powered off", vm);
}

void announce_exit(std::string_view vm, u8 status) {
    inform("vm {}: exit status {}", vm, status);
}

void announce_stop(std::string_view vm, std::string_view reason) {
    inform("vm {}: stopped: {}", vm, reason);
}

void ExitTally::exited(u8 status) {
    if (status_ == 0)
        status_ = std::min(status, largest_guest_status);
}

void ExitTally::announce() const {
    inform("all VMs ended, exit status {}", status());
}

} // namespace vestige::monitor
