// SPDX-License-Identifier: BSD-2-Clause
// The stub against a GDB that is made of strings, good ones and others.
#include "vestige/gdb/stub.hpp"

#include "../support/fake_vm.hpp"
#include "../support/random_bytes.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>

namespace vestige::gdb {
namespace {

struct TestLine final : Line {
    std::optional<u8> read() override {
        if (input.empty())
            return {};
        const u8 byte = static_cast<u8>(input.front());
        input.pop_front();
        return byte;
    }
    void write(std::string_view text) override { output += text; }
    std::deque<char> input;
    std::string output;
};

struct TestGuests final : Guests {
    std::size_t count() const override { return 1; }
    vm::Vm& machine(std::size_t /*number*/) override { return fake.machine; }
    bool visit(std::size_t /*number*/, vm::Job& job) override {
        job.perform(fake.machine);
        return true;
    }
    void execute(std::size_t /*number*/, std::string_view line, TextSink& out) override {
        print(out, "you said {}\n", line);
    }
    test::FakeVm fake;
};

class GdbStub : public testing::Test {
  protected:
    GdbStub() { started = stub.start(); }
    void feed(std::string_view bytes) {
        line.input.insert(line.input.end(), bytes.begin(), bytes.end());
        stub.poll();
    }
    /// The payloads of what comes back, joined by blanks; '+' is left out.
    std::string ask(std::string_view payload) {
        struct Output final : TextSink {
            void write(std::string_view more) override { text += more; }
            std::string text;
        } out;
        send_packet(out, payload);
        line.output.clear();
        feed(out.text);
        feed("+");
        std::string all;
        PacketReader reader;
        for (const char c : line.output)
            if (reader.feed(static_cast<u8>(c)) == PacketReader::Found::packet)
                all += (all.empty() ? "" : " ") + std::string{reader.payload()};
        return all;
    }
    vm::Debugger& debugger() { return guests.fake.machine.debugger(); }

