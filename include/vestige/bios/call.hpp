// SPDX-License-Identifier: BSD-2-Clause
// One BIOS call in progress: its registers, the caller's flags and the guest's buffers.
#pragma once

#include "vestige/bios/data_area.hpp"
#include "vestige/bios/environment.hpp"
#include "vestige/bios/rom.hpp"

#include <optional>

namespace vestige::bios {

/// What the guest does next.
enum class Outcome : u8 {
    done,       ///< goes on behind the stub's VMCALL, which is an IRET
    redirected, ///< CS:IP have been set: a wait stub, a guest handler, boot code
};

class Call {
  public:
    Call(Environment& environment, Stub stub) : env{environment}, stub_{stub} {}

    Environment& env;
    [[nodiscard]] Entry entry() const { return stub_.entry; }
    [[nodiscard]] u8 interrupt() const { return stub_.interrupt; }

    // Registers by their names.
    [[nodiscard]] u8 al() const { return regs().low(cpu::Gpr::rax); }
    [[nodiscard]] u8 ah() const { return regs().high(cpu::Gpr::rax); }
    [[nodiscard]] u8 bl() const { return regs().low(cpu::Gpr::rbx); }
    [[nodiscard]] u8 bh() const { return regs().high(cpu::Gpr::rbx); }
    [[nodiscard]] u8 cl() const { return regs().low(cpu::Gpr::rcx); }
    [[nodiscard]] u8 ch() const { return regs().high(cpu::Gpr::rcx); }
    [[nodiscard]] u8 dl() const { return regs().low(cpu::Gpr::rdx); }
    [[nodiscard]] u8 dh() const { return regs().high(cpu::Gpr::rdx); }
    [[nodiscard]] u16 ax() const { return regs().word(cpu::Gpr::rax); }
    [[nodiscard]] u16 bx() const { return regs().word(cpu::Gpr::rbx); }
    [[nodiscard]] u16 cx() const { return regs().word(cpu::Gpr::rcx); }
    [[nodiscard]] u16 dx() const { return regs().word(cpu::Gpr::rdx); }
    [[nodiscard]] u16 si() const { return regs().word(cpu::Gpr::rsi); }
    [[nodiscard]] u16 di() const { return regs().word(cpu::Gpr::rdi); }
    [[nodiscard]] u16 bp() const { return regs().word(cpu::Gpr::rbp); }
    [[nodiscard]] u32 eax() const { return regs().dword(cpu::Gpr::rax); }
    [[nodiscard]] u32 ebx() const { return regs().dword(cpu::Gpr::rbx); }
    [[nodiscard]] u32 ecx() const { return regs().dword(cpu::Gpr::rcx); }
    [[nodiscard]] u32 edx() const { return regs().dword(cpu::Gpr::rdx); }
    void set_al(u8 v) { regs().set_low(cpu::Gpr::rax, v); }
    void set_ah(u8 v) { regs().set_high(cpu::Gpr::rax, v); }
    void set_bl(u8 v) { regs().set_low(cpu::Gpr::rbx, v); }
    void set_bh(u8 v) { regs().set_high(cpu::Gpr::rbx, v); }
    void set_cl(u8 v) { regs().set_low(cpu::Gpr::rcx, v); }
    void set_ch(u8 v) { regs().set_high(cpu::Gpr::rcx, v); }
    void set_dl(u8 v) { regs().set_low(cpu::Gpr::rdx, v); }
    void set_dh(u8 v) { regs().set_high(cpu::Gpr::rdx, v); }
    void set_ax(u16 v) { regs().set_word(cpu::Gpr::rax, v); }
    void set_bx(u16 v) { regs().set_word(cpu::Gpr::rbx, v); }
    void set_cx(u16 v) { regs().set_word(cpu::Gpr::rcx, v); }
    void set_dx(u16 v) { regs().set_word(cpu::Gpr::rdx, v); }
    void set_si(u16 v) { regs().set_word(cpu::Gpr::rsi, v); }
    void set_di(u16 v) { regs().set_word(cpu::Gpr::rdi, v); }
    void set_bp(u16 v) { regs().set_word(cpu::Gpr::rbp, v); }
    void set_eax(u32 v) { regs().set_dword(cpu::Gpr::rax, v); }
    void set_ebx(u32 v) { regs().set_dword(cpu::Gpr::rbx, v); }
    void set_ecx(u32 v) { regs().set_dword(cpu::Gpr::rcx, v); }
    void set_edx(u32 v) { regs().set_dword(cpu::Gpr::rdx, v); }
    void set_esi(u32 v) { regs().set_dword(cpu::Gpr::rsi, v); }
    void set_edi(u32 v) { regs().set_dword(cpu::Gpr::rdi, v); }
    [[nodiscard]] u16 selector(cpu::SegmentName name) const {
        return env.cpu.segment(name).selector;
    }
    void set_selector(cpu::SegmentName name, u16 selector);

