// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/cpu/data_accesses.hpp"

#include "vestige/base/format.hpp"
#include "vestige/cpu/control_registers.hpp"

#include "../support/fake_cpu.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace vestige::cpu {
namespace {

using test::FakeCpu;

/// "read 1234+2 write 500+1": what code reaches.
std::string accesses(const FakeCpu& cpu, const std::vector<u8>& code) {
    std::string text;
    for (const DataAccess& each : data_accesses(std::as_bytes(std::span{code}), cpu)) {
        char storage[60];
        text += text.empty() ? "" : ", ";
        text += each.read && each.write ? "both " : each.write ? "write " : "read ";
        text += format_in(storage, "{x}+{}", each.address, each.length);
    }
    return text;
}

struct RealModeAccesses : ::testing::Test {
    FakeCpu cpu;
    RealModeAccesses() {
        cpu.run_at({0, 0x7c00}, {0x1000, 0x200});
        cpu.load_real(SegmentName::ds, 0x2000);
        cpu.load_real(SegmentName::es, 0x3000);
        cpu.regs.set(Gpr::rbx, 0xfff0);
        cpu.regs.set(Gpr::rsi, 0x20);
        cpu.regs.set(Gpr::rdi, 0x30);
        cpu.regs.set(Gpr::rax, 0xff07);
    }
};

TEST_F(RealModeAccesses, Operands) {
    EXPECT_EQ(accesses(cpu, {0xa0, 0x10, 0x06}), "read 20610+1");               // mov al,[610h]
    EXPECT_EQ(accesses(cpu, {0xc7, 0x06, 0x00, 0x06, 0, 0}), "write 20600+2"); // mov word [600h],0
    EXPECT_EQ(accesses(cpu, {0xff, 0x00}), "both 20010+2");                    // inc word [bx+si]
    EXPECT_EQ(accesses(cpu, {0x26, 0x66, 0x8b, 0x05}), "read 30030+4"); // mov eax,[es:di]
    EXPECT_EQ(accesses(cpu, {0x89, 0x46, 0x02}), "write 10002+2"); // mov [bp+2],ax, in SS
}

TEST_F(RealModeAccesses, Strings) {
    EXPECT_EQ(accesses(cpu, {0xf3, 0xa4}), "write 30030+1, read 20020+1"); // rep movsb
    EXPECT_EQ(accesses(cpu, {0x6d}), "write 30030+2");                     // insw
    EXPECT_EQ(accesses(cpu, {0xaf}), "read 30030+2");                      // scasw
    EXPECT_EQ(accesses(cpu, {0xd7}), "read 2fff7+1");                      // xlat
}

TEST_F(RealModeAccesses, Stack) {
    EXPECT_EQ(accesses(cpu, {0x50}), "write 101fe+2");                    // push ax
    EXPECT_EQ(accesses(cpu, {0x58}), "read 10200+2");                     // pop ax
    EXPECT_EQ(accesses(cpu, {0x66, 0x50}), "write 101fc+4");              // push eax
    EXPECT_EQ(accesses(cpu, {0xe8, 0, 0}), "write 101fe+2");              // call
    EXPECT_EQ(accesses(cpu, {0xff, 0x37}), "read 2fff0+2, write 101fe+2"); // push word [bx]
    cpu.regs.set(Gpr::rsp, 0);
    EXPECT_EQ(accesses(cpu, {0x50}), "write 1fffe+2"); // SP wraps
}

TEST_F(RealModeAccesses, None) {
    EXPECT_EQ(accesses(cpu, {0x8d, 0x06, 0, 6}), ""); // lea
    EXPECT_EQ(accesses(cpu, {0x90}), "");
    EXPECT_EQ(accesses(cpu, {0xff, 0xff}), "");
    EXPECT_EQ(accesses(cpu, {}), "");
}

TEST(LongModeAccesses, SegmentsAndInstructionPointer) {
    FakeCpu cpu;
    cpu.cr0_value |= cr0::pe | cr0::pg;
    cpu.efer_value = efer::lme | efer::lma;
    cpu.at(SegmentName::cs).access_rights = Segment::Long::set(0x9b, true);
    cpu.at(SegmentName::cs).base = cpu.at(SegmentName::ds).base = 0x1000;
    cpu.at(SegmentName::gs).base = 0xffff800000000000;
    cpu.regs.rip = 0x400000;
    cpu.regs.set(Gpr::rsp, 0x7fff0000);
    cpu.regs.set(Gpr::r9, 0x10);
    EXPECT_EQ(accesses(cpu, {0x48, 0x8b, 0x05, 0x00, 0x01, 0, 0}), "read 400107+8");
    EXPECT_EQ(accesses(cpu, {0x65, 0x41, 0x88, 0x01}), "write ffff800000000010+1");
    EXPECT_EQ(accesses(cpu, {0x50}), "write 7ffefff8+8");
}

} // namespace
} // namespace vestige::cpu
