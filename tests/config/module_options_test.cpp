// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/config/module_options.hpp"

#include "problem_list.hpp"

#include <gtest/gtest.h>

namespace vestige::config {
namespace {

struct ModuleString : testing::Test {
    ModuleOptions parse(std::string_view text) {
        ModuleOptions module;
        const unsigned count = parse_module(text, module, problems);
        EXPECT_EQ(count, problems.sentences.size());
        return module;
    }
    std::string complaint(std::string_view text) {
        problems.sentences.clear();
        static_cast<void>(parse(text));
        return problems.only();
    }
    ProblemList problems;
};

TEST_F(ModuleString, KindsWithAndWithoutPath) {
    EXPECT_EQ(parse("floppy").kind, ModuleKind::floppy);
    EXPECT_EQ(parse("").kind, ModuleKind::automatic);
    EXPECT_EQ(parse("vm=x").kind, ModuleKind::automatic);
    EXPECT_EQ(parse("sym").kind, ModuleKind::symbols);
    const ModuleOptions grub = parse("/boot/dos.img disk unit=0x81");
    EXPECT_EQ(grub.path, "/boot/dos.img");
    EXPECT_EQ(grub.kind, ModuleKind::disk);
    EXPECT_EQ(grub.unit, 0x81);
    EXPECT_EQ(parse("image floppy").path, "image");
    EXPECT_EQ(parse("a.bin").path, "a.bin");
    EXPECT_EQ(parse("a.bin").kind, ModuleKind::automatic);
    EXPECT_EQ(parse("a.bin vm=x").vm, "x");
    EXPECT_TRUE(problems.sentences.empty()) << problems.sentences.front();
}

TEST_F(ModuleString, EveryKey) {
    const ModuleOptions module =
        parse("raw vm=left unit=1 ro=on mem=64M cpus=2 boot=d,a at=0x8000 start=0800:0010 "
              "com1=none trace=int:13");
    EXPECT_TRUE(problems.sentences.empty());
    EXPECT_EQ(module.vm, "left");
    EXPECT_EQ(module.read_only, true);
    EXPECT_EQ(module.memory, 64 * mib);
    EXPECT_EQ(module.cpus, 2U);
    ASSERT_EQ(module.boot->size(), 2U);
    EXPECT_EQ((*module.boot)[0], BootDevice::cdrom);
    EXPECT_EQ(module.at, Gpa{0x8000});
    EXPECT_EQ(module.start, (FarPtr{0x800, 0x10}));
    EXPECT_EQ(module.com1, Com1Route::none);
    EXPECT_TRUE(module.trace->traces_interrupt({0x13}));
}

TEST_F(ModuleString, ProblemsAreOneSentenceEach) {
    EXPECT_EQ(complaint("flopy"), "module kind \"flopy\": unknown, expected auto, disk, floppy, "
                                  "cdrom, raw, rom, oprom, config or sym, the nearest is floppy");
    EXPECT_EQ(complaint("disk mme=1M"),
              "module word \"mme=1M\": unknown key, the nearest is \"mem\"");
    EXPECT_EQ(complaint("disk mem=64"),
              "module word \"mem=64\": bad value, expected mem=SIZE in whole MiB, such as 64M");
    EXPECT_EQ(complaint("disk ro"), "module word \"ro\": a value is missing, expected ro=on|off");
    EXPECT_EQ(complaint("disk floppy"),
              "module word \"floppy\": expected KEY=VALUE behind the kind");
    for (const char* bad :
         {"vm=", "vm=a.b", "vm=sixteencharacter", "unit=0x100", "unit=x", "mem=0M", "mem=1500K",
          "cpus=0", "cpus=65", "boot=", "boot=a,b", "boot=a,c,a", "boot=a,c,d,n,a", "at=4G", "at=0x100000000",
          "start=7c00", "start=10000:0", "com1=com3", "trace=x", "ro=perhaps"})
        EXPECT_NE(complaint(std::string{"raw "} + bad).find("bad value"), std::string::npos) << bad;
}

} // namespace
} // namespace vestige::config
