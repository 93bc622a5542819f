// SPDX-License-Identifier: BSD-2-Clause
// SDM 3A, "Protected-Mode Memory Management", "Interrupt and Exception Handling", "Paging".
#include "fault_causes.hpp"

#include "vestige/cpu/linear_access.hpp"

namespace vestige::vm {
namespace {

using cpu::SegmentName;

/// A segment descriptor's parts. SDM 3A, "Segment Descriptors".
struct Descriptor {
    using Type = BitField<43, 40, u8>;
    using CodeOrData = FlagBit<44>;
    using Dpl = BitField<46, 45, u8>;
    using Present = FlagBit<47>;
    using Long = FlagBit<53>;
};

std::string_view kind_of(u64 descriptor) {
    if (!Descriptor::CodeOrData::get(descriptor))
        return "a system descriptor";
    return (Descriptor::Type::get(descriptor) & 8) != 0 ? "a code segment" : "a data segment";
}

/// The table that a selector is in.
cpu::DescriptorTable table_of(const cpu::CpuState& cpu, u16 selector) {
    if ((selector & 4) == 0)
        return cpu.gdtr();
    const cpu::Segment ldt = cpu.segment(SegmentName::ldtr);
    return {ldt.base, ldt.limit};
}

bool paging(const cpu::CpuState& cpu) { return (cpu.cr0() & cpu::cr0::pg) != 0; }
bool is_long(const cpu::CpuState& cpu) { return (cpu.efer() & cpu::efer::lma) != 0; }
bool is_protected(const cpu::CpuState& cpu) {
    return (cpu.cr0() & cpu::cr0::pe) != 0 && (cpu.regs.rflags & cpu::rflags::vm) == 0;
}

/// What reading a table's entry meets when it is no memory: a page fault, or floating ones.
void say_unreadable(TextSink& out, const FaultScene& scene, Linear address) {
    if (!paging(scene.cpu) || scene.view().translate(address))
        return print(out, "at {x} there is no memory", address);
    print(out, "{x} is not mapped: ", address);
    explain_page_walk(out, scene, address);
}

} // namespace

void explain_selector(TextSink& out, const FaultScene& scene, u16 selector, bool code) {
    const bool local = (selector & 4) != 0;
    const std::string_view table_name = local ? "LDT" : "GDT";
    const cpu::DescriptorTable table = table_of(scene.cpu, selector);
    const unsigned offset = selector & 0xfff8;
    if (!local && offset == 0)
        return print(out, "selector {04x} is the null selector", selector);
    if (offset + 7 > table.limit)
        return print(out, "selector {04x} lies behind the end of the {}: base {x}, limit {x}h, "
                          "room for {} descriptor{}", selector, table_name, table.base, table.limit,
                     (table.limit + 1) / 8, (table.limit + 1) / 8 == 1 ? "" : "s");
    const Linear address{table.base + offset};
    const auto value = scene.view().load<u64>(address);
    if (!value) {
        print(out, "the descriptor of selector {04x} cannot be read: ", selector);
        return say_unreadable(out, scene, address);
    }
    print(out, "the descriptor of selector {04x}, at {x} in the {}, is {016x}: ", selector, address,
          table_name, *value);
    if (*value == 0)
        return out.write("all zero, no descriptor at all");
    if (!Descriptor::Present::get(*value))
        return print(out, "{} that is not present (bit 47)", kind_of(*value));
    const bool is_code =
        Descriptor::CodeOrData::get(*value) && (Descriptor::Type::get(*value) & 8) != 0;
    if (code && !is_code)
        return print(out, "{}, which CS cannot hold", kind_of(*value));
    print(out, "{}, DPL {}, type {x}h; the CPU is at privilege level {}", kind_of(*value),
          Descriptor::Dpl::get(*value), Descriptor::Type::get(*value), cpu::cpl_of(scene.cpu));
}

namespace {

/// One paging mode, for the walk that explains.
struct PagingFormat {
    unsigned levels;
    unsigned index_bits;
    unsigned entry_size;
};

PagingFormat format_of(const cpu::CpuState& cpu) {
    if (is_long(cpu))
        return {4, 9, 8};
    return (cpu.cr4() & cpu::cr4::pae) != 0 ? PagingFormat{3, 9, 8} : PagingFormat{2, 10, 4};
}

std::string_view level_name(unsigned level) {
    constexpr std::string_view names[] = {"page table", "page directory",
                                          "page-directory-pointer table", "PML4"};
    return names[level - 1];
}

} // namespace

void explain_page_walk(TextSink& out, const FaultScene& scene, Linear address) {
    if (!paging(scene.cpu))
        return out.write("paging is off");
    const PagingFormat format = format_of(scene.cpu);
    constexpr u64 address_bits = 0x000f'ffff'ffff'f000;
    u64 table = scene.cpu.cr3() & (format.levels == 3 ? ~u64{31} : address_bits);
    print(out, "CR3 is {x}", scene.cpu.cr3());
    for (unsigned level = format.levels; level != 0; --level) {
        const unsigned shift = 12 + (level - 1) * format.index_bits;
        const u64 index = address.value() >> shift & ((u64{1} << format.index_bits) - 1);
        const Gpa place{table + index * format.entry_size};
        std::array<std::byte, 8> raw{};
        if (scene.view().read(place, std::span{raw}.first(format.entry_size)) !=
            format.entry_size)
            return print(out, ", the {} at {x} is not in memory", level_name(level), table);
        const u64 entry = load_le<u64>(raw, 0);
        print(out, ", {} entry {} at {x} is {x}", level_name(level), index, place, entry);
        if ((entry & 1) == 0)
            return out.write(": not present");
        const bool large = (entry & bit(7)) != 0 && level != 1 && level != 4 &&
                           (format.levels != 2 || (scene.cpu.cr4() & cpu::cr4::pse) != 0);
        if (large || level == 1)
            return print(out, ": {}, {}", (entry & 2) != 0 ? "writable" : "read-only",
                         (entry & 4) != 0 ? "user" : "supervisor");
        table = entry & (format.levels == 2 ? 0xfffff000 : address_bits);
    }
}

void explain_exception(TextSink& out, const FaultScene& scene, const cpu::Event& event) {
    const u32 code = event.error_code.value_or(0);
    if (event.vector == cpu::exception::pf) {
        print(out, "{} of {x}: ", (code & 16) != 0  ? "instruction fetch"
                                  : (code & 2) != 0 ? "write"
                                                    : "read",
              scene.cpu.cr2());
        return explain_page_walk(out, scene, Linear{scene.cpu.cr2()});
    }
    const bool selector_fault =
        event.vector == cpu::exception::gp || event.vector == cpu::exception::np ||
        event.vector == cpu::exception::ss || event.vector == cpu::exception::ts;
    if (!selector_fault || !is_protected(scene.cpu) || (code & 2) != 0)
        return;
    if ((code & 0xfffc) != 0)
        return explain_selector(out, scene, static_cast<u16>(code & 0xfffc), true);
    for (const SegmentName name : {SegmentName::ds, SegmentName::es, SegmentName::ss}) {
        const cpu::Segment segment = scene.cpu.segment(name);
        if (cpu::Segment::Unusable::get(segment.access_rights) && !is_long(scene.cpu))
            return print(out, "{} holds the null selector {04x}, or one that could not be loaded",
                         segment_name(name), segment.selector);
    }
    out.write("a limit, a privilege level or a reserved bit was violated");
}

namespace {

constexpr u32 idt_error(Vector vector) { return vector.value * 8U + 2; }

/// The frame that goes onto the stack at the same privilege level.
std::optional<cpu::Event> explain_push(TextSink& out, const FaultScene& scene, u64 size) {
    const cpu::Segment ss = scene.cpu.segment(SegmentName::ss);
    const bool wide_stack = is_long(scene.cpu) || cpu::Segment::Default32::get(ss.access_rights);
    const u64 mask = is_long(scene.cpu) ? ~u64{0} : wide_stack ? 0xffffffff : 0xffff;
    const u64 sp = (scene.cpu.regs.get(cpu::Gpr::rsp) - size) & mask;
    const Linear top{ss.base + sp};
    if (!is_long(scene.cpu) && sp + size - 1 > ss.limit && (ss.access_rights & 4) == 0) {
        print(out, "the stack has no room: SS limit {x}h, SP {x}h", ss.limit,
              scene.cpu.regs.get(cpu::Gpr::rsp) & mask);
        return cpu::fault(cpu::exception::ss, 0);
    }
    if (paging(scene.cpu) && !scene.view().translate(top)) {
        print(out, "the stack at {x} is not mapped: ", top);
        explain_page_walk(out, scene, top);
        return cpu::fault(cpu::exception::pf, 2);
    }
    return {};
}

std::optional<cpu::Event> explain_real_delivery(TextSink& out, const FaultScene& scene,
                                                const cpu::Event& event) {
    const cpu::DescriptorTable table = scene.cpu.idtr();
    const unsigned last = event.vector.value * 4U + 3;
    if (last > table.limit) {
        print(out, "the vector table (base {x}, limit {x}h) ends before vector {02x}h", table.base,
              table.limit, event.vector);
        return cpu::fault(cpu::exception::gp);
    }
    return explain_push(out, scene, 6);
}

/// The code segment that a gate leads to.
std::optional<cpu::Event> explain_gate_target(TextSink& out, const FaultScene& scene,
                                              Vector vector, u16 selector) {
    const cpu::DescriptorTable table = table_of(scene.cpu, selector);
    const unsigned offset = selector & 0xfff8;
    const auto value = offset + 7 > table.limit
                           ? std::nullopt
                           : scene.view().load<u64>(Linear{table.base + offset});
    const bool good = (selector & 0xfffc) != 0 && value && Descriptor::Present::get(*value) &&
                      Descriptor::CodeOrData::get(*value) &&
                      (Descriptor::Type::get(*value) & 8) != 0 &&
                      (!is_long(scene.cpu) || Descriptor::Long::get(*value));
    if (good)
        return {};
    print(out, "gate {02x}h leads to selector {04x}: ", vector, selector);
    explain_selector(out, scene, selector, true);
    if (value && is_long(scene.cpu) && !Descriptor::Long::get(*value))
        out.write("; in long mode it must be 64-bit code");
    const bool absent = value && !Descriptor::Present::get(*value) && *value != 0;
    return cpu::fault(absent ? cpu::exception::np : cpu::exception::gp, selector & 0xfffcU);
}

} // namespace

std::optional<cpu::Event> explain_delivery(TextSink& out, const FaultScene& scene,
                                           const cpu::Event& event) {
    if ((scene.cpu.cr0() & cpu::cr0::pe) == 0)
        return explain_real_delivery(out, scene, event);
    const cpu::DescriptorTable idt = scene.cpu.idtr();
    const unsigned size = is_long(scene.cpu) ? 16 : 8;
    const unsigned offset = event.vector.value * size;
    if (offset + size - 1 > idt.limit) {
        print(out, "the IDT (base {x}, limit {x}h) ends before gate {02x}h, which takes bytes "
                   "{x}h to {x}h", idt.base, idt.limit, event.vector, offset, offset + size - 1);
        return cpu::general_protection(idt_error(event.vector));
    }
    const Linear address{idt.base + offset};
    const auto gate = scene.view().load<u64>(address);
    if (!gate) {
        print(out, "gate {02x}h of the IDT cannot be read: ", event.vector);
        say_unreadable(out, scene, address);
        return cpu::fault(cpu::exception::pf, 0);
    }
    const unsigned type = Descriptor::Type::get(*gate);
    const bool is_gate = !Descriptor::CodeOrData::get(*gate) &&
                         (type == 0xe || type == 0xf ||
                          (!is_long(scene.cpu) && (type == 5 || type == 6 || type == 7)));
    if (!is_gate || !Descriptor::Present::get(*gate)) {
        print(out, "gate {02x}h of the IDT, at {x}, is {016x}: {}", event.vector, address, *gate,
              is_gate ? "not present" : "no gate");
        if (idt.base == 0)
            out.write(" (IDTR still points to the real-mode vector table: no LIDT was done)");
        return is_gate ? cpu::fault(cpu::exception::np, idt_error(event.vector))
                       : cpu::general_protection(idt_error(event.vector));
    }
    if (type == 5)
        return {};
    const u16 selector = static_cast<u16>(*gate >> 16);
    if (const auto wrong = explain_gate_target(out, scene, event.vector, selector))
        return wrong;
    return explain_push(out, scene, is_long(scene.cpu) ? 40 : type >= 0xe ? 12 : 6);
}

} // namespace vestige::vm