    // The caller's FLAGS: in the image that the stub's IRET takes from the stack, or, where the
    // entry ends with RETF, in the register.
    void set_carry(bool set);
    void set_zero(bool set);
    [[nodiscard]] bool carry_in_registers() const { return (regs().rflags & 1) != 0; }
    /// Ends the call with CF clear, or with an error in AH and CF set.
    Outcome succeed() {
        set_carry(false);
        return Outcome::done;
    }
    Outcome fail(u8 error) {
        set_ah(error);
        set_carry(true);
        return Outcome::done;
    }

    // Guest memory by segment:offset, as the guest's CPU would reach it: offsets wrap at 64 KiB,
    // A20 applies.
    void read(cpu::SegmentName segment, u16 offset, std::span<std::byte> out) const;
    void write(cpu::SegmentName segment, u16 offset, std::span<const std::byte> data);
    template <std::unsigned_integral T>
    [[nodiscard]] T load(cpu::SegmentName segment, u16 offset) const {
        std::byte raw[sizeof(T)];
        read(segment, offset, raw);
        return load_le<T>(raw, 0);
    }
    template <std::unsigned_integral T> void store(cpu::SegmentName segment, u16 offset, T value) {
        std::byte raw[sizeof(T)];
        store_le<T>(raw, 0, value);
        write(segment, offset, raw);
    }
    /// Guest-physical address of a linear one, A20 applied, through the caller's page tables when
    /// it has any (v86 mode). A page that is not there gives an address without memory.
    [[nodiscard]] Gpa physical(Linear address) const;
    /// Linear addresses run on as physical ones: no paging, A20 on.
    [[nodiscard]] bool flat() const;
    /// Copies between linear guest memory from start on and a host buffer, A20 applied.
    void read_linear(Linear start, std::span<std::byte> out) const;
    void write_linear(Linear start, std::span<const std::byte> data);

    // Ways to leave other than done.
    /// Lets pending interrupts in, then comes back as after_window.
    Outcome open_window();
    /// True when interrupts wait and the guest has not had its window in this call yet.
    [[nodiscard]] bool wants_window() const {
        return stub_.entry == Entry::call && env.pic.interrupt_pending();
    }
    /// Sleeps in the guest until an interrupt, then comes back as after_wait.
    Outcome wait();
    /// As open_window() or, where sleep is set and the timer's ticks come, wait(), with the end of
    /// the wait kept on the guest's stack below the frame: an abandoned call leaves nothing behind.
    Outcome wait_until(machine::Nanoseconds end, bool sleep);
    /// Takes the end of the wait off the stack again; nothing when this call has not waited yet.
    [[nodiscard]] std::optional<machine::Nanoseconds> take_end_of_wait();
    /// Pushes and pops words on the guest's stack.
    void push(u16 value);
    [[nodiscard]] u16 pop();
    /// Calls the guest's handler of an interrupt through the vector table; its return comes back
    /// to the continuation stub of this call's interrupt.
    Outcome call_interrupt(u8 number);
    /// Calls a routine of the guest's that returns with RETF, interrupts on; it comes back as a
    /// handler does.
    Outcome call_routine(FarPtr routine);
    /// Goes on in the guest's handler of another interrupt, which returns in our place.
    Outcome jump_to_interrupt(u8 number);
    /// Saves and restores AX, BX, CX, DX, SI, DI, BP, DS, ES on the guest's stack.
    void save_registers();
    void restore_registers();
    /// Far jump to real-mode code with interrupts as given.
    Outcome jump(FarPtr target);

    // BIOS data area.
    template <std::unsigned_integral T> [[nodiscard]] T bda(Gpa field) const {
        return env.memory.load<T>(field);
    }
    template <std::unsigned_integral T> void set_bda(Gpa field, T value) {
        env.memory.store<T>(field, value);
    }

  private:
    [[nodiscard]] cpu::Registers& regs() { return env.cpu.regs; }
    [[nodiscard]] const cpu::Registers& regs() const { return env.cpu.regs; }
    [[nodiscard]] Linear stack(u16 above) const;
    void edit_flags(u16 mask, bool set);

    Stub stub_;
};

} // namespace vestige::bios
