// SPDX-License-Identifier: BSD-2-Clause
// Registers, in words.
#include "info_functions.hpp"

#include "vestige/monitor/register_names.hpp"

namespace vestige::monitor {
namespace {

using cpu::Gpr;
using cpu::SegmentName;

bool is_wide(const vcpu::Vcpu& cpu) {
    const cpu::Mode mode = cpu::mode_of(cpu);
    return mode == cpu::Mode::long64 || mode == cpu::Mode::long_compatibility;
}

void print_gprs(Context& context) {
    constexpr std::array<std::string_view, 8> tails{"ax", "bx", "cx", "dx", "si", "di", "bp", "sp"};
    constexpr std::array order{Gpr::rax, Gpr::rbx, Gpr::rcx, Gpr::rdx,
                               Gpr::rsi, Gpr::rdi, Gpr::rbp, Gpr::rsp};
    const cpu::Registers& r = context.vm->cpu().regs;
    const bool wide = is_wide(context.vm->cpu());
    for (std::size_t i = 0; i < order.size(); ++i)
        print(context.out, wide ? "r{} {016x}{}" : "e{} {08x}{}", tails[i],
              wide ? r.get(order[i]) : r.dword(order[i]), i % 4 == 3 ? "\n" : "  ");
    for (unsigned i = 8; wide && i < 16; ++i)
        print(context.out, "r{-2} {016x}{}", i, r.gpr[i], i % 4 == 3 ? "\n" : "  ");
}

void print_segment(Context& context, SegmentName name) {
    const cpu::Segment segment = context.vm->cpu().segment(name);
    print(context.out, "{-4} {04x} base {08x} limit {08x} ", vm::segment_name(name),
          segment.selector, segment.base, segment.limit);
    vm::print_access_rights(context.out, segment.access_rights, name >= SegmentName::ldtr);
    context.out.write("\n");
}

void set_register(Context& context, std::string_view assignment) {
    const std::size_t sign = assignment.find('=');
    std::string_view text = config::part(assignment, 0, sign);
    if (text.starts_with('$'))
        text.remove_prefix(1);
    const RegisterName* const name = find_register(text);
    if (name == nullptr) {
        config::NearestWord nearest{text};
        for (const RegisterName& each : register_names())
            nearest.offer(each.name);
        context.say("there is no register {}{}{}", text,
                    nearest.best().empty() ? "" : "; did you mean ", nearest.best());
        return;
    }
    if (sign == std::string_view::npos)
        return context.say("{} = {x}h", name->name, read_register(context.vm->cpu(), *name));
    const auto value = number_of(context, config::part(assignment, sign + 1));
    if (!value)
        return;
    if (const auto done = write_register(context.vm->cpu(), *name, *value); !done)
        return context.say("{}: {}", name->name, done.error());
    context.say("{} = {x}h", name->name, read_register(context.vm->cpu(), *name));
}

} // namespace

void register_command(Context& context) {
    if (context.words.empty())
        return show_registers(context);
    // "r ax = 5" is what people type too.
    char text[80];
    TextBuffer joined{text};
    while (!context.words.empty())
        joined.write(context.words.next());
    set_register(context, joined.view());
}

void show_registers(Context& context) {
    const vcpu::Vcpu& cpu = context.vm->cpu();
    print(context.out, "vm {}: {}, at ", context.vm->config().name.view(),
          vm::name_of(cpu::mode_of(cpu)));
    vm::print_code_address(context.out, cpu);
    print(context.out, ", interrupts {}{}{}\n",
          (cpu.regs.rflags & cpu::rflags::interrupt) != 0 ? "on" : "off",
          context.vm->halted() ? ", halted" : "", context.vm->paused() ? ", stopped" : "");
    print_gprs(context);
    print(context.out, is_wide(cpu) ? "rip {016x}  rflags {x}: " : "eip {08x}  eflags {08x}: ",
          cpu.regs.rip, cpu.regs.rflags);
    vm::print_flags(context.out, cpu.regs.rflags);
    context.out.write("\n");
    for (const SegmentName name : {SegmentName::cs, SegmentName::ss, SegmentName::ds,
                                   SegmentName::es, SegmentName::fs, SegmentName::gs})
        print(context.out, "{} {04x}  ", vm::segment_name(name), cpu.segment(name).selector);
    print(context.out, "\ncr0 {x}: ", cpu.cr0());
    vm::print_cr0(context.out, cpu.cr0());
    context.out.write("\n");
    print_instruction(context, cpu::linear_rip(cpu).value());
}

void show_segments(Context& context) {
    for (unsigned i = 0; i < cpu::segment_count; ++i)
        print_segment(context, static_cast<SegmentName>(i));
    const cpu::DescriptorTable gdt = context.vm->cpu().gdtr();
    const cpu::DescriptorTable idt = context.vm->cpu().idtr();
    context.say("gdt  base {08x} limit {04x} ({} descriptors)", gdt.base, gdt.limit,
                (gdt.limit + 1) / 8);
    context.say("idt  base {08x} limit {04x}", idt.base, idt.limit);
}

void show_control_registers(Context& context) {
    const vcpu::Vcpu& cpu = context.vm->cpu();
    print(context.out, "cr0  {08x} ", cpu.cr0());
    vm::print_cr0(context.out, cpu.cr0());
    print(context.out, "\ncr2  {08x} last page fault's address\ncr3  {08x} page tables\ncr4  {08x} ",
          cpu.cr2(), cpu.cr3(), cpu.cr4());
    vm::print_cr4(context.out, cpu.cr4());
    print(context.out, "\nefer {08x} ", cpu.efer());
    vm::print_efer(context.out, cpu.efer());
    context.out.write("\n");
    for (unsigned i = 0; i < 4; ++i)
        print(context.out, "dr{} {08x}  ", i, cpu.debug_register(i));
    print(context.out, "\ndr6 {08x}  dr7 {08x}\n", cpu.debug_register(6), cpu.dr7());
}

void show_cpu(Context& context) {
    const vcpu::Vcpu& cpu = context.vm->cpu();
    context.say("physical cpu {}, {}, privilege level {}, paging {}, A20 {}",
                context.vm->config().cpu, vm::name_of(cpu::mode_of(cpu)), cpu::cpl_of(cpu),
                (cpu.cr0() & cpu::cr0::pg) != 0 ? "on" : "off", context.vm->board().a20.enabled() ? "on" : "off");
    context.say("takes interrupts: {}; halted: {}; stopped by the monitor: {}",
                cpu.can_take_interrupt(), context.vm->halted(), context.vm->paused());
    if (const auto event = cpu.pending_event())
        context.say("vector {02x}h is about to be delivered", event->vector);
}

namespace {

constexpr std::array table{
    Command{"r", "[REG=VALUE]", "shows the registers, or sets one", "r ax=1234h", Where::on_vm,
            register_command},
};

} // namespace

constinit const CommandGroup register_commands{"Registers", table};

} // namespace vestige::monitor
