// SPDX-License-Identifier: BSD-2-Clause
// The monitor's commands against a VM, and whatever else a line can hold.
#include "vestige/monitor/session.hpp"

#include "../support/fake_vm.hpp"
#include "../support/random_bytes.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace vestige::monitor {
namespace {

struct CrossedScreen final : TextScreen {
    bool snapshot(ScreenSnapshot& out) const override {
        out.columns = 80;
        out.rows = 25;
        out.cells.fill(0x0700 | 'x');
        return true;
    }
};

/// One VM that never runs.
struct OneVm final : Machine, VmControl {
    // Machine
    std::size_t vm_count() const override { return 1; }
    VmControl& vm(std::size_t /*number*/) override { return *this; }
    void show_host(TextSink& out) override { out.write("host\n"); }
    void show_modules(TextSink& out) override { out.write("modules\n"); }
    void show_log(TextSink& out, unsigned count) override { print(out, "{} lines\n", count); }
    // VmControl
    vm::Vm& machine() override { return guest.machine; }
    VmConsole& console() override { return guest_console; }
    bool visit(vm::Job& job) override {
        job.perform(guest.machine);
        return true;
    }

    test::FakeVm guest{"7c00 start\n8000 second\n"};
    CrossedScreen screen;
    VmConsole guest_console{"a", screen};
};

class Commands : public testing::Test {
  protected:
    /// What the monitor says to a line.
    std::string say(std::string_view line) {
        std::vector<char> storage(64 * 1024);
        TextBuffer out{storage};
        session.execute(line, out);
        return std::string{out.view()};
    }
    static void expect(const std::string& text, std::string_view part) {
        EXPECT_NE(text.find(part), std::string::npos) << "no \"" << part << "\" in:\n" << text;
    }

    OneVm machine;
    vm::Vm& guest = machine.guest.machine;
    test::FakeVcpu& cpu = machine.guest.cpu;
    std::vector<std::byte>& ram = machine.guest.ram;
    Session session{machine};
};

TEST_F(Commands, MemoryIsReadAndWrittenByAnySpelling) {
    EXPECT_EQ(say("set 0:500=55h,0xaa,1234hw"), "4 bytes written\n");
    EXPECT_EQ(say("x/2xb 0x500"), "00000500  55 aa  U.\n");
    EXPECT_EQ(say("x/1xh 0050:2"), "00000502  1234\n");
    EXPECT_EQ(say("xp/1dw phys:500h"), "00000500  305441365\n");
    EXPECT_EQ(say("x/1xb start+1"), "00007c01  00\n");
    expect(say("find 0 1000h 55 aa"), "00000500\n1 found");
    expect(say("x/4xw 0xf0000000"), "(no memory)");
    expect(say("set f000:0=1"), "no RAM at f0000");
}

TEST_F(Commands, RegistersAreShownAndSet) {
    EXPECT_EQ(say("r ax=1234h"), "ax = 1234h\n");
    EXPECT_EQ(say("r ah = 5"), "ah = 5h\n");
    EXPECT_EQ(cpu.regs.word(cpu::Gpr::rax), 0x534);
    expect(say("r rox=1"), "did you mean rax");
    expect(say("info regs"), "vm a: real mode, at 0000:7c00, interrupts off");
    expect(say("r ax=12345h"), "does not fit");
}

TEST_F(Commands, CodeHasSymbols) {
    ram[0x7c00] = std::byte{0xfa};
    EXPECT_EQ(say("u 0:7c00 1"), "00007c00 <start>  fa               cli\n");
    EXPECT_EQ(say("sym second"), "second is 8000h\n");
    EXPECT_EQ(say("sym 0:8003"), "00008003 <second+3h>\n");
}

TEST_F(Commands, TraceAndStatistics) {
    EXPECT_EQ(say("trace int:13/02,io:60-64"), "trace: int:13/02,io:60-64\n");
    EXPECT_EQ(say("trace toggle"), "trace: off\n");
    expect(say("trace io:99999"), "trace wants a list");
    EXPECT_EQ(say("trace show 3"), "nothing has happened yet\n");
    guest.recorder().port({Port{0x80}, Width::byte, false, 7}, cpu);
    expect(say("trace show"), "outb 80h POST code <- 7h at 0000:7c00 <start>");
    guest.recorder().exit_until(100, vm::exit_number<vcpu::IoExit>());
    expect(say("stats"), "1 exits");
    expect(say("stats json"), "{\"vm\":\"a\",\"exits_total\":1,");
    expect(say("stats json"), "{\"port\":128,\"reads\":0,\"writes\":1}");
    EXPECT_EQ(say("stats reset"), "statistics start anew\n");
    expect(say("stats"), "0 exits");
}

TEST_F(Commands, ExplainSaysWhereItIs) {
    expect(say("explain"), "at 0000:7c00 <start>, real mode");
    expect(say("check"), "no rule");
    expect(say("info ept 0:7c00"), "7c00");
    expect(say("info vmcs"), "fields");
}

TEST_F(Commands, NamesMayBeShortAndWrong) {
    expect(say("h"), "Memory and ports:");
    expect(say("help x"), "for example: x/8xb 0:7c00");
    expect(say("expla"), "at 0000:7c00");
    expect(say("st"), "\"st\" can be");
    expect(say("explian"), "did you mean explain?");
    expect(say("info ivtx"), "did you mean ivt?");
    EXPECT_EQ(say(""), "");
    EXPECT_EQ(say("   "), "");
}

TEST_F(Commands, CompletionAddsWhatIsSure) {
    char addition_text[64], candidate_text[1024];
    TextBuffer addition{addition_text}, candidates{candidate_text};
    session.complete("expl", addition, candidates);
    EXPECT_EQ(addition.view(), "ain ");
    addition.clear();
    session.complete("info e8", addition, candidates);
    EXPECT_EQ(addition.view(), "20 ");
    addition.clear();
    session.complete("s", addition, candidates);
    expect(std::string{candidates.view()}, "stats");
}

/// Bytes and words of any kind: an answer, no harm, no sanitizer's complaint.
TEST_F(Commands, AnyLineIsAnswered) {
    constexpr std::string_view words[] = {
        "x",      "xp",   "u",      "set",  "find",  "in",      "out",     "r",      "info",   "trace",
        "stats",  "bt",   "sym",    "b",    "bint",  "watch",   "bio",     "del",    "type",   "sendkey",
        "help",   "vm",   "screen", "log",  "check", "explain", "ept",     "ivt",    "cmos",   "bda",
        "=",      ",",    ":",      "-",    "+",     "/",       "\"",      "*",      "$",      "0x",
        "ffffffffffffffff", "0:0",  "phys:", "cs:ip", "18446744073709551615", "ffff:ffff", "/99999i",
        "/4xg", "ctrl-alt-x", "int:13/", "mmio:1-", "json", "show", "all", "\\", "start", "$rsp"};
    test::RandomBytes random{1};
    for (u64 i = 0; i < test::fuzz_inputs() / 4; ++i) {
        std::string line;
        for (u64 parts = random.below(12); parts != 0; --parts) {
            if (random.one_in(4))
                line += static_cast<char>(random.next());
            else
                line += words[random.below(std::size(words))];
            if (random.one_in(2))
                line += ' ';
        }
        if (i % 100 == 0)
            line.resize(100000, 'x');
        static_cast<void>(say(line));
    }
    EXPECT_EQ(guest.end(), vm::End::running);
}

} // namespace
} // namespace vestige::monitor
