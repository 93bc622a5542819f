// SPDX-License-Identifier: BSD-2-Clause
// A CPU that is nothing but its state, for tests of everything that works on cpu::CpuState.
#pragma once

#include "vestige/cpu/cpu_state.hpp"

#include <array>

namespace vestige::test {

/// Plain storage behind every accessor; starts as a CPU does after reset, at F000:FFF0. Setters
/// store what they are given, except that EFER.LMA follows CR0.PG and EFER.LME as in the hardware.
struct FakeCpu final : cpu::CpuState {
    std::array<cpu::Segment, cpu::segment_count> segments{};
    cpu::DescriptorTable gdtr_value{0, 0xffff};
    cpu::DescriptorTable idtr_value{0, 0x3ff};
    u64 cr0_value = 0x60000010;
    u64 cr2_value = 0;
    u64 cr3_value = 0;
    u64 cr4_value = 0;
    u64 efer_value = 0;
    u64 dr7_value = 0x400;
    bool fpu_initialized = false;

    FakeCpu() {
        for (cpu::Segment& each : segments)
            each = cpu::real_mode_segment(0);
        at(cpu::SegmentName::cs) = {0xf000, 0xf0000, 0xffff, cpu::access_rights_real_code};
        at(cpu::SegmentName::ldtr) = {0, 0, 0xffff, 0x82};
        at(cpu::SegmentName::tr) = {0, 0, 0xffff, 0x8b};
        regs.rip = 0xfff0;
        regs.set(cpu::Gpr::rdx, 0x600);
    }

    cpu::Segment& at(cpu::SegmentName name) { return segments[static_cast<std::size_t>(name)]; }
    /// Loads a segment register as real mode does.
    void load_real(cpu::SegmentName name, u16 selector) {
        at(name) = cpu::real_mode_segment(selector, name == cpu::SegmentName::cs);
    }
    /// CS:IP and SS:SP of real-mode code.
    void run_at(FarPtr code, FarPtr stack) {
        load_real(cpu::SegmentName::cs, code.segment);
        load_real(cpu::SegmentName::ss, stack.segment);
        regs.rip = code.offset;
        regs.set(cpu::Gpr::rsp, stack.offset);
    }

    cpu::Segment segment(cpu::SegmentName name) const override {
        return segments[static_cast<std::size_t>(name)];
    }
    void set_segment(cpu::SegmentName name, const cpu::Segment& value) override {
        at(name) = value;
    }
    cpu::DescriptorTable gdtr() const override { return gdtr_value; }
    cpu::DescriptorTable idtr() const override { return idtr_value; }
    void set_gdtr(const cpu::DescriptorTable& table) override { gdtr_value = table; }
    void set_idtr(const cpu::DescriptorTable& table) override { idtr_value = table; }
    u64 cr0() const override { return cr0_value; }
    u64 cr2() const override { return cr2_value; }
    u64 cr3() const override { return cr3_value; }
    u64 cr4() const override { return cr4_value; }
    u64 efer() const override { return efer_value; }
    u64 dr7() const override { return dr7_value; }
    void set_cr0(u64 value) override {
        cr0_value = value;
        follow_long_mode();
    }
    void set_cr2(u64 value) override { cr2_value = value; }
    void set_cr3(u64 value) override { cr3_value = value; }
    void set_cr4(u64 value) override { cr4_value = value; }
    void set_efer(u64 value) override {
        efer_value = value;
        follow_long_mode();
    }
    void set_dr7(u64 value) override { dr7_value = value; }
    void initialize_fpu() override { fpu_initialized = true; }

  private:
    void follow_long_mode() {
        const bool active = (cr0_value & cpu::cr0::pg) != 0 && (efer_value & cpu::efer::lme) != 0;
        efer_value = active ? efer_value | cpu::efer::lma : efer_value & ~cpu::efer::lma;
    }
};

} // namespace vestige::test
