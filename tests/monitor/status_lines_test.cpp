// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/status_lines.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace vestige::monitor {
namespace {

struct Status : testing::Test, LogSink {
    Status() { set_log_sink(this); }
    ~Status() override { set_log_sink(nullptr); }
    void line(LogLevel, std::string_view text) override { lines.emplace_back(text); }
    std::vector<std::string> lines;
};

TEST_F(Status, VmsAreAnnounced) {
    config::VmPlan vm;
    vm.name.assign("a");
    vm.memory = 64 * mib;
    vm.first_cpu = 2;
    announce_vm(vm, {});
    config::Module module;
    module.options.path = "/boot/x.img";
    module.kind = config::ModuleKind::floppy;
    vm.source = config::BootSource::disks;
    vm.cpus = 2;
    announce_vm(vm, {&module, 1});
    module.options.path = {};
    announce_vm(vm, {&module, 1});
    EXPECT_EQ(lines, (std::vector<std::string>{
                         "vm a: 64 MiB, cpus 2, boots built-in guest",
                         "vm a: 64 MiB, cpus 2-3, boots floppy \"x.img\"",
                         "vm a: 64 MiB, cpus 2-3, boots floppy",
                     }));
}

TEST_F(Status, EndsAreAnnounced) {
    announce_power_off("a");
    announce_exit("b", 3);
    announce_stop("c", "triple fault");
    ExitTally{}.announce();
    EXPECT_EQ(lines, (std::vector<std::string>{
                         "vm a: powered off",
                         "vm b: exit status 3",
                         "vm c: stopped: triple fault",
                         "all VMs ended, exit status 0",
                     }));
}

TEST(ExitTally, FaultsOutweighStatuses) {
    ExitTally tally;
    tally.powered_off();
    EXPECT_EQ(tally.status(), 0);
    tally.exited(0);
    tally.exited(7);
    tally.exited(9);
    EXPECT_EQ(tally.status(), 7);
    tally.stopped();
    EXPECT_EQ(tally.status(), 126);
    ExitTally large;
    large.exited(255);
    EXPECT_EQ(large.status(), 125);
}

} // namespace
} // namespace vestige::monitor
