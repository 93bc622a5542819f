// SPDX-License-Identifier: BSD-2-Clause
// Guest registers and events over a VMCS that is an array; the entry checker has the last word.
#include "vestige/vmx/guest_events.hpp"

#include "tests/vmx/good_vmcs.hpp"
#include "vestige/vmx/entry_check.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace vestige::vmx {
namespace {

using cpu::SegmentName;

struct FakeBus final : cpu::MemoryBus {
    u64 read(Gpa address, Width /*width*/) override { return words[address.value()]; }
    void write(Gpa address, Width /*width*/, u64 value) override { words[address.value()] = value; }
    std::map<u64, u64> words;
};

/// Everything but running, and a look behind the curtain.
class TestVcpu final : public GuestEvents<ArrayStore> {
  public:
    explicit TestVcpu(cpu::MemoryBus& bus)
        : GuestEvents{OwnedBits::of(capabilities, cpu::cr4::mce), bus} {
        vmcs_ = test::real_mode_vmcs(capabilities);
        start_primary_controls(vmcs_.read(field::primary_processor_controls));
        reset();
    }
    vcpu::VmExit run(u64 /*deadline*/) override { return vcpu::ShutdownExit{}; }
    void reset() override {
        reset_registers();
        reset_events();
    }
    u64 cr2() const override { return 0; }
    void set_cr2(u64 /*value*/) override {}
    bool read_state_msr(u32 /*index*/, u64& /*value*/) const override { return false; }
    bool write_state_msr(u32 /*index*/, u64 /*value*/) override { return false; }
    void set_xcr0(u64 /*value*/) override {}
    void initialize_fpu() override {}
    u64 debug_register(unsigned /*number*/) const override { return 0; }
    void set_debug_register(unsigned /*number*/, u64 /*value*/) override {}
    std::span<u32> apic_registers() override { return {}; }
    bool virtualize_apic(bool /*wanted*/) override { return false; }
    void set_priority_threshold(u8 /*priority_class*/) override {}
    void explain_failed_entry(TextSink& /*out*/) const override {}
    void print_state(TextSink& /*out*/) const override {}
    void flush_guest_translations() override { ++flushes; }

    using GuestEvents::after_debug_exception;
    using GuestEvents::after_host_nmi;
    using GuestEvents::recall_event;
    Vmcs<ArrayStore>& vmcs() { return vmcs_; }

    /// What the entry checks say about the state, registers written back as run() does.
    std::string violations() {
        vmcs_.write(field::guest_rip, regs.rip);
        vmcs_.write(field::guest_rflags, regs.rflags);
        static char storage[8192];
        TextBuffer out{storage};
        if (!check_entry(vmcs_, capabilities).empty())
            print_violations(out, vmcs_, capabilities);
        return std::string{out.view()};
    }

    inline static const Capabilities capabilities = test::skylake_x_capabilities();
    int flushes = 0;
};

class GuestState : public testing::Test {
  protected:
    void exit_at(u64 rip, u32 length) {
        vcpu.regs.rip = rip;
        vcpu.vmcs().write_any(field::exit_instruction_length.encoding, length);
    }
    void shadow(u32 by) { vcpu.vmcs().write(field::guest_interruptibility_state, u32{by}); }
    u32 interruptibility_state() { return vcpu.vmcs().read(field::guest_interruptibility_state); }
    u64 pending_debug_exceptions() {
        return vcpu.vmcs().read(field::guest_pending_debug_exceptions);
    }
    void enter_long_mode() {
        vcpu.set_cr4(cpu::cr4::pae);
        vcpu.set_efer(cpu::efer::lme);
        vcpu.set_cr0(cpu::cr0::pg | cpu::cr0::ne | cpu::cr0::pe);
        vcpu.set_segment(SegmentName::cs, {8, 0, 0xffffffff, 0xa09b});
    }

