// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/register_names.hpp"

#include "vestige/cpu/linear_access.hpp"

namespace vestige::monitor {
namespace {

using Kind = RegisterName::Kind;

constexpr RegisterName gpr(std::string_view name, u8 number, u8 bits, u8 shift = 0) {
    return {name, Kind::gpr, number, bits, shift};
}

/// Numbers of general-purpose registers are those of their encoding.
constexpr std::array names{
    gpr("rax", 0, 64),  gpr("rcx", 1, 64),   gpr("rdx", 2, 64),   gpr("rbx", 3, 64),
    gpr("rsp", 4, 64),  gpr("rbp", 5, 64),   gpr("rsi", 6, 64),   gpr("rdi", 7, 64),
    gpr("r8", 8, 64),   gpr("r9", 9, 64),    gpr("r10", 10, 64),  gpr("r11", 11, 64),
    gpr("r12", 12, 64), gpr("r13", 13, 64),  gpr("r14", 14, 64),  gpr("r15", 15, 64),
    gpr("eax", 0, 32),  gpr("ecx", 1, 32),   gpr("edx", 2, 32),   gpr("ebx", 3, 32),
    gpr("esp", 4, 32),  gpr("ebp", 5, 32),   gpr("esi", 6, 32),   gpr("edi", 7, 32),
    gpr("r8d", 8, 32),  gpr("r9d", 9, 32),   gpr("r10d", 10, 32), gpr("r11d", 11, 32),
    gpr("r12d", 12, 32), gpr("r13d", 13, 32), gpr("r14d", 14, 32), gpr("r15d", 15, 32),
    gpr("ax", 0, 16),   gpr("cx", 1, 16),    gpr("dx", 2, 16),    gpr("bx", 3, 16),
    gpr("sp", 4, 16),   gpr("bp", 5, 16),    gpr("si", 6, 16),    gpr("di", 7, 16),
    gpr("al", 0, 8),    gpr("cl", 1, 8),     gpr("dl", 2, 8),     gpr("bl", 3, 8),
    gpr("ah", 0, 8, 8), gpr("ch", 1, 8, 8),  gpr("dh", 2, 8, 8),  gpr("bh", 3, 8, 8),
    RegisterName{"rip", Kind::ip, 0, 64},    RegisterName{"eip", Kind::ip, 0, 32},
    RegisterName{"ip", Kind::ip, 0, 16},     RegisterName{"pc", Kind::pc, 0, 64},
    RegisterName{"rflags", Kind::flags},     RegisterName{"eflags", Kind::flags, 0, 32},
    RegisterName{"flags", Kind::flags, 0, 16},
    RegisterName{"es", Kind::segment, 0, 16}, RegisterName{"cs", Kind::segment, 1, 16},
    RegisterName{"ss", Kind::segment, 2, 16}, RegisterName{"ds", Kind::segment, 3, 16},
    RegisterName{"fs", Kind::segment, 4, 16}, RegisterName{"gs", Kind::segment, 5, 16},
    RegisterName{"ldtr", Kind::segment, 6, 16}, RegisterName{"tr", Kind::segment, 7, 16},
    RegisterName{"cr0", Kind::control, 0},   RegisterName{"cr2", Kind::control, 2},
    RegisterName{"cr3", Kind::control, 3},   RegisterName{"cr4", Kind::control, 4},
    RegisterName{"efer", Kind::efer},
    RegisterName{"dr0", Kind::debug, 0},     RegisterName{"dr1", Kind::debug, 1},
    RegisterName{"dr2", Kind::debug, 2},     RegisterName{"dr3", Kind::debug, 3},
    RegisterName{"dr6", Kind::debug, 6},     RegisterName{"dr7", Kind::debug, 7},
};

constexpr u64 mask_of(const RegisterName& name) {
    return ~u64{0} >> (64 - name.bits);
}

u64 read_control(const cpu::CpuState& state, u8 number) {
    switch (number) {
    case 0:
        return state.cr0();
    case 2:
        return state.cr2();
    case 3:
        return state.cr3();
    default:
        return state.cr4();
    }
}

u64 read_whole(const vcpu::Vcpu& cpu, const RegisterName& name) {
    switch (name.kind) {
    case Kind::gpr:
        return cpu.regs.gpr[name.number];
    case Kind::ip:
        return cpu.regs.rip;
    case Kind::pc:
        return cpu::linear_rip(cpu).value();
    case Kind::flags:
        return cpu.regs.rflags;
    case Kind::segment:
        return cpu.segment(static_cast<cpu::SegmentName>(name.number)).selector;
    case Kind::control:
        return read_control(cpu, name.number);
    case Kind::efer:
        return cpu.efer();
    case Kind::debug:
        return name.number == 7 ? cpu.dr7() : cpu.debug_register(name.number);
    }
    return 0;
}

Result<Unit, const char*> write_segment(vcpu::Vcpu& cpu, const RegisterName& name, u64 value) {
    const cpu::Mode mode = cpu::mode_of(cpu);
    const auto segment = static_cast<cpu::SegmentName>(name.number);
    if ((mode != cpu::Mode::real && mode != cpu::Mode::v86) || segment >= cpu::SegmentName::ldtr)
        return Error{"segment registers can be set in real and virtual-8086 mode only"};
    cpu.set_segment(segment, cpu::real_mode_segment(static_cast<u16>(value),
                                                    segment == cpu::SegmentName::cs));
    return Unit{};
}

/// Flags that a program can set by POPF or IRET; VM would be another mode.
constexpr u64 settable_flags = 0x3f7fd5 & ~(cpu::rflags::vm | cpu::rflags::vif | cpu::rflags::vip);

} // namespace

std::span<const RegisterName> register_names() {
    return names;
}

const RegisterName* find_register(std::string_view name) {
    for (const RegisterName& each : names)
        if (each.name == name)
            return &each;
    return nullptr;
}

u64 read_register(const vcpu::Vcpu& cpu, const RegisterName& name) {
    return read_whole(cpu, name) >> name.shift & mask_of(name);
}

Result<Unit, const char*> write_register(vcpu::Vcpu& cpu, const RegisterName& name, u64 value) {
    if (value > mask_of(name))
        return Error{"the value does not fit the register"};
    const u64 mask = mask_of(name) << name.shift;
    const u64 whole = (read_whole(cpu, name) & ~mask) | value << name.shift;
    const bool wide = cpu::mode_of(cpu) == cpu::Mode::long64;
    switch (name.kind) {
    case Kind::gpr:
        cpu.regs.gpr[name.number] = name.bits == 32 ? value : whole;
        return Unit{};
    case Kind::ip:
        if (!wide && whole >> 32 != 0)
            return Error{"the instruction pointer has 32 bits in this mode"};
        if (wide && !cpu::is_canonical(whole))
            return Error{"the address is not canonical"};
        cpu.regs.rip = whole;
        return Unit{};
    case Kind::flags:
        cpu.regs.rflags = (cpu.regs.rflags & ~settable_flags) | (whole & settable_flags);
        return Unit{};
    case Kind::segment:
        return write_segment(cpu, name, value);
    case Kind::debug:
        if (name.number > 3)
            return Error{"DR6 and DR7 can only be read here"};
        cpu.set_debug_register(name.number, value);
        return Unit{};
    default:
        return Error{"this register can only be read here"};
    }
}

} // namespace vestige::monitor