    TestLine line;
    TestGuests guests;
    Stub stub{line, guests};
    bool started = false;
};

TEST_F(GdbStub, StopsTheGuestWhenGdbComes) {
    ASSERT_TRUE(started && guests.fake.connected);
    EXPECT_FALSE(debugger().stopped());
    EXPECT_NE(ask("qSupported:hwbreak+").find("PacketSize=1000"), std::string::npos);
    EXPECT_TRUE(debugger().stopped());
    EXPECT_EQ(ask("?"), "T05thread:1;");
}

TEST_F(GdbStub, GivesRegistersWithLinearPointers) {
    guests.fake.cpu.segments[1] = cpu::real_mode_segment(0x7c0, true);
    guests.fake.cpu.segments[2] = cpu::real_mode_segment(0x1000);
    guests.fake.cpu.regs.rip = 0x12;
    guests.fake.cpu.regs.set(cpu::Gpr::rsp, 0x1fc);
    ask("?");
    EXPECT_EQ(ask("p8"), "127c0000");
    EXPECT_EQ(ask("p4"), "fc010100");
    EXPECT_EQ(ask("p10"), "xxxxxxxxxxxxxxxxxxxx");
    EXPECT_EQ(ask("g").substr(8 * 8, 8), "127c0000");
    EXPECT_EQ(ask("P8=207c0000"), "OK");
    EXPECT_EQ(guests.fake.cpu.regs.rip, 0x20u);
    EXPECT_EQ(ask("P8=00000500"), "OK"); // not in this segment
    EXPECT_EQ(guests.fake.cpu.segments[1].selector, 0x5000);
    EXPECT_EQ(guests.fake.cpu.regs.rip, 0u);
    EXPECT_EQ(ask("pffff"), "E01");
    EXPECT_EQ(ask("P8="), "E01");
    EXPECT_TRUE(ask("P26=01000000").starts_with("E.")); // CR0
}

TEST_F(GdbStub, ReadsAndWritesMemory) {
    ask("?");
    EXPECT_EQ(ask("m500,2"), "0000");
    EXPECT_EQ(ask("M500,2:1234"), "OK");
    EXPECT_EQ(ask("X502,1:}\x03"), "OK");
    EXPECT_EQ(ask("m500,3"), "123423");
    EXPECT_EQ(ask("mffff0,1"), "ea");
    EXPECT_EQ(ask("mfffffff0,1"), "ea");
    EXPECT_EQ(ask("Mffff0,1:00"), "E0e"); // ROM
    EXPECT_EQ(ask("m80000000,4"), "E0e");
    EXPECT_EQ(ask("m1ffffe,4"), "0000"); // what is there
    EXPECT_EQ(ask("M500,2:12"), "E01");
    EXPECT_EQ(ask("m500"), "E01");
    EXPECT_EQ(ask("m500,ffffffff").size(), longest_packet);
}

TEST_F(GdbStub, BreakpointsLeaveMemoryAlone) {
    ask("?");
    const auto before = guests.fake.ram;
    EXPECT_EQ(ask("Z0,7c00,1"), "OK");
    EXPECT_EQ(ask("Z0,7c00,1"), "OK"); // twice the same
    EXPECT_EQ(debugger().breakpoints().size(), 1u);
    EXPECT_EQ(guests.fake.ram, before);
    EXPECT_EQ(guests.fake.cpu.debug[0], 0x7c00u);
    EXPECT_EQ(ask("z0,7c00,1"), "OK");
    EXPECT_TRUE(debugger().breakpoints().empty());
    EXPECT_EQ(ask("Z9,7c00,1"), "");
    EXPECT_EQ(ask("Z2,500,0"), "E.a watchpoint covers 1 to 65536 bytes");
}

TEST_F(GdbStub, ThousandsOfBreakpointsEndInASentence) {
    ask("?");
    std::string last;
    char text[32];
    for (u64 i = 0; i < 3000; ++i) {
        last = ask(format_in(text, "Z0,{x},1", 0x1000 + 16 * i));
        if (last != "OK")
            break;
    }
    EXPECT_EQ(last, "E.there are 256 breakpoints already");
    EXPECT_EQ(ask("D"), "OK");
    EXPECT_TRUE(debugger().breakpoints().empty());
    EXPECT_FALSE(debugger().active());
    EXPECT_FALSE(guests.fake.cpu.debug_registers_exit);
    EXPECT_TRUE(guests.fake.space.pages.at(0x1000).access.execute);
}

TEST_F(GdbStub, TellsTheArchitectureOfTheCode) {
    ask("?");
    EXPECT_NE(ask("qXfer:features:read:target.xml:0,ff8").find("i8086"), std::string::npos);
    guests.fake.cpu.control[0] |= cpu::cr0::pe;
    guests.fake.cpu.segments[1].access_rights = 0xc09b;
    EXPECT_NE(ask("qXfer:features:read:target.xml:0,ff8").find(">i386<"), std::string::npos);
    EXPECT_EQ(ask("qXfer:features:read:target.xml:f000,10"), "l");
    EXPECT_EQ(ask("qXfer:features:read:target.xml:fffff,10"), "E00");
    EXPECT_EQ(ask("qXfer:features:read:target.xml:x"), "E00");
}

TEST_F(GdbStub, AsksAgainForWhatIsDamagedAndRepeatsItsAnswer) {
    ask("?");
    line.output.clear();
    feed("$g#00");
    EXPECT_EQ(line.output, "-");
    ask("m500,1");
    line.output.clear();
    feed("-");
    EXPECT_EQ(line.output, "$00#60");
}

TEST_F(GdbStub, APacketThatComesTwiceIsServedOnce) {
    ask("?");
    line.output.clear();
    feed("$s#73");
    feed("$s#73");
    EXPECT_EQ(line.output, "++");
    EXPECT_TRUE(debugger().bound_to_stop());
}

TEST_F(GdbStub, GoesOnAndIsInterrupted) {
    ask("?");
    EXPECT_EQ(ask("vCont;c"), "");
    EXPECT_FALSE(debugger().stopped());
    line.output.clear();
    feed("\3");
    EXPECT_TRUE(debugger().stopped());
    EXPECT_NE(line.output.find("T02thread:1;"), std::string::npos);
    EXPECT_TRUE(ask("vCont;c:7").starts_with("E."));
    EXPECT_TRUE(ask("vCont;q").starts_with("E."));
}

TEST_F(GdbStub, PassesMonitorLinesOn) {
    ask("?");
    EXPECT_EQ(ask("qRcmd,6869"), "O796f75207361696420 O6869 O0a OK"); // "you said ", "hi", "\n"
    EXPECT_TRUE(ask("qRcmd,6").starts_with("E."));
    EXPECT_TRUE(ask("qRcmd," + std::string(2000, '6')).starts_with("E."));
}

/// Good packets, then with bytes changed, dropped and doubled.
TEST_F(GdbStub, SurvivesAnything) {
    const std::array<std::string_view, 30> seeds{
        "?", "g", "G0011", "p8", "P8=00000000", "m7c00,10", "M500,4:00112233", "X500,2:ab",
        "Z0,7c00,1", "z0,7c00,1", "Z2,500,2", "Z3,600,ffff", "Z4,1000,8", "z2,500,2", "Hg1", "Hc-1",
        "T1", "qC", "qfThreadInfo", "qsThreadInfo", "qSupported:hwbreak+;exec-events+", "vCont?",
        "vCont;s:1;c", "vCont;c", "qThreadExtraInfo,1", "qRcmd,68", "qXfer:features:read:target.xml:0,400",
        "D", "c", "s7c00"};
    test::RandomBytes random{1};
    for (u64 i = 0; i < test::fuzz_inputs() / 4; ++i) {
        struct Output final : TextSink {
            void write(std::string_view more) override { text += more; }
            std::string text;
        } out;
        std::string payload{seeds[random.below(seeds.size())]};
        if (random.one_in(2))
            payload[random.below(payload.size())] = static_cast<char>(random.next());
        send_packet(out, payload);
        std::string& bytes = out.text;
        if (random.one_in(3))
            bytes.erase(random.below(bytes.size()), 1);
        if (!bytes.empty() && random.one_in(3))
            bytes.insert(random.below(bytes.size()), 1, bytes[random.below(bytes.size())]);
        feed(bytes);
        if (random.one_in(8))
            feed("\3");
        ASSERT_LE(debugger().breakpoints().size(), vm::Debugger::most_breakpoints);
        line.output.clear();
    }
    feed("\3#00");
    ask("?");
    EXPECT_TRUE(ask("qC").starts_with("QC"));
}

} // namespace
} // namespace vestige::gdb
