// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vm/fault_report.hpp"

#include "../support/fake_cpu.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace vestige::vm {
namespace {

class Fault : public testing::Test {
  protected:
    Fault() {
        EXPECT_TRUE(memory.add({Gpa{0}, ram, machine::RegionKind::ram}));
        EXPECT_TRUE(memory.add({Gpa{0xf0000}, rom, machine::RegionKind::rom}));
        cpu.run_at({0, 0x7c00}, {0, 0x7c00});
    }
    /// Flat 32-bit code at linear 7c00, a GDT at 6000 with the limit given, no IDT.
    void protect(u32 gdt_limit = 23) {
        memory.store<u64>(Gpa{0x6008}, 0x00cf9a000000ffff);
        memory.store<u64>(Gpa{0x6010}, 0x00cf92000000ffff);
        cpu.gdtr_value = {0x6000, gdt_limit};
        cpu.cr0_value |= cpu::cr0::pe;
        cpu.at(cpu::SegmentName::cs) = {8, 0, 0xffffffff, 0xc09b};
        for (const auto name : {cpu::SegmentName::ss, cpu::SegmentName::ds, cpu::SegmentName::es})
            cpu.at(name) = {16, 0, 0xffffffff, 0xc093};
        cpu.idtr_value = {0x5000, 0x7ff};
    }
    void gate(unsigned vector, u64 descriptor) {
        memory.store<u64>(Gpa{0x5000 + 8 * vector}, descriptor);
    }
    std::string report(const cpu::Event& first, bool shut_down = true) {
        std::vector<char> storage(8192);
        TextBuffer out{storage};
        print_fault_report(out, {.cpu = cpu, .path = path, .ring = *ring, .symbols = symbols,
                                 .first = first, .shut_down = shut_down, .at = {}});
        return std::string{out.view()};
    }
    static void expect(const std::string& text, std::string_view part) {
        EXPECT_NE(text.find(part), std::string::npos) << "no \"" << part << "\" in:\n" << text;
    }
    static void expect_not(const std::string& text, std::string_view part) {
        EXPECT_EQ(text.find(part), std::string::npos) << "\"" << part << "\" in:\n" << text;
    }

