// SPDX-License-Identifier: BSD-2-Clause
// Exits for ports and memory: the guest reaches its devices.
#include "exit_handler.hpp"

#include "vestige/cpu/control_registers.hpp"
#include "vestige/cpu/emulator.hpp"
#include "vestige/cpu/string_io.hpp"

namespace vestige::vm {

using cpu::Gpr;

namespace {

/// Of INS and OUTS in one exit, so that interrupts come through.
constexpr u32 most_repetitions = 1024;

} // namespace

void Vm::port_access(const vcpu::IoExit& exit) {
    if (exit.string) {
        string_access(exit);
    } else {
        vcpu_->skip_instruction();
        if (exit.in) {
            const u32 value = board_.ports.read(exit.port, exit.width);
            vcpu_->regs.set(Gpr::rax, exit.width, value);
            recorder_.port({exit.port, exit.width, true, value}, *vcpu_);
        } else {
            const u32 value = static_cast<u32>(vcpu_->regs.get(Gpr::rax, exit.width));
            recorder_.port({exit.port, exit.width, false, value}, *vcpu_);
            board_.ports.write(exit.port, exit.width, value);
        }
    }
    apply_a20();
    apply_video();
    rearm();
}

void Vm::string_access(const vcpu::IoExit& exit) {
    const u64 before = vcpu_->regs.get(Gpr::rcx, exit.address_size);
    const bool stepped = (vcpu_->regs.rflags & cpu::rflags::tf) != 0;
    cpu::LinearAccess memory = access();
    const auto done = cpu::string_io(memory, *this, board_.ports,
                                     {.port = exit.port,
                                      .width = exit.width,
                                      .in = exit.in,
                                      .rep = exit.rep,
                                      .segment = exit.segment,
                                      .address_size = exit.address_size},
                                     stepped ? 1 : most_repetitions);
    const u64 moved = exit.rep ? before - vcpu_->regs.get(Gpr::rcx, exit.address_size) : 1;
    recorder_.port({exit.port, exit.width, exit.in, 0, static_cast<u32>(moved)}, *vcpu_);
    if (!done)
        return raise(done.error());
    if (done.value())
        vcpu_->skip_instruction();
    else if (stepped)
        raise_single_step();
    apply_video();
}

/// The trap after a repetition that is not the last.
void Vm::raise_single_step() {
    vcpu_->set_debug_register(6, vcpu_->debug_register(6) | cpu::dr6_single_step);
    raise(cpu::fault(cpu::exception::db));
}

/// Memory that is not there, ROM, or a device: the instruction is executed here. Code that runs
/// where nothing is fetches FFh FFh, which is no instruction.
void Vm::memory_access(const vcpu::MemoryExit& exit) {
    if (exit.fetch)
        return raise(cpu::undefined_opcode());
    if (vcpu_->pending_event()) {
        char text[120];
        return stop(format_in(text, "an event cannot be delivered: its tables or stack are at {x}, "
                                    "which is not RAM", exit.address), vcpu_->pending_event());
    }
    cpu::LinearAccess memory = access();
    if (exit.linear_valid)
        memory.know(exit.linear, board_.a20.apply(exit.address),
                    exit.write ? cpu::AccessKind::write : cpu::AccessKind::read);
    const cpu::Emulation result =
        cpu::emulate_instruction(memory, *this, decoded_, {.movbe = cpuid_.movbe()});
    if (const auto* const done = std::get_if<cpu::Emulated>(&result)) {
        if (done->finished)
            vcpu_->clear_interrupt_shadow();
        if (done->single_step)
            raise_single_step();
        apply_a20();
        apply_video();
        return rearm();
    }
    if (const auto* const event = std::get_if<cpu::Event>(&result))
        return raise(*event);
    char text[160];
    stop(format_in(text, "cannot emulate \"{}\" at {x}",
                   std::get<cpu::CannotEmulate>(result).text.view(), exit.address));
}

/// The CPU has put the value into its page of registers.
void Vm::apic_write(const vcpu::ApicWriteExit& exit) {
    const Gpa place = vcpu::local_apic_page + exit.offset;
    const u32 value = vcpu_->apic_registers()[exit.offset / sizeof(u32)];
    recorder_.memory({place, Width::dword, true, value}, *vcpu_);
    board_.lapic.write_mmio(exit.offset, Width::dword, value);
    rearm();
}

} // namespace vestige::vm
