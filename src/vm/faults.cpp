// SPDX-License-Identifier: BSD-2-Clause
// Faults that end a guest, or that it will never get out of.
#include "exit_handler.hpp"

#include "vestige/config/words.hpp"
#include "vestige/cpu/exception_combining.hpp"
#include "vestige/vm/fault_report.hpp"

#include <algorithm>

namespace vestige::vm {
namespace {

constexpr u8 fault_status = 126;
constexpr std::string_view triple_fault = "triple fault";

} // namespace

void Vm::raise(const cpu::Event& event) {
    recorder_.interrupt(event, *vcpu_);
    const auto first = vcpu_->pending_event();
    if (!first)
        return vcpu_->inject(event);
    if (const auto both = cpu::combine(*first, event))
        return vcpu_->inject(*both);
    shutdown();
}

/// The state is as before the instruction that began it: it is run again, this time with every
/// exception reported to us.
std::optional<cpu::Event> Vm::replay_fault() {
    constexpr u64 long_enough = 100'000; // nanoseconds, for one instruction
    if (entered_with_ && vcpu_->regs.rip == entered_at_)
        return entered_with_;
    vcpu_->intercept_exceptions(~u32{0});
    const vcpu::VmExit exit = vcpu_->run(host_.tsc() + host_.to_ticks(long_enough));
    vcpu_->intercept_exceptions(0);
    recorder_.own_exit_until(host_.tsc());
    const auto* const found = std::get_if<vcpu::ExceptionExit>(&exit);
    if (found == nullptr)
        return {};
    if (found->event.vector == cpu::exception::pf)
        vcpu_->set_cr2(found->qualification);
    return found->event;
}

void Vm::shutdown() {
    recorder_.exit(exit_number<vcpu::ShutdownExit>(), *vcpu_);
    if (config_.on_fault == OnFault::reset)
        return request_reset("triple fault");
    const auto pending = vcpu_->pending_event();
    const auto first = pending ? pending : replay_fault();
    stop(triple_fault, first);
}

/// A debugger that wants to see the fault gets the report as well, and later the end.
void Vm::stop(std::string_view reason, std::optional<cpu::Event> first) {
    if (end() != End::running)
        return;
    log(LogArea::vm, LogLevel::info, "vm {}: {}: {}", config_.name.view(),
        debugger_.wants_fault() ? "held" : "stopped", reason);
    explain_fault(first, {}, reason == triple_fault);
    if (!debugger_.hold_fault(reason))
        end_with(End::stopped, fault_status);
}

/// The debugger has seen enough of the fault that it held.
void Vm::end_after_fault() {
    log(LogArea::vm, LogLevel::info, "vm {}: stopped: {}", config_.name.view(),
        debugger_.last_stop().text.view());
    end_with(End::stopped, fault_status);
}

void Vm::report(std::string_view reason, std::optional<cpu::Event> first,
                std::optional<FarPtr> at) {
    log(LogArea::vm, LogLevel::info, "vm {}: {}", config_.name.view(), reason);
    explain_fault(first, at, false);
}

void Vm::explain_fault(std::optional<cpu::Event> first, std::optional<FarPtr> at, bool shut_down) {
    report_.clear();
    print_fault_report(report_, {.cpu = *vcpu_, .path = path_, .ring = recorder_.ring(),
                                 .symbols = config_.symbols, .first = first,
                                 .shut_down = shut_down, .at = at});
    log_report();
}

void Vm::log_report() const {
    std::string_view rest = report_.view();
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        log(LogArea::vm, LogLevel::info, "vm {}:   {}", config_.name.view(),
            config::part(rest, 0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

/// A guest that loops with interrupts off asks for nothing and cannot be woken.
void Vm::watch_spinning() {
    const Statistics& statistics = recorder_.statistics();
    const u64 signs = statistics.all_exits() -
                      statistics.exits[exit_number<vcpu::TimerExit>()].count -
                      statistics.exits[exit_number<vcpu::HostInterruptExit>()].count;
    const bool quiet = signs == quiet_exits_ && !halted_ && !paused_ && end() == End::running &&
                       (vcpu_->regs.rflags & cpu::rflags::interrupt) == 0;
    quiet_exits_ = signs;
    if (!quiet)
        return spinning_.restart(now());
    if (spinning_.sample(now(), vcpu_->regs))
        report("run-away: for 5 seconds it has been in a loop with interrupts off: it asks for "
               "nothing, and its registers stay the same", {}, {});
}

void Vm::failed_entry(const vcpu::FailedEntryExit& exit) {
    char text[300];
    TextBuffer buffer{text};
    print(buffer, "the CPU refused to enter the guest (reason {}, qualification {x}): ",
          exit.reason, exit.qualification);
    vcpu_->explain_failed_entry(buffer);
    stop(buffer.view());
}

} // namespace vestige::vm
