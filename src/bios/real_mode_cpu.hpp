// SPDX-License-Identifier: BSD-2-Clause
// A CPU in real mode that is nothing but its registers: a BIOS call that no vCPU has made.
#pragma once

#include "vestige/cpu/cpu_state.hpp"

#include <array>

namespace vestige::bios {

class RealModeCpu final : public cpu::CpuState {
  public:
    RealModeCpu() {
        for (cpu::Segment& each : segments_)
            each = cpu::real_mode_segment(0);
        regs.rflags = cpu::rflags::fixed_one;
    }
    void load(cpu::SegmentName name, u16 selector) {
        set_segment(name, cpu::real_mode_segment(selector, name == cpu::SegmentName::cs));
    }

    [[nodiscard]] cpu::Segment segment(cpu::SegmentName name) const override {
        return segments_[static_cast<std::size_t>(name)];
    }
    void set_segment(cpu::SegmentName name, const cpu::Segment& value) override {
        segments_[static_cast<std::size_t>(name)] = value;
    }
    // The rest is as real mode has it and no service changes it.
    [[nodiscard]] cpu::DescriptorTable gdtr() const override { return {}; }
    [[nodiscard]] cpu::DescriptorTable idtr() const override { return {0, 0x3ff}; }
    void set_gdtr(const cpu::DescriptorTable&) override {}
    void set_idtr(const cpu::DescriptorTable&) override {}
    [[nodiscard]] u64 cr0() const override { return 0; }
    [[nodiscard]] u64 cr2() const override { return 0; }
    [[nodiscard]] u64 cr3() const override { return 0; }
    [[nodiscard]] u64 cr4() const override { return 0; }
    [[nodiscard]] u64 efer() const override { return 0; }
    [[nodiscard]] u64 dr7() const override { return 0; }
    void set_cr0(u64) override {}
    void set_cr2(u64) override {}
    void set_cr3(u64) override {}
    void set_cr4(u64) override {}
    void set_efer(u64) override {}
    void set_dr7(u64) override {}
    void initialize_fpu() override {}

  private:
    std::array<cpu::Segment, cpu::segment_count> segments_{};
};

} // namespace vestige::bios
