// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/config/vm_plan.hpp"

#include "problem_list.hpp"

#include <gtest/gtest.h>

namespace vestige::config {
namespace {

struct Plan : testing::Test {
    void module(std::string_view text, u64 size = 1 << 20) {
        Module m;
        ASSERT_EQ(parse_module(text, m.options, problems), 0U);
        m.kind = m.options.kind;
        m.size = size;
        modules.push_back(m);
    }
    void boot(std::string_view line) { ASSERT_EQ(parse_boot_line(line, options, problems), 0U); }
    void plan() {
        plan_vms(modules, options, host, plans, problems);
        EXPECT_EQ(plans.problems, problems.sentences.size());
    }
    const VmPlan& vm(unsigned i) { return plans.vms[i]; }

    std::vector<Module> modules;
    BootOptions options;
    HostResources host{.cpus = 4, .memory = 512 * mib};
    VmPlans plans;
    ProblemList problems;
};

TEST_F(Plan, NothingGivesTheBuiltInGuestOnEveryCpu) {
    plan();
    ASSERT_EQ(plans.vms.size(), 4U);
    EXPECT_EQ(vm(3).name.view(), "d");
    EXPECT_EQ(vm(3).first_cpu, 3U);
    EXPECT_EQ(vm(3).source, BootSource::builtin);
    EXPECT_EQ(vm(3).memory, 16 * mib);
    EXPECT_EQ(boots_kind(vm(0), modules), "built-in guest");
}

TEST_F(Plan, SixtyFourCpusHaveNames) {
    host = {.cpus = 64, .memory = 200 * mib};
    plan();
    ASSERT_EQ(plans.vms.size(), 64U);
    EXPECT_EQ(vm(25).name.view(), "z");
    EXPECT_EQ(vm(26).name.view(), "aa");
    EXPECT_EQ(vm(63).name.view(), "bl");
    EXPECT_EQ(vm(63).memory, 3 * mib);
}

TEST_F(Plan, ConfigAndSymbolsAreNoGuests) {
    module("config");
    module("sym");
    plan();
    EXPECT_EQ(plans.vms.size(), 4U);
    EXPECT_EQ(vm(0).source, BootSource::builtin);
}

TEST_F(Plan, EachModuleIsAVmOfItsOwnUnlessNamed) {
    module("dir/one.img floppy");
    module("two.img disk vm=a");
    module("three.iso cdrom vm=a");
    module("four.bin raw mem=8M", 512);
    plan();
    ASSERT_EQ(plans.problems, 0U) << problems.sentences.front();
    ASSERT_EQ(plans.vms.size(), 3U);
    EXPECT_EQ(vm(0).name.view(), "b");
    EXPECT_EQ(vm(1).name.view(), "a");
    EXPECT_EQ(vm(2).name.view(), "c");
    EXPECT_EQ(boots_kind(vm(0), modules), "floppy");
    EXPECT_EQ(boots_module(vm(0), modules), "one.img");
    ASSERT_EQ(vm(1).disks.size(), 2U);
    EXPECT_EQ(vm(1).disks[0].unit, 0x80);
    EXPECT_EQ(vm(1).disks[1].unit, 0xe0);
    EXPECT_FALSE(vm(1).disks[0].read_only);
    EXPECT_TRUE(vm(1).disks[1].read_only);
    EXPECT_EQ(boots_kind(vm(1), modules), "disk");
    EXPECT_EQ(vm(2).source, BootSource::raw);
    EXPECT_EQ(vm(2).memory, 8 * mib);
    EXPECT_EQ(vm(0).memory, 64 * mib);
}

TEST_F(Plan, AskedUnitsComeFirst) {
    module("disk vm=a");
    module("disk vm=a unit=0x80");
    module("floppy vm=a unit=1");
    module("floppy vm=a");
    plan();
    ASSERT_EQ(plans.problems, 0U);
    ASSERT_EQ(vm(0).disks.size(), 4U);
    EXPECT_EQ(vm(0).disks[0].module, 3U);
    EXPECT_EQ(vm(0).disks[1].module, 2U);
    EXPECT_EQ(vm(0).disks[2].module, 1U);
    EXPECT_EQ(vm(0).disks[3].unit, 0x81);
}

TEST_F(Plan, BootOrderPicksTheModule) {
    module("x.img disk vm=a boot=d,c");
    module("y.iso cdrom vm=a");
    plan();
    EXPECT_EQ(boots_module(vm(0), modules), "y.iso");
    EXPECT_EQ(vm(0).boot[0], BootDevice::cdrom);
}

TEST_F(Plan, RawDefaultsAndPlaces) {
    module("raw", 100);
    module("raw at=0x20000", 100);
    module("raw at=0x8000 start=0800:0004", 100);
    plan();
    EXPECT_EQ(vm(0).at, Gpa{0x7c00});
    EXPECT_EQ(vm(0).start, (FarPtr{0, 0x7c00}));
    EXPECT_EQ(vm(1).start, (FarPtr{0x2000, 0}));
    EXPECT_EQ(vm(2).start, (FarPtr{0x800, 4}));
    EXPECT_EQ(plans.problems, 0U);
}

TEST_F(Plan, BootLineOverridesModules) {
    module("raw vm=one mem=8M", 100);
    boot("vm.one.mem=16M vm.one.com1=none vm.one.trace=exit");
    plan();
    EXPECT_EQ(plans.problems, 0U);
    EXPECT_EQ(vm(0).memory, 16 * mib);
    EXPECT_EQ(vm(0).com1, Com1Route::none);
    EXPECT_TRUE(vm(0).trace.exits);
}

TEST_F(Plan, TraceIsEveryVmsUnlessItHasItsOwn) {
    module("raw", 100);
    module("raw trace=off", 100);
    boot("trace=int:10");
    plan();
    EXPECT_TRUE(vm(0).trace.traces_interrupt({0x10}));
    EXPECT_FALSE(vm(1).trace.any());
}

TEST_F(Plan, ScarceMemoryIsShared) {
    host.memory = 40 * mib;
    module("disk mem=30M");
    module("disk");
    module("disk");
    plan();
    EXPECT_EQ(plans.problems, 0U);
    EXPECT_EQ(vm(0).memory, 30 * mib);
    EXPECT_EQ(vm(1).memory, 5 * mib);
    EXPECT_EQ(vm(2).memory, 5 * mib);
}

struct Mistake {
    std::vector<std::string_view> modules;
    std::string_view line;
    u64 size;
    std::string_view sentence;
};

struct Mistakes : Plan, testing::WithParamInterface<Mistake> {};

TEST_P(Mistakes, AreOneClearSentence) {
    for (const std::string_view text : GetParam().modules)
        module(text, GetParam().size);
    boot(GetParam().line);
    plan();
    EXPECT_EQ(problems.only(), GetParam().sentence);
}

INSTANTIATE_TEST_SUITE_P(
    All, Mistakes,
    testing::Values(
        Mistake{{"x.img disk"}, "", 0, "module 1 \"x.img\": the image is empty"},
        Mistake{{"r.bin rom"},
                "",
                65537,
                "module 1 \"r.bin\": a rom has 64K to 8M in whole 4 KiB pages, this one has 65537 "
                "bytes"},
        Mistake{{"r.bin rom"},
                "",
                9 << 20,
                "module 1 \"r.bin\": a rom has 64K to 8M in whole 4 KiB pages, this one has "
                "9437184 bytes"},
        Mistake{
            {"raw", "raw", "raw", "raw", "raw"}, "", 512, "5 VMs need 5 CPUs, this machine has 4"},
        Mistake{{"raw mem=1G"},
                "",
                512,
                "VM a: mem=1024M is too much, 512 MiB of this machine's memory are free"},
        Mistake{{"raw mem=500M", "raw", "raw mem=20M"},
                "",
                512,
                "VM c: mem=20M is too much, 12 MiB of this machine's memory are free"},
        Mistake{{"raw mem=511M", "raw"},
                "",
                512,
                "1 VMs need 2 MiB each at least, 1 MiB of this machine's memory are free"},
        Mistake{{"x disk vm=a unit=0x80", "y disk vm=a unit=0x80"},
                "",
                512,
                "module 2 \"y\": VM a has two modules with unit=0x80, the other one is module 1 "
                "\"x\""},
        Mistake{{"x disk unit=0"},
                "",
                512,
                "module 1 \"x\": unit=0x00 does not go with disk, expected 0x80 to 0x87"},
        Mistake{{"x floppy vm=a", "y floppy vm=a", "z floppy vm=a"},
                "",
                512,
                "module 3 \"z\": VM a has no room for it: at most 2 of kind floppy, 8 in all"},
        Mistake{{"x raw vm=a", "y rom vm=a"},
                "",
                65536,
                "module 2 \"y\": VM a has a raw image already, it holds one"},
        Mistake{{"x rom at=0x8000"},
                "",
                65536,
                "module 1 \"x\": at= and start= only go with raw, this is a rom"},
        Mistake{{"x raw unit=1"},
                "",
                512,
                "module 1 \"x\": unit= and ro= only go with disk, floppy and cdrom, this is a raw"},
        Mistake{{"x disk boot=a"}, "", 512, "VM a: boot= names no kind of medium that it has"},
        Mistake{{"x raw cpus=2"}, "", 512, "VM a: cpus=2 is not in this build, a VM has one CPU"},
        Mistake{{"x raw"},
                "",
                640 << 10,
                "module 1 \"x\": 655360 bytes at 0x7c00 do not fit into the memory of VM a"},
        Mistake{{"x raw at=0xa0000"},
                "",
                512,
                "module 1 \"x\": 512 bytes at 0xa0000 do not fit into the memory of VM a"},
        Mistake{{"x raw at=0x4000000"},
                "",
                512,
                "module 1 \"x\": 512 bytes at 0x4000000 do not fit into the memory of VM a"},
        Mistake{{"raw"}, "vm.b.mem=4M", 512, "boot word \"vm.b.mem=4M\": there is no VM b"},
        Mistake{{"disk"},
                "vm.a.at=0x8000",
                512,
                "boot word \"vm.a.at=0x8000\": VM a has no raw image"}));

TEST_F(Plan, TooManyModules) {
    host = {.cpus = 64, .memory = 64 * gib};
    for (unsigned i = 0; i < 65; ++i)
        module("raw", 512);
    plan();
    EXPECT_EQ(problems.only(), "65 modules are loaded, Vestige takes 64");
}

TEST_F(Plan, OptionRomsBelongToTheVmThatIsNamed) {
    module("net.rom oprom vm=a", 64 << 10);
    module("disk.img disk vm=a");
    module("alone.rom oprom vm=b", 64 << 10);
    plan();
    ASSERT_EQ(plans.problems, 0U) << problems.sentences.front();
    ASSERT_EQ(vm(0).option_roms.size(), 1U);
    EXPECT_EQ(vm(0).source, BootSource::disks);
    EXPECT_EQ(boots_module(vm(0), modules), "disk.img");
    EXPECT_EQ(vm(1).source, BootSource::disks);
    EXPECT_EQ(boots_kind(vm(1), modules), "oprom");
}

TEST_F(Plan, OptionRomsHaveASizeAndNeedOurBios) {
    module("big.rom oprom vm=a", 1 << 20);
    module("own.bin rom vm=b", 64 << 10);
    module("net.rom oprom vm=b", 64 << 10);
    plan();
    ASSERT_EQ(plans.problems, 2U);
    EXPECT_NE(problems.sentences[0].find("128 KiB"), std::string::npos) << problems.sentences[0];
    EXPECT_NE(problems.sentences[1].find("rom image"), std::string::npos) << problems.sentences[1];
}

} // namespace
} // namespace vestige::config
