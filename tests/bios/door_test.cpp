// SPDX-License-Identifier: BSD-2-Clause
// INT 10h through the ports of the door, as the code in the ROM sends it.
#include "vestige/bios/door.hpp"

#include "pc_fixture.hpp"

namespace vestige::bios {
namespace {

using Words = std::array<u16, Door::register_count>;

class Doors : public test::Pc, public DoorKeeper {
  protected:
    void at_door() override { ++knocks; }
    Environment environment(cpu::CpuState& any_cpu) override { return environment_for(any_cpu); }

    void start() { unit_door.write_port(Door::door, Width::byte, 0); }
    void send(u16 word) { unit_door.write_port(Door::words, Width::word, word); }
    u16 receive() { return static_cast<u16>(unit_door.read_port(Door::words, Width::word)); }
    /// A whole call with DI, SI, BP, SP, BX, DX, CX, AX, ES, DS.
    Words call_door(const Words& words) {
        start();
        for (const u16 each : words)
            send(each);
        send(0);
        send(0);
        unit_door.write_port(Door::run, Width::byte, 0);
        Words answer{};
        for (u16& each : answer)
            each = receive();
        count = receive();
        return answer;
    }

    Door unit_door{*this};
    unsigned knocks = 0;
    u16 count = 0;
};

TEST_F(Doors, CallHasItsRegistersAndGivesThemBack) {
    memory.store<u16>(Gpa{0x450}, 0x0507); // the cursor
    const Words sent{0x5678, 0x1234, 0x9abc, 0x1111, 0x0000, 0xffff, 0xffff, 0x0300, 0x4000, 0x5000};
    Words expected = sent;
    expected[5] = 0x0507;
    expected[6] = memory.load<u16>(Gpa{0x460});
    const cpu::Registers before = cpu.regs;
    const Words answer = call_door(sent);
    expected[7] = answer[7]; // AX of AH=03h differs between BIOSes
    EXPECT_EQ(answer, expected);
    EXPECT_EQ(count, 0);
    EXPECT_EQ(knocks, 1U);
    EXPECT_EQ(cpu.regs.get(cpu::Gpr::rdx), before.get(cpu::Gpr::rdx)); // nothing of the vCPU's
}

TEST_F(Doors, OutputReachesTheScreen) {
    memory.store<u16>(Gpa{0x450}, 0x0507);
    call_door({0, 0, 0, 0, 0, 0, 0, 0x0e58, 0, 0});
    EXPECT_EQ(byte_at(0xb8000 + (5 * 80 + 7) * 2), 'X');
}

TEST_F(Doors, MemoryAtTheBufferIsAsBefore) {
    memory.store<u32>(Gpa{0x40010}, 0xdeadbeef);
    call_door({0x10, 0, 0, 0, 0, 0, 0, 0x4f00, 0x4000, 0});
    EXPECT_EQ(dword_at(0x40010), 0xdeadbeef);
    call_door({0x10, 0, 0, 0, 0, 0, 0, 0x4f15, 0x4000, 0}); // what is not served leaves no bytes
    EXPECT_EQ(count, 0);
}

TEST_F(Doors, NothingRunsBeforeAllWordsAreThere) {
    memory.store<u16>(Gpa{0x450}, 0x0507);
    start();
    for (unsigned i = 0; i < Door::sent_count - 1; ++i)
        send(0x0e59);
    unit_door.write_port(Door::run, Width::byte, 0);
    EXPECT_EQ(memory.load<u16>(Gpa{0x450}), 0x0507);
    EXPECT_EQ(receive(), 0x0000);                                      // the last word's place
    EXPECT_EQ(receive(), 0xffff);                                      // no more of them
    EXPECT_EQ(unit_door.read_port(Door::run, Width::byte), 0xffU);     // no bytes either
    EXPECT_EQ(unit_door.read_port(Door::words, Width::byte), 0xffU);   // no such port
}

TEST_F(Doors, TheCpuItselfGoesOnAtTheByteBehind) {
    EXPECT_EQ(dword_at(0xf0000 + video_door), 0xcfebbce6);
    EXPECT_EQ(identify(Linear{0xf0000 + video_door})->interrupt, 0x10);
    const auto after = call(0x10, 0x0f00);
    EXPECT_EQ(after.regs.low(cpu::Gpr::rax), 3);
}

} // namespace
} // namespace vestige::bios
