// SPDX-License-Identifier: BSD-2-Clause
// A CPU with a megabyte or so of memory, and helpers to build page tables and descriptors in it.
#pragma once

#include "../support/fake_cpu.hpp"
#include "vestige/cpu/linear_access.hpp"

#include <gtest/gtest.h>
#include <initializer_list>
#include <vector>

namespace vestige::test {

class GuestFixture : public ::testing::Test {
  protected:
    static constexpr u64 memory_size = 4 * mib;

    GuestFixture() {
        if (!memory.add({Gpa{0}, storage, machine::RegionKind::ram}))
            ADD_FAILURE() << "no room for a region";
    }

    void put(u64 at, std::initializer_list<unsigned> bytes) {
        for (const unsigned each : bytes)
            memory.store<u8>(Gpa{at++}, static_cast<u8>(each));
    }
    /// A flat descriptor as a guest writes it. rights: access byte, then flags in bits 15:12.
    void put_descriptor(u64 at, u32 base, u32 limit, u32 rights) {
        const u64 low = (limit & 0xffff) | (u64{base} & 0xffffff) << 16 | u64{rights & 0xff} << 40 |
                        u64{limit >> 16 & 0xf} << 48 | u64{rights >> 12 & 0xf} << 52 |
                        u64{base >> 24} << 56;
        memory.store<u64>(Gpa{at}, low);
    }
    /// Flat protected mode at the given privilege level, 32-bit code.
    void enter_protected(unsigned cpl = 0, bool code32 = true) {
        using cpu::SegmentName;
        cpu.cr0_value |= cpu::cr0::pe;
        const u32 dpl = cpl << 5;
        const u32 size = code32 ? 0x4000U : 0U;
        const auto rpl = static_cast<u16>(cpl);
        cpu.at(SegmentName::cs) = {static_cast<u16>(8 | rpl), 0, 0xffffffff, 0x809bU | dpl | size};
        for (const SegmentName each :
             {SegmentName::ds, SegmentName::es, SegmentName::ss, SegmentName::fs, SegmentName::gs})
            cpu.at(each) = {static_cast<u16>(16 | rpl), 0, 0xffffffff, 0x8093U | dpl | size};
        cpu.regs.rip = 0x8000;
        cpu.regs.set(cpu::Gpr::rsp, 0x7000);
    }
    /// 64-bit mode with low memory mapped by itself through 2 MiB pages at 100000h.
    void enter_long(unsigned cpl = 0) {
        enter_protected(cpl);
        cpu.at(cpu::SegmentName::cs).access_rights = 0xa09bU | cpl << 5;
        memory.store<u64>(Gpa{0x100000}, 0x101007);
        memory.store<u64>(Gpa{0x101000}, 0x102007);
        for (u64 i = 0; i < 512; ++i)
            memory.store<u64>(Gpa{0x102000 + 8 * i}, i << 21 | 0x87);
        cpu.cr3_value = 0x100000;
        cpu.cr4_value = cpu::cr4::pae | cpu::cr4::pse;
        cpu.set_efer(cpu::efer::lme | cpu::efer::nxe | cpu::efer::sce);
        cpu.set_cr0(cpu.cr0_value | cpu::cr0::pg | cpu::cr0::wp);
    }

    std::vector<std::byte> storage = std::vector<std::byte>(memory_size);
    machine::GuestMemory memory;
    machine::A20Gate a20;
    FakeCpu cpu;
    cpu::PhysicalPath path{memory, a20, 36, false};
    cpu::LinearAccess access{cpu, path};
};

} // namespace vestige::test
