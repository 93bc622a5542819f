// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/config/boot_options.hpp"

#include "problem_list.hpp"

#include <gtest/gtest.h>

namespace vestige::config {
namespace {

struct BootLine : testing::Test {
    BootOptions parse(std::string_view line) {
        BootOptions options;
        const unsigned count = parse_boot_line(line, options, problems);
        EXPECT_EQ(count, problems.sentences.size());
        return options;
    }
    std::string complaint(std::string_view line) {
        problems.sentences.clear();
        static_cast<void>(parse(line));
        return problems.only();
    }
    ProblemList problems;
};

TEST_F(BootLine, EmptyKeepsDefaults) {
    const BootOptions options = parse("");
    EXPECT_TRUE(options.com1.enabled);
    EXPECT_FALSE(options.com2.enabled);
    EXPECT_EQ(options.com1.baud, 115200U);
    EXPECT_EQ(options.escape, 0x1e);
    EXPECT_EQ(options.screen, ScreenMode::ansi);
    EXPECT_EQ(options.on_fault, OnFault::stop);
    EXPECT_TRUE(problems.sentences.empty());
}

TEST_F(BootLine, EveryKindOfValue) {
    const BootOptions options =
        parse("com1=9600,7e2,0x2e8 com2=57600 console=com1,e9 monitor=kbd log-time "
              "loglevel=debug,bios=trace trace=int:13 onfault=reset onpoweroff=halt "
              "escape=ctrl-] view=screen screen=lines strict selftest=broken-vmcs vm.a.mem=32M");
    EXPECT_TRUE(problems.sentences.empty()) << problems.sentences.front();
    EXPECT_EQ(options.com1.baud, 9600U);
    EXPECT_EQ(options.com1.data_bits, 7);
    EXPECT_EQ(options.com1.parity, Parity::even);
    EXPECT_EQ(options.com1.stop_bits, 2);
    EXPECT_EQ(options.com1.port.value, 0x2e8);
    EXPECT_TRUE(options.com2.enabled);
    EXPECT_EQ(options.com2.port.value, 0x2f8);
    EXPECT_TRUE(options.console.e9 && options.console.com1);
    EXPECT_FALSE(options.console.vga);
    EXPECT_EQ(options.monitor, MonitorInput::keyboard);
    EXPECT_TRUE(options.log_time);
    EXPECT_EQ(options.log_levels.general, LogLevel::debug);
    EXPECT_EQ(options.log_levels.areas[static_cast<std::size_t>(LogArea::bios)], LogLevel::trace);
    EXPECT_TRUE(options.trace.traces_interrupt({0x13}));
    EXPECT_EQ(options.on_fault, OnFault::reset);
    EXPECT_EQ(options.on_power_off, OnPowerOff::halt);
    EXPECT_EQ(options.escape, 0x1d);
    EXPECT_EQ(options.view, ViewMode::screen);
    EXPECT_EQ(options.screen, ScreenMode::lines);
    EXPECT_TRUE(options.strict && options.selftest);
    EXPECT_EQ(options.selftest_name, "broken-vmcs");
    ASSERT_EQ(options.vm_settings.size(), 1U);
    EXPECT_EQ(options.vm_settings[0].vm, "a");
    EXPECT_EQ(options.vm_settings[0].key, "mem");
    EXPECT_EQ(options.vm_settings[0].value, "32M");
}

TEST_F(BootLine, LastWordWins) {
    EXPECT_EQ(parse("view=com1 view=screen").view, ViewMode::screen);
    EXPECT_FALSE(parse("strict no-strict").strict);
    EXPECT_TRUE(parse("strict=off strict=on").strict);
    const BootOptions levels = parse("loglevel=bios=trace loglevel=warn");
    EXPECT_FALSE(levels.log_levels.areas[static_cast<std::size_t>(LogArea::bios)].has_value());
    EXPECT_TRUE(problems.sentences.empty());
}

TEST_F(BootLine, LoadersFileNameIsSkipped) {
    for (const char* line : {"/boot/vestige.elf strict", "vestige.elf strict", "./x strict",
                             "vestige-0.1.elf strict", "strict"})
        EXPECT_TRUE(parse(line).strict) << line;
    EXPECT_TRUE(problems.sentences.empty());
    EXPECT_EQ(complaint("strict vestige.elf"),
              "boot word \"vestige.elf\": unknown option (\"help\" lists them all)");
}

TEST_F(BootLine, UnknownWordsNameTheNearest) {
    EXPECT_EQ(complaint("scren=ansi"),
              "boot word \"scren=ansi\": unknown option, the nearest is \"screen\"");
    EXPECT_EQ(complaint("hepl"), "boot word \"hepl\": unknown option, the nearest is \"help\"");
    EXPECT_EQ(complaint("no-view"),
              "boot word \"no-view\": unknown option (\"help\" lists them all)");
    EXPECT_EQ(complaint("bananas=3"),
              "boot word \"bananas=3\": unknown option (\"help\" lists them all)");
}

TEST_F(BootLine, BadValuesSayWhatWasExpected) {
    EXPECT_EQ(complaint("screen=line"), "boot word \"screen=line\": bad value, expected "
                                        "screen=ansi|lines|off, the nearest is \"lines\"");
    EXPECT_EQ(complaint("view"),
              "boot word \"view\": a value is missing, expected view=auto|screen|com1");
    EXPECT_EQ(complaint("strict=maybe"),
              "boot word \"strict=maybe\": bad value, expected strict=on|off");
    for (const char* bad : {"com1=0",
                            "com1=1000000",
                            "com1=9600,9n1",
                            "com1=9600,8x1",
                            "com1=9600,8n3",
                            "com1=115200,8n1,0",
                            "com1=115200,8n1,0x3f8,1",
                            "com1=",
                            "console=com1,none",
                            "console=com3",
                            "loglevel=loud",
                            "loglevel=info,bios",
                            "loglevel=moon=info",
                            "loglevel=bios=loud",
                            "escape=ctrl-m",
                            "escape=x",
                            "escape=ctrl-1",
                            "trace=int:123",
                            "gdb=wait",
                            "gdb=com9",
                            "selftest=", "selftest=broken",
                            "vm.a=1",
                            "vm.a.mem",
                            "vm..mem=1M"})
        EXPECT_NE(complaint(bad).find(std::string{"boot word \""} + bad), std::string::npos) << bad;
}

TEST_F(BootLine, BadValueChangesNothing) {
    const BootOptions options = parse("com1=9600 com1=115200,8n9 view=com1 view=x");
    EXPECT_EQ(options.com1.baud, 9600U);
    EXPECT_EQ(options.view, ViewMode::com1);
    EXPECT_EQ(problems.sentences.size(), 2U);
}

TEST_F(BootLine, VmWordsAreCheckedAtOnce) {
    EXPECT_EQ(complaint("vm.a.mem=64"), "boot word \"vm.a.mem=64\": bad value, expected mem=SIZE "
                                        "in whole MiB, such as 64M");
    EXPECT_EQ(complaint("vm.a.memm=64M"),
              "boot word \"vm.a.memm=64M\": unknown key, the nearest is \"mem\"");
    EXPECT_NE(complaint("vm.a.unit=0x80").find("unknown key"), std::string::npos);
}

TEST_F(BootLine, WhatIsNotBuiltIsSaid) {
    EXPECT_EQ(complaint("console=fb"), "boot word \"console=fb\": fb is not in this build");
    problems.sentences.clear();
    static_cast<void>(parse("onfault=monitor trace=insn"));
    EXPECT_TRUE(problems.sentences.empty());
}

TEST_F(BootLine, ConfigFileHasLinesAndComments) {
    BootOptions options;
    EXPECT_EQ(parse_config_file("# Vestige\nview=com1 # which view\n\nstrict\n", options, problems),
              0U);
    EXPECT_TRUE(options.strict);
    EXPECT_EQ(parse_boot_line("view=screen", options, problems), 0U);
    EXPECT_EQ(options.view, ViewMode::screen);
    EXPECT_TRUE(options.strict);
}

TEST_F(BootLine, HelpShowsEveryOptionOnceWithItsValue) {
    const BootOptions options = parse("view=com1 vm.a.mem=8M");
    std::string storage(20000, '\0');
    TextBuffer out{storage};
    write_help(options, out);
    const std::string text{out.view()};
    EXPECT_FALSE(out.truncated());
    for (const Option& option : option_table())
        EXPECT_NE(text.find("\n  " + std::string{option.name} + " "), std::string::npos)
            << option.name;
    EXPECT_NE(text.find("type auto|screen|com1, default auto, now com1"), std::string::npos);
    EXPECT_NE(text.find("default 115200,8n1,0x3f8, now"), std::string::npos);
    EXPECT_NE(text.find("now vm.a.mem=8M"), std::string::npos);
}

/// What show prints must read back as the same: help is then also a way to learn the spelling.
TEST_F(BootLine, ShownValuesParseBack) {
    const BootOptions options = parse("com1=9600,7o1 console=none loglevel=warn,vmx=trace "
                                      "trace=int:10,io:60 escape=off gdb=off com2=off");
    for (const Option& option : option_table()) {
        char first[300];
        char second[300];
        TextBuffer shown{first};
        TextBuffer again{second};
        option.show(options, shown);
        BootOptions reread;
        ASSERT_TRUE(option.parse(reread, shown.view())) << option.name << '=' << shown.view();
        option.show(reread, again);
        EXPECT_EQ(shown.view(), again.view()) << option.name;
    }
}

TEST_F(BootLine, LogLevelsApply) {
    class Sink final : public LogSink {
      public:
        void line(LogLevel, std::string_view) override {}
    } sink;
    set_log_sink(&sink);
    parse("loglevel=warn,bios=trace").log_levels.apply();
    EXPECT_TRUE(log_enabled(LogArea::bios, LogLevel::trace));
    EXPECT_FALSE(log_enabled(LogArea::vm, LogLevel::info));
    set_log_level(LogLevel::info);
    set_log_sink(nullptr);
}

} // namespace
} // namespace vestige::config