    FakeBus bus;
    TestVcpu vcpu{bus};
};

TEST_F(GuestState, ResetIsTheManualsAndEnterable) {
    EXPECT_EQ(vcpu.cr0(), 0x60000010u);
    EXPECT_EQ(vcpu.cr4(), 0u);
    EXPECT_EQ(vcpu.efer(), 0u);
    EXPECT_EQ(vcpu.dr7(), 0x400u);
    EXPECT_EQ(vcpu.regs.rip, 0xfff0u);
    EXPECT_EQ(vcpu.regs.rflags, 2u);
    EXPECT_EQ(vcpu.segment(SegmentName::cs), (cpu::Segment{0xf000, 0xffff0000, 0xffff, 0x9b}));
    EXPECT_EQ(vcpu.segment(SegmentName::fs), (cpu::Segment{0, 0, 0xffff, 0x93}));
    EXPECT_EQ(vcpu.segment(SegmentName::ldtr), (cpu::Segment{0, 0, 0xffff, 0x82}));
    EXPECT_EQ(vcpu.segment(SegmentName::tr), (cpu::Segment{0, 0, 0xffff, 0x8b}));
    EXPECT_EQ(vcpu.idtr(), (cpu::DescriptorTable{0, 0xffff}));
    EXPECT_EQ(vcpu.violations(), "");
}

TEST_F(GuestState, ResetUndoesEverything) {
    enter_long_mode();
    vcpu.inject(cpu::undefined_opcode());
    vcpu.request_interrupt_window(true);
    shadow(interruptibility::blocking_by_nmi);
    vcpu.reset();
    EXPECT_EQ(vcpu.cr0(), 0x60000010u);
    EXPECT_EQ(vcpu.pending_event(), std::nullopt);
    EXPECT_EQ(interruptibility_state(), 0u);
    EXPECT_EQ(vcpu.vmcs().read(field::primary_processor_controls) &
                  primary::interrupt_window_exiting,
              0u);
    EXPECT_EQ(vcpu.violations(), "");
}

TEST_F(GuestState, Cr0ShowsTheGuestsViewAndKeepsFixedBits) {
    vcpu.set_cr0(cpu::cr0::pe | cpu::cr0::cd);
    EXPECT_EQ(vcpu.cr0() & ~cpu::cr0::et, cpu::cr0::pe | cpu::cr0::cd);
    const u64 real = vcpu.vmcs().read(field::guest_cr0);
    EXPECT_EQ(real & (cpu::cr0::ne | cpu::cr0::cd | cpu::cr0::nw), cpu::cr0::ne);
    // TS is the guest's own: it may have changed without an exit.
    vcpu.vmcs().write(field::guest_cr0, real | cpu::cr0::ts);
    EXPECT_NE(vcpu.cr0() & cpu::cr0::ts, 0u);
}

TEST_F(GuestState, Cr4HidesVmxAndMachineCheckEnable) {
    vcpu.set_cr4(cpu::cr4::pae);
    EXPECT_EQ(vcpu.cr4(), cpu::cr4::pae);
    EXPECT_EQ(vcpu.vmcs().read(field::guest_cr4), cpu::cr4::pae | cpu::cr4::vmxe | cpu::cr4::mce);
    EXPECT_NE(OwnedBits::cr4_mask() & cpu::cr4::smep, 0u);
    EXPECT_EQ(OwnedBits::cr4_mask() & cpu::cr4::pge, 0u);
}

TEST_F(GuestState, LongModeInOneWriteWithNumericError) {
    enter_long_mode();
    EXPECT_EQ(vcpu.efer(), cpu::efer::lme | cpu::efer::lma);
    EXPECT_NE(vcpu.vmcs().read(field::entry_controls) & entry_control::ia32e_mode_guest, 0u);
    EXPECT_EQ(vcpu.violations(), "");
    vcpu.set_segment(SegmentName::cs, {8, 0, 0xffffffff, 0xc09b});
    vcpu.set_cr0(cpu::cr0::pe | cpu::cr0::ne);
    EXPECT_EQ(vcpu.efer(), cpu::efer::lme);
    EXPECT_EQ(vcpu.vmcs().read(field::entry_controls) & entry_control::ia32e_mode_guest, 0u);
    EXPECT_EQ(vcpu.violations(), "");
}

TEST_F(GuestState, PaePointersAreLoadedFromMemory) {
    for (u64 i = 0; i < 4; ++i)
        bus.words[0x12340 + 8 * i] = (0x100000 + i * 0x1000) | 1;
    vcpu.set_cr4(cpu::cr4::pae);
    vcpu.set_cr3(0x12340 | 0x18);
    EXPECT_EQ(vcpu.vmcs().read(field::guest_pdpte3), 0u);
    vcpu.set_cr0(cpu::cr0::pg | cpu::cr0::pe);
    EXPECT_EQ(vcpu.vmcs().read(field::guest_pdpte0), 0x100001u);
    EXPECT_EQ(vcpu.vmcs().read(field::guest_pdpte3), 0x103001u);
    bus.words[0x12340] = 0x200001;
    // Other writes to CR0 leave them alone, as on the CPU.
    vcpu.set_cr0(cpu::cr0::pg | cpu::cr0::pe | cpu::cr0::ts);
    EXPECT_EQ(vcpu.vmcs().read(field::guest_pdpte0), 0x100001u);
    vcpu.set_cr3(0x12340);
    EXPECT_EQ(vcpu.vmcs().read(field::guest_pdpte0), 0x200001u);
}

TEST_F(GuestState, ChangesOfTranslationFlush) {
    const auto flushes_of = [this](auto change) {
        const int before = vcpu.flushes;
        change();
        return vcpu.flushes - before;
    };
    vcpu.set_cr0(cpu::cr0::pe);
    EXPECT_EQ(flushes_of([&] { vcpu.set_cr0(cpu::cr0::pe | cpu::cr0::ts); }), 0);
    EXPECT_EQ(flushes_of([&] { vcpu.set_cr0(cpu::cr0::pe | cpu::cr0::wp); }), 1);
    EXPECT_EQ(flushes_of([&] { vcpu.set_cr3(0x1000); }), 1);
    EXPECT_EQ(flushes_of([&] { vcpu.set_cr4(cpu::cr4::pge); }), 1);
    EXPECT_EQ(flushes_of([&] { vcpu.set_cr4(cpu::cr4::pge | cpu::cr4::tsd); }), 0);
    EXPECT_EQ(flushes_of([&] { vcpu.set_efer(cpu::efer::nxe); }), 1);
    EXPECT_EQ(flushes_of([&] { vcpu.set_efer(cpu::efer::nxe | cpu::efer::sce); }), 0);
}

TEST_F(GuestState, SegmentsInVirtual8086ModeHaveItsOnlyForm) {
    vcpu.regs.rflags |= cpu::rflags::vm;
    vcpu.set_segment(SegmentName::es, cpu::real_mode_segment(0xb800));
    EXPECT_EQ(vcpu.segment(SegmentName::es), (cpu::Segment{0xb800, 0xb8000, 0xffff, 0xf3}));
    vcpu.set_segment(SegmentName::tr, {0x28, 0x1000, 0x67, 0x8b});
    EXPECT_EQ(vcpu.segment(SegmentName::tr).access_rights, 0x8bu);
}

TEST_F(GuestState, SkipMovesOnAndEndsTheShadow) {
    exit_at(0x100, 3);
    vcpu.regs.rflags |= cpu::rflags::interrupt;
    shadow(interruptibility::blocking_by_sti | interruptibility::blocking_by_nmi);
    vcpu.skip_instruction();
    EXPECT_EQ(vcpu.regs.rip, 0x103u);
    EXPECT_EQ(interruptibility_state(), interruptibility::blocking_by_nmi);
    EXPECT_EQ(pending_debug_exceptions(), 0u);
}

TEST_F(GuestState, SkipWrapsAt32BitsOnlyOutside64BitCode) {
    exit_at(0xfffffffe, 3);
    vcpu.skip_instruction();
    EXPECT_EQ(vcpu.regs.rip, 1u);
    enter_long_mode();
    exit_at(0xfffffffe, 3);
    vcpu.skip_instruction();
    EXPECT_EQ(vcpu.regs.rip, 0x100000001u);
}

TEST_F(GuestState, SkipLeavesTheSingleStepPending) {
    exit_at(0x100, 2);
    vcpu.regs.rflags |= cpu::rflags::tf;
    vcpu.skip_instruction();
    EXPECT_EQ(pending_debug_exceptions(), pending_debug::single_step);
    EXPECT_EQ(vcpu.violations(), "");
}

TEST_F(GuestState, InterruptsNeedFlagNoShadowAndNoOtherEvent) {
    EXPECT_FALSE(vcpu.can_take_interrupt());
    vcpu.regs.rflags |= cpu::rflags::interrupt;
    EXPECT_TRUE(vcpu.can_take_interrupt());
    shadow(interruptibility::blocking_by_mov_ss);
    EXPECT_FALSE(vcpu.can_take_interrupt());
    vcpu.clear_interrupt_shadow();
    EXPECT_TRUE(vcpu.can_take_interrupt());
    vcpu.inject(cpu::undefined_opcode());
    EXPECT_FALSE(vcpu.can_take_interrupt());
    EXPECT_FALSE(vcpu.can_take_nmi());
    vcpu.cancel_event();
    EXPECT_TRUE(vcpu.can_take_nmi());
    shadow(interruptibility::blocking_by_nmi);
    EXPECT_TRUE(vcpu.can_take_interrupt());
    EXPECT_FALSE(vcpu.can_take_nmi());
}

TEST_F(GuestState, WindowsSwitchTheirControls) {
    const auto primary_bits = [this](u32 bits) {
        return vcpu.vmcs().read(field::primary_processor_controls) & bits;
    };
    vcpu.request_interrupt_window(true);
    vcpu.request_nmi_window(true);
    EXPECT_NE(primary_bits(primary::interrupt_window_exiting), 0u);
    EXPECT_NE(primary_bits(primary::nmi_window_exiting), 0u);
    vcpu.request_interrupt_window(false);
    EXPECT_EQ(primary_bits(primary::interrupt_window_exiting), 0u);
    EXPECT_NE(primary_bits(primary::nmi_window_exiting), 0u);
    EXPECT_EQ(vcpu.violations(), "");
}

TEST_F(GuestState, InjectedEventsAreEnterableAndReadBack) {
    vcpu.regs.rflags |= cpu::rflags::interrupt;
    const cpu::Event events[] = {
        {cpu::EventType::external_interrupt, Vector{8}, {}, 0},
        {cpu::EventType::nmi, Vector{2}, {}, 0},
        cpu::undefined_opcode(),
        {cpu::EventType::software_interrupt, Vector{0x10}, {}, 2},
        {cpu::EventType::privileged_software_exception, Vector{1}, {}, 1},
        {cpu::EventType::software_exception, Vector{3}, {}, 1},
    };
    for (const cpu::Event& event : events) {
        vcpu.inject(event);
        EXPECT_EQ(vcpu.pending_event(), event);
        EXPECT_EQ(vcpu.violations(), "");
    }
}

TEST_F(GuestState, ErrorCodesExistOnlyOutsideRealModeAndWhereDefined) {
    vcpu.inject(cpu::general_protection(0x1234));
    EXPECT_EQ(vcpu.pending_event(), cpu::fault(cpu::exception::gp));
    EXPECT_EQ(vcpu.violations(), "");
    vcpu.set_cr0(cpu::cr0::pe);
    vcpu.inject(cpu::general_protection(0x1234));
    EXPECT_EQ(vcpu.pending_event(), cpu::general_protection(0x1234));
    EXPECT_EQ(vcpu.violations(), "");
    vcpu.inject(cpu::fault(cpu::exception::ud, 7));
    EXPECT_EQ(vcpu.pending_event(), cpu::fault(cpu::exception::ud));
    EXPECT_EQ(vcpu.violations(), "");
    vcpu.inject(cpu::fault(cpu::exception::df));
    EXPECT_EQ(vcpu.pending_event(), cpu::fault(cpu::exception::df, 0));
    EXPECT_EQ(vcpu.violations(), "");
}

TEST_F(GuestState, AbortedDeliveryIsPlannedAnew) {
    vcpu.vmcs().write_any(field::idt_vectoring_information.encoding, 0x80000410);
    exit_at(0x100, 2);
    vcpu.recall_event(true);
    EXPECT_EQ(vcpu.pending_event(),
              (cpu::Event{cpu::EventType::software_interrupt, Vector{0x10}, {}, 2}));
    vcpu.set_cr0(cpu::cr0::pe);
    vcpu.vmcs().write_any(field::idt_vectoring_information.encoding, 0x80000b0e);
    vcpu.vmcs().write_any(field::idt_vectoring_error_code.encoding, 6);
    vcpu.recall_event(false);
    EXPECT_EQ(vcpu.pending_event(), cpu::fault(cpu::exception::pf, 6));
    EXPECT_EQ(vcpu.violations(), "");
}

TEST_F(GuestState, AbortedNmiIsUnblockedForItsSecondDelivery) {
    shadow(interruptibility::blocking_by_nmi);
    vcpu.vmcs().write_any(field::idt_vectoring_information.encoding, 0x80000202);
    vcpu.recall_event(false);
    EXPECT_EQ(interruptibility_state(), 0u);
    EXPECT_EQ(vcpu.pending_event()->type, cpu::EventType::nmi);
    EXPECT_EQ(vcpu.violations(), "");
}

TEST_F(GuestState, FaultingIretFindsNmisBlockedAgain) {
    vcpu.recall_event(true);
    EXPECT_EQ(interruptibility_state(), interruptibility::blocking_by_nmi);
    vcpu.recall_event(false);
    EXPECT_EQ(interruptibility_state(), interruptibility::blocking_by_nmi);
    EXPECT_EQ(vcpu.pending_event(), std::nullopt);
}

TEST_F(GuestState, HostNmisDoNotBlockAGuestThatNeverHadOne) {
    shadow(interruptibility::blocking_by_nmi);
    vcpu.after_host_nmi();
    EXPECT_EQ(interruptibility_state(), 0u);
    vcpu.inject({cpu::EventType::nmi, Vector{2}, {}, 0});
    vcpu.cancel_event();
    shadow(interruptibility::blocking_by_nmi);
    vcpu.after_host_nmi();
    EXPECT_EQ(interruptibility_state(), interruptibility::blocking_by_nmi);
}

TEST_F(GuestState, DebugExceptionInAShadowKeepsTheEntryRules) {
    vcpu.regs.rflags |= cpu::rflags::tf | cpu::rflags::interrupt;
    shadow(interruptibility::blocking_by_sti);
    EXPECT_NE(vcpu.violations(), "");
    vcpu.after_debug_exception();
    EXPECT_EQ(vcpu.violations(), "");
    shadow(0);
    vcpu.vmcs().write(field::guest_pending_debug_exceptions, u64{0});
    vcpu.after_debug_exception();
    EXPECT_EQ(pending_debug_exceptions(), 0u);
}

} // namespace
} // namespace vestige::vmx
