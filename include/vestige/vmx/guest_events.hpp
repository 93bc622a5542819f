// SPDX-License-Identifier: BSD-2-Clause
// Interrupts and exceptions on their way into the guest, and what blocks them.
#pragma once

#include "vestige/vmx/exit_decoder.hpp"
#include "vestige/vmx/guest_registers.hpp"

namespace vestige::vmx {

/// True for the exceptions that push an error code in protected mode.
/// SDM 3A, "Exception and Interrupt Vectors".
constexpr bool has_error_code(Vector vector) {
    constexpr u32 vectors =
        bit32(8) | bit32(10) | bit32(11) | bit32(12) | bit32(13) | bit32(14) | bit32(17);
    return vector.value < 32 && (vectors >> vector.value & 1) != 0;
}

template <class Store> class GuestEvents : public GuestRegisters<Store> {
  public:
    using GuestRegisters<Store>::GuestRegisters;
    using GuestRegisters<Store>::regs;

    void skip_instruction() final;
    [[nodiscard]] unsigned instruction_length() const final {
        return vmcs_.read(field::exit_instruction_length);
    }
    [[nodiscard]] std::optional<cpu::Event> pending_event() const final;
    void inject(const cpu::Event& event) final;
    void cancel_event() final { vmcs_.write(field::entry_interruption_information, u32{0}); }
    [[nodiscard]] bool can_take_interrupt() const final {
        return (regs.rflags & cpu::rflags::interrupt) != 0 && !blocked(interruptibility::shadow);
    }
    [[nodiscard]] bool can_take_nmi() const final {
        return !blocked(interruptibility::shadow | interruptibility::blocking_by_nmi);
    }
    void clear_interrupt_shadow() final { set_interruptibility(0, interruptibility::shadow); }
    void request_interrupt_window(bool wanted) final {
        set_primary(primary::interrupt_window_exiting, wanted);
    }
    void request_nmi_window(bool wanted) final { set_primary(primary::nmi_window_exiting, wanted); }
    [[nodiscard]] bool request_monitor_trap(bool wanted) final {
        if (has_monitor_trap_)
            set_primary(primary::monitor_trap_flag, wanted);
        return has_monitor_trap_;
    }
    bool cancel_single_step() final;
    void intercept_exceptions(u32 vectors) final {
        vmcs_.write(field::exception_bitmap, always_intercepted | vectors);
    }
    void intercept_debug_registers(bool wanted) final {
        set_primary(primary::mov_dr_exiting, wanted);
    }

  protected:
    ~GuestEvents() = default;
    using GuestRegisters<Store>::vmcs_;

    /// #DB and #AC can repeat for ever inside the CPU while they are delivered; a machine check
    /// belongs to the host. CR0.NE is always set in the CPU: where the guest's is clear, #MF is
    /// an interrupt request.
    static constexpr u32 always_intercepted = bit32(cpu::exception::db.value) |
                                              bit32(cpu::exception::ac.value) |
                                              bit32(cpu::exception::mf.value) |
                                              bit32(cpu::exception::mc.value);

    /// The word that windows are switched in, and those of its bits that may be set; before
    /// anything else.
    void start_primary_controls(u32 controls, u32 possible = 0) {
        primary_controls_ = controls;
        has_monitor_trap_ = (possible & primary::monitor_trap_flag) != 0;
        vmcs_.write(field::primary_processor_controls, controls);
    }
    void set_primary(u32 control, bool wanted) {
        const u32 now = wanted ? primary_controls_ | control : primary_controls_ & ~control;
        if (now == primary_controls_)
            return;
        primary_controls_ = now;
        vmcs_.write(field::primary_processor_controls, now);
    }
    /// No event, nothing blocked, no window asked for.
    void reset_events();
    /// After an exit that can come in the midst of event delivery: plans the event anew.
    /// SDM 3C, "Information for VM Exits During Event Delivery".
    void recall_event(bool unblocked_nmi);
    /// After an exit by a host NMI.
    void after_host_nmi();
    /// After an intercepted #DB: what the entry checks want to see when the shadow is kept.
    void after_debug_exception();

  private:
    [[nodiscard]] bool blocked(u32 by) const {
        return (vmcs_.read(field::guest_interruptibility_state) & by) != 0 ||
               InterruptionInfo::Valid::get(vmcs_.read(field::entry_interruption_information));
    }
    void set_interruptibility(u32 set, u32 clear) {
        const u32 old = vmcs_.read(field::guest_interruptibility_state);
        const u32 now = (old & ~clear) | set;
        if (now != old)
            vmcs_.write(field::guest_interruptibility_state, now);
    }
    void skip_with_care(u64 next);
    void pend_single_step() {
        vmcs_.write(field::guest_pending_debug_exceptions,
                    vmcs_.read(field::guest_pending_debug_exceptions) | pending_debug::single_step);
    }

    u32 primary_controls_ = 0; ///< as in the VMCS
    bool has_monitor_trap_ = false;
    /// No NMI went into this guest since reset: then NMI blocking cannot be its own doing.
    bool nmi_never_injected_ = true;
};

template <class Store> void GuestEvents<Store>::skip_instruction() {
    const u64 next = regs.rip + instruction_length();
    const u32 state = vmcs_.read(field::guest_interruptibility_state);
    const u64 special =
        next >> 32 | (state & interruptibility::shadow) | (regs.rflags & cpu::rflags::tf);
    if (special != 0) [[unlikely]]
        return skip_with_care(next);
    regs.rip = next;
}

/// The uncommon part of skip_instruction().
template <class Store> void GuestEvents<Store>::skip_with_care(u64 next) {
    // Outside 64-bit code the instruction pointer has 32 bits.
    const bool wide = next >> 32 == 0 || cpu::mode_of(*this) == cpu::Mode::long64;
    regs.rip = wide ? next : next & 0xffffffff;
    clear_interrupt_shadow();
    // The single-step trap comes after the instruction that we did in its place.
    if ((regs.rflags & cpu::rflags::tf) != 0)
        pend_single_step();
}

template <class Store> bool GuestEvents<Store>::cancel_single_step() {
    const u64 pending = vmcs_.read(field::guest_pending_debug_exceptions);
    if ((pending & pending_debug::single_step) == 0)
        return false;
    vmcs_.write(field::guest_pending_debug_exceptions, pending & ~pending_debug::single_step);
    return true;
}

template <class Store> std::optional<cpu::Event> GuestEvents<Store>::pending_event() const {
    const u32 information = vmcs_.read(field::entry_interruption_information);
    if (!InterruptionInfo::Valid::get(information))
        return {};
    return event_of(information, vmcs_.read(field::entry_exception_error_code),
                    vmcs_.read(field::entry_instruction_length));
}

template <class Store> void GuestEvents<Store>::inject(const cpu::Event& event) {
    u64 information = InterruptionInfo::Valid::mask;
    information = InterruptionInfo::VectorNumber::set(information, event.vector.value);
    information = InterruptionInfo::Type::set(information, static_cast<u8>(event.type));
    // SDM 3C, "Checks on VM-Entry Control Fields": exactly the exceptions that have one, and none
    // in real mode.
    if (event.type == cpu::EventType::hardware_exception && has_error_code(event.vector) &&
        (vmcs_.read(field::guest_cr0) & cpu::cr0::pe) != 0) {
        information = InterruptionInfo::ErrorCodeValid::set(information, true);
        vmcs_.write(field::entry_exception_error_code, event.error_code.value_or(0) & 0xffff);
    }
    if (event.type >= cpu::EventType::software_interrupt)
        vmcs_.write(field::entry_instruction_length, u32{event.instruction_length});
    if (event.type == cpu::EventType::nmi)
        nmi_never_injected_ = false;
    vmcs_.write(field::entry_interruption_information, static_cast<u32>(information));
}

template <class Store> void GuestEvents<Store>::reset_events() {
    cancel_event();
    vmcs_.write(field::guest_interruptibility_state, u32{0});
    vmcs_.write(field::guest_activity_state, static_cast<u32>(ActivityState::active));
    vmcs_.write(field::guest_pending_debug_exceptions, u64{0});
    request_interrupt_window(false);
    request_nmi_window(false);
    nmi_never_injected_ = true;
}

template <class Store> void GuestEvents<Store>::recall_event(bool unblocked_nmi) {
    const u32 information = vmcs_.read(field::idt_vectoring_information);
    if (!InterruptionInfo::Valid::get(information)) {
        // The faulting IRET had ended NMI blocking: it will run again and must find it.
        if (unblocked_nmi)
            set_interruptibility(interruptibility::blocking_by_nmi, 0);
        return;
    }
    const cpu::Event event =
        event_of(information, vmcs_.read(field::idt_vectoring_error_code), instruction_length());
    if (event.type == cpu::EventType::nmi)
        set_interruptibility(0, interruptibility::blocking_by_nmi);
    inject(event);
}

/// Some machines leave NMIs marked as blocked when it was the host's that came; a guest which never
/// had one cannot have blocked them itself.
template <class Store> void GuestEvents<Store>::after_host_nmi() {
    if (nmi_never_injected_)
        set_interruptibility(0, interruptibility::blocking_by_nmi);
}

/// SDM 3C, "Checks on Guest Non-Register State": in a shadow with TF set, a single step must be
/// pending. The exit has consumed it. Delivering an exception makes the CPU forget it again.
template <class Store> void GuestEvents<Store>::after_debug_exception() {
    const bool shadow =
        (vmcs_.read(field::guest_interruptibility_state) & interruptibility::shadow) != 0;
    if (shadow && (regs.rflags & cpu::rflags::tf) != 0)
        pend_single_step();
}

} // namespace vestige::vmx