    std::vector<std::byte> ram = std::vector<std::byte>(640 * kib);
    std::vector<std::byte> rom = std::vector<std::byte>(64 * kib);
    machine::GuestMemory memory;
    machine::A20Gate a20;
    cpu::PhysicalPath path{memory, a20};
    test::FakeCpu cpu;
    std::unique_ptr<TraceRing> ring = std::make_unique<TraceRing>();
    SymbolTable symbols;
};

constexpr u64 good_gate = 0x00008e0000081234; ///< selector 8, 32-bit interrupt gate

TEST_F(Fault, SelectorBehindTheGdt) {
    protect(7);
    const std::string text = report(cpu::general_protection(8));
    expect(text, "1. #GP, general protection, error code 8h: selector 0008 lies behind the end of "
                 "the GDT: base 6000, limit 7h, room for 1 descriptor");
    expect(text, "2. not delivered, gate 0dh of the IDT, at 5068, is 0000000000000000: no gate");
    expect(text, "so there is #DF");
    expect(text, "3. not delivered, gate 08h of the IDT, at 5040");
    expect(text, "that is the end: the CPU shuts down");
}

TEST_F(Fault, DescriptorOfTheWrongKind) {
    protect();
    const std::string data = report(cpu::general_protection(16));
    expect(data, "the descriptor of selector 0010, at 6010 in the GDT, is 00cf92000000ffff: a data "
                 "segment, which CS cannot hold");
    memory.store<u64>(Gpa{0x6008}, 0x00cf1a000000ffff);
    expect(report(cpu::fault(cpu::exception::np, 8)), "a code segment that is not present");
}

TEST_F(Fault, IdtTooShort) {
    protect();
    cpu.idtr_value = {0x5000, 0x17};
    const std::string text = report(cpu::undefined_opcode());
    expect(text, "2. not delivered, the IDT (base 5000, limit 17h) ends before gate 06h, which "
                 "takes bytes 30h to 37h");
    expect(text, "so there is #GP, general protection, error code 32h");
    expect(text, "has no gates for all 32 exceptions");
}

TEST_F(Fault, RealModeVectorsAreNoIdt) {
    protect();
    cpu.idtr_value = {0, 0xffff};
    memory.store<u32>(Gpa{4 * 12}, 0xf000e034);
    const std::string text = report(cpu::undefined_opcode());
    expect(text, "IDTR still points to the real-mode vector table: no LIDT was done");
    expect(text, "no IDT is loaded");
}

TEST_F(Fault, GateToABadSelectorAndNoRoomOnTheStack) {
    protect();
    gate(6, 0x00008e0000301234);
    expect(report(cpu::undefined_opcode()),
           "gate 06h leads to selector 0030: selector 0030 lies behind the end of the GDT");
    gate(6, good_gate);
    cpu.at(cpu::SegmentName::ss).limit = 0xff;
    cpu.regs.set(cpu::Gpr::rsp, 0x1000);
    expect(report(cpu::undefined_opcode()), "the stack has no room: SS limit ffh, SP 1000h");
}

TEST_F(Fault, PageWalkIsTold) {
    protect();
    cpu.cr0_value |= cpu::cr0::pg;
    cpu.cr3_value = 0x9000;
    cpu.cr2_value = 0x403123;
    memory.store<u32>(Gpa{0x9000}, 0x83);
    cpu.cr4_value |= cpu::cr4::pse;
    memory.store<u32>(Gpa{0x9004}, 0xa003);
    expect(report(cpu::fault(cpu::exception::pf, 2), false),
           "1. #PF, page fault, error code 2h: write of 403123: CR3 is 9000, page directory entry "
           "1 at 9004 is a003, page table entry 3 at a00c is 0: not present");
}

TEST_F(Fault, MissingFarJump) {
    protect();
    cpu.at(cpu::SegmentName::cs) = cpu::real_mode_segment(0, true);
    expect(report(cpu::undefined_opcode()),
           "CR0.PE is set but CS, 0000, is still the 16-bit segment of real mode");
    // On its way.
    memory.store<u8>(Gpa{0x7c00}, 0xea);
    expect_not(report(cpu::general_protection(8)), "still the 16-bit segment");
}

TEST_F(Fault, StackInRomCodeInDataAndA20) {
    cpu.run_at({0x40, 0x10}, {0xf000, 0x1000});
    a20.set(false);
    const std::string text = report(cpu::undefined_opcode(), false);
    expect(text, "at 0040:0010 (linear 410), real mode, privilege level 0, interrupts off");
    expect(text, "SS:SP = f000:1000, lies in ROM: what is pushed there is lost");
    expect(text, "it executes the BIOS data area: data, not code; something jumped to 410");
    expect(text, "A20 is off");
}

TEST_F(Fault, GdtrLoadedFromTheWrongPlace) {
    protect();
    cpu.gdtr_value = {0x12345678, 0x4321};
    cpu.at(cpu::SegmentName::ds) = cpu::real_mode_segment(0x1000);
    expect(report(cpu::general_protection(8)),
           "GDTR (base 12345678, limit 4321h) does not look like a GDT, there is no RAM, its size "
           "is no multiple of 8: did LGDT read its operand through the right segment? DS is 1000");
}

TEST_F(Fault, RealModeVectorTableTooShort) {
    cpu.idtr_value = {0, 0};
    const std::string text = report(cpu::undefined_opcode());
    expect(text, "the vector table (base 0, limit 0h) ends before vector 06h");
    expect(text, "so there is #DF");
}

TEST_F(Fault, AnyStateHasAReport) {
    u32 state = 1;
    const auto random = [&] {
        state = state * 1664525 + 1013904223;
        return state >> 8 | static_cast<u64>(state) << 20;
    };
    for (unsigned i = 0; i < 3000; ++i) {
        for (cpu::Segment& each : cpu.segments)
            each = {static_cast<u16>(random()), random(), static_cast<u32>(random()),
                    static_cast<u32>(random()) & 0x1f0ff};
        cpu.gdtr_value = {random(), static_cast<u32>(random() & 0xffff)};
        cpu.idtr_value = {i % 3 == 0 ? 0 : random(), static_cast<u32>(random() & 0xffff)};
        cpu.cr0_value = random() & 0xe005003f;
        cpu.cr3_value = random();
        cpu.cr4_value = random() & 0x3ff;
        cpu.efer_value = random() & 0xd01;
        cpu.regs.rip = random();
        cpu.regs.set(cpu::Gpr::rsp, random());
        const cpu::Event event = cpu::fault(Vector{static_cast<u8>(random() % 32)}, random());
        EXPECT_FALSE(report(event).empty());
    }
}

} // namespace
} // namespace vestige::vm
