// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vm/recorder.hpp"

#include "../support/fake_cpu.hpp"
#include "vestige/base/log.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace vestige::vm {
namespace {

struct Lines final : LogSink {
    std::vector<std::string> all;
    void line(LogLevel, std::string_view text) override { all.emplace_back(text); }
};

class Recording : public testing::Test {
  protected:
    void SetUp() override { set_log_sink(&lines); }
    void TearDown() override { set_log_sink(nullptr); }
    void start(std::string_view trace) {
        recorder = std::make_unique<Recorder>("a", *config::parse_trace(trace));
    }
    std::string event(std::size_t age) const {
        char storage[300];
        TextBuffer out{storage};
        print_event(out, recorder->ring().from_last(age));
        return std::string{out.view()};
    }
    static PortEvent in(u16 port, u32 value) { return {Port{port}, Width::byte, true, value}; }
    static PortEvent out(u16 port, u32 value) { return {Port{port}, Width::byte, false, value}; }

    Lines lines;
    test::FakeCpu cpu;
    std::unique_ptr<Recorder> recorder;
};

TEST_F(Recording, RingIsKeptWhetherOrNotLinesAreWanted) {
    start("off");
    recorder->port(out(0x20, 0x20), cpu);
    recorder->mode(cpu::Mode::real, cpu::Mode::protected32, cpu);
    EXPECT_TRUE(lines.all.empty());
    ASSERT_EQ(recorder->ring().size(), 2U);
    EXPECT_EQ(event(1), "outb 20h PIC 1 command <- 20h at f000:fff0");
    EXPECT_EQ(event(0), "mode: real mode -> 32-bit protected mode at f000:fff0");
}

TEST_F(Recording, HistoryHasSymbolsAndTellsWhereTheModeChanged) {
    start("off");
    const std::string names = "7c10 start\n100000 main\n";
    const SymbolTable symbols{std::as_bytes(std::span{names})};
    cpu.run_at({0x07c0, 0x0012}, {});
    recorder->port(out(0x20, 0x20), cpu);
    bios::CallRecord call;
    call.interrupt = 0x12;
    recorder->call(call, cpu);
    cpu.cr0_value |= cpu::cr0::pe;
    cpu.at(cpu::SegmentName::cs) = {8, 0, ~u32{0}, 0xc09b};
    cpu.regs.rip = 0x100004;
    recorder->port(out(0x20, 0x21), cpu);
    recorder->port(out(0x20, 0x22), cpu);
    char storage[400];
    TextBuffer text{storage};
    EventPrinter printer{text, symbols};
    for (std::size_t age = 4; age != 0; --age) {
        printer.print(recorder->ring().from_last(age - 1));
        text.write("\n");
    }
    const std::string shown{text.view()};
    EXPECT_NE(shown.find("<- 20h at 07c0:0012 <start+2h>\n"), std::string::npos) << shown;
    EXPECT_NE(shown.find("<- 21h at 0008:100004 <main+4h>, now in 32-bit protected mode\n"),
              std::string::npos) << shown;
    EXPECT_NE(shown.find("<- 22h at 0008:100004 <main+4h>\n"), std::string::npos) << shown;
}

TEST_F(Recording, OnlyWhatIsWantedIsPrinted) {
    start("io:60-64,irq");
    recorder->port(in(0x60, 0x1c), cpu);
    recorder->port(in(0x70, 0), cpu);
    recorder->interrupt({cpu::EventType::external_interrupt, Vector{8}, {}, 0}, cpu);
    ASSERT_EQ(lines.all.size(), 2U);
    EXPECT_EQ(lines.all[0], "vm a inb 60h keyboard data -> 1ch at f000:fff0");
    EXPECT_EQ(lines.all[1], "vm a interrupt 08h at f000:fff0");
}

TEST_F(Recording, PollingAPortIsOneEvent) {
    start("off");
    for (u32 i = 0; i < 100000; ++i)
        recorder->port(in(0x3da, i & 9), cpu);
    EXPECT_EQ(recorder->ring().size(), 1U);
    EXPECT_EQ(event(0), "inb 3dah VGA input status 1 -> 9h at f000:fff0, 99999 times more");
}

TEST_F(Recording, RingKeepsTheLastThousands) {
    start("off");
    for (u32 i = 0; i < 10000; ++i)
        recorder->port(out(0x80, i), cpu);
    EXPECT_EQ(recorder->ring().size(), TraceRing::capacity);
    EXPECT_EQ(event(0), "outb 80h POST code <- 270fh at f000:fff0");
    EXPECT_EQ(event(TraceRing::capacity - 1), "outb 80h POST code <- 1710h at f000:fff0");
}

TEST_F(Recording, MemoryAndFaultsHaveNames) {
    start("off");
    recorder->memory({Gpa{0xfee000b0}, Width::dword, true, 0}, cpu);
    recorder->memory({Gpa{0xd0000000}, Width::byte, false, 0xff}, cpu);
    recorder->interrupt(cpu::general_protection(8), cpu);
    EXPECT_EQ(event(2), "storel fee000b0h local APIC <- 0h at f000:fff0");
    EXPECT_EQ(event(1), "loadb d0000000h (nothing there) -> ffh at f000:fff0");
    EXPECT_EQ(event(0), "exception 0dh #GP, error code 8h at f000:fff0");
}

TEST_F(Recording, FunctionFilterLooksAtAh) {
    start("int:13/02");
    bios::CallRecord record;
    record.interrupt = 0x13;
    record.in.eax = 0x0200;
    recorder->call(record, cpu);
    record.in.eax = 0x4100;
    recorder->call(record, cpu);
    ASSERT_EQ(lines.all.size(), 1U);
    EXPECT_TRUE(lines.all[0].starts_with("vm a int 13h ah=02h read drive=00h"));
}

TEST_F(Recording, TimeIsSharedOutAndExitsAddUp) {
    start("off");
    recorder->reset_statistics(1000);
    recorder->guest_until(1100);
    recorder->exit_until(1150, exit_number<vcpu::IoExit>());
    recorder->guest_until(1250);
    recorder->exit_until(1350, exit_number<vcpu::IoExit>());
    recorder->idle_until(2350);
    EXPECT_EQ(recorder->call_took_until(2360, 0x10, nullptr), 10U);
    recorder->exit_until(2365, exit_number<vcpu::HypercallExit>());
    recorder->own_exit_until(2370);
    recorder->exit_until(2380, exit_number<vcpu::ServedExit>());
    const Statistics& all = recorder->statistics();
    EXPECT_EQ(all.guest, 200U);
    EXPECT_EQ(all.host, 180U);
    EXPECT_EQ(all.idle, 1000U);
    const Spread& io = all.exits[exit_number<vcpu::IoExit>()];
    EXPECT_EQ(io.count, 2U);
    EXPECT_EQ(io.least, 50U);
    EXPECT_EQ(io.most, 100U);
    EXPECT_EQ(io.mean(), 75U);
    EXPECT_EQ(all.all_exits(), 4U);
}

TEST(ExitNumbers, MatchTheNames) {
    EXPECT_EQ(exit_names[exit_number<vcpu::HaltExit>()], "HLT");
    EXPECT_EQ(exit_names[exit_number<vcpu::UnexpectedExit>()], "unexpected");
    EXPECT_EQ(exit_number<vcpu::UnexpectedExit>(), exit_kinds - 1);
}

TEST(CounterTables, CountTheRestTogether) {
    CounterTable<u16, unsigned, 4> table;
    for (u16 key = 0; key < 6; ++key)
        ++table.at(key, key);
    ++table.at(2, 2);
    EXPECT_EQ(table.at(2, 2), 2U);
    EXPECT_EQ(table.others(), 2U);
}

} // namespace
} // namespace vestige::vm
