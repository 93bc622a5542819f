// SPDX-License-Identifier: BSD-2-Clause
// A guest CPU's architectural state, whoever holds it: a VMCS, or a plain struct in tests.
#pragma once

#include "vestige/cpu/event.hpp"
#include "vestige/cpu/registers.hpp"
#include "vestige/cpu/segment.hpp"

namespace vestige::cpu {

/// How the CPU runs code now.
enum class Mode : u8 { real, v86, protected16, protected32, long_compatibility, long64 };

/// Access to everything architectural that BIOS services and exit handlers need. Values are what
/// the guest itself would see. Only valid between a VM exit and the next entry.
class CpuState {
  public:
    Registers regs;

    [[nodiscard]] virtual Segment segment(SegmentName name) const = 0;
    virtual void set_segment(SegmentName name, const Segment& segment) = 0;
    [[nodiscard]] virtual DescriptorTable gdtr() const = 0;
    [[nodiscard]] virtual DescriptorTable idtr() const = 0;
    virtual void set_gdtr(const DescriptorTable& table) = 0;
    virtual void set_idtr(const DescriptorTable& table) = 0;
    [[nodiscard]] virtual u64 cr0() const = 0;
    [[nodiscard]] virtual u64 cr2() const = 0;
    [[nodiscard]] virtual u64 cr3() const = 0;
    [[nodiscard]] virtual u64 cr4() const = 0;
    [[nodiscard]] virtual u64 efer() const = 0;
    [[nodiscard]] virtual u64 dr7() const = 0;
    /// The setters take values that the caller has checked (see cpu/control_registers.hpp) and do
    /// what goes with them in the back end: EFER.LMA, PDPTEs, entry controls, TLB.
    virtual void set_cr0(u64 value) = 0;
    virtual void set_cr2(u64 value) = 0;
    virtual void set_cr3(u64 value) = 0;
    virtual void set_cr4(u64 value) = 0;
    virtual void set_efer(u64 value) = 0;
    virtual void set_dr7(u64 value) = 0;
    /// The x87 as FNINIT leaves it.
    virtual void initialize_fpu() = 0;

  protected:
    ~CpuState() = default;
};

/// Mode that the state implies.
[[nodiscard]] Mode mode_of(const CpuState& state);
/// Current privilege level: SS.DPL, 3 in v86 mode, 0 in real mode.
[[nodiscard]] unsigned cpl_of(const CpuState& state);
/// Linear address of the next instruction.
[[nodiscard]] Linear linear_rip(const CpuState& state);

} // namespace vestige::cpu
