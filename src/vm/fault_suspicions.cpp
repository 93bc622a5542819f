// SPDX-License-Identifier: BSD-2-Clause
// What is often wrong when a boot program falls over, found in the CPU's state.
#include "fault_causes.hpp"

namespace vestige::vm {
namespace {

using cpu::SegmentName;

/// Parts of the first megabyte that hold no code.
std::string_view odd_place_for_code(u64 linear) {
    if (linear < 0x400)
        return "the interrupt vector table";
    if (linear < 0x500)
        return "the BIOS data area";
    if (linear >= 0xa0000 && linear < 0xc0000)
        return "video memory";
    return {};
}

class Suspicions {
  public:
    Suspicions(TextSink& out, const FaultScene& scene) : out_{out}, scene_{scene} {}
    [[nodiscard]] unsigned count() const { return count_; }

    void look(FarPtr real_mode_at) {
        protected_ = (scene_.cpu.cr0() & cpu::cr0::pe) != 0 &&
                     (scene_.cpu.regs.rflags & cpu::rflags::vm) == 0;
        place_of_code(real_mode_at);
        stack();
        if (protected_) {
            code_segment();
            gdt();
            idt();
        }
        a20();
    }

  private:
    template <class... Arguments> void say(std::string_view format, const Arguments&... arguments) {
        print(out_, format, arguments...);
        out_.write("\n");
        ++count_;
    }

    void place_of_code(FarPtr real_mode_at) {
        const u64 at = protected_ ? cpu::linear_rip(scene_.cpu).value()
                                  : real_mode_at.linear().value();
        const std::string_view odd = odd_place_for_code(at);
        if (!odd.empty())
            return say("it executes {}: data, not code; something jumped to {x}", odd, at);
        const auto gpa = scene_.view().translate(Linear{at});
        if (gpa && scene_.path.memory.view(*gpa, 1).empty())
            say("it executes {x}, where there is no memory", at);
    }

    void stack() {
        const cpu::Segment ss = scene_.cpu.segment(SegmentName::ss);
        if (cpu::Segment::Unusable::get(ss.access_rights))
            return;
        const bool wide = cpu::Segment::Default32::get(ss.access_rights) ||
                          cpu::mode_of(scene_.cpu) == cpu::Mode::long64;
        const u64 sp = scene_.cpu.regs.get(cpu::Gpr::rsp) & (wide ? ~u64{0} : 0xffff);
        const Linear below{ss.base + sp - 2};
        const auto gpa = scene_.view().translate(below);
        if (!gpa || scene_.path.memory.is_ram(*gpa, 1))
            return;
        if (scene_.path.memory.view(*gpa, 1).empty())
            say("the stack, SS:SP = {04x}:{x}, lies where there is no memory", ss.selector, sp);
        else
            say("the stack, SS:SP = {04x}:{x}, lies in ROM: what is pushed there is lost",
                ss.selector, sp);
    }

    /// CS as real mode left it: base 16 times the selector, and the GDT says something else.
    void code_segment() {
        const cpu::Segment cs = scene_.cpu.segment(SegmentName::cs);
        const bool real = cs.base == u64{cs.selector} << 4 && cs.limit == 0xffff &&
                          !cpu::Segment::Default32::get(cs.access_rights);
        if (!real || at_far_jump())
            return;
        const cpu::DescriptorTable gdt = scene_.cpu.gdtr();
        const unsigned offset = cs.selector & 0xfff8;
        const auto value = offset + 7 > gdt.limit
                               ? std::nullopt
                               : scene_.view().load<u64>(Linear{gdt.base + offset});
        const u64 base = value ? (*value >> 16 & 0xffffff) | (*value >> 56 & 0xff) << 24 : 0;
        if (offset == 0 || !value || base != cs.base)
            say("CR0.PE is set but CS, {04x}, is still the 16-bit segment of real mode: the far "
                "jump that loads a code descriptor into CS is missing", cs.selector);
    }

    /// It is on its way.
    [[nodiscard]] bool at_far_jump() const {
        constexpr u8 far_jump = 0xea, operand_size = 0x66;
        const auto code = scene_.view().load<u16>(cpu::linear_rip(scene_.cpu));
        if (!code)
            return false;
        const u8 first = static_cast<u8>(*code);
        return (first == operand_size ? *code >> 8 : first) == far_jump;
    }

    void gdt() {
        const cpu::DescriptorTable gdt = scene_.cpu.gdtr();
        const auto where = scene_.view().translate(Linear{gdt.base});
        if (!where)
            return; // what is wrong is the page tables
        const bool memory = where && scene_.path.memory.is_ram(*where, 8);
        const bool odd_limit = (gdt.limit + 1) % 8 != 0;
        const auto first = scene_.view().load<u64>(Linear{gdt.base});
        if (memory && !odd_limit && first && *first == 0 && gdt.base >= 0x400)
            return;
        say("GDTR (base {x}, limit {x}h) does not look like a GDT{}{}{}: did LGDT read its operand "
            "through the right segment? DS is {04x}", gdt.base, gdt.limit,
            !memory           ? ", there is no RAM"
            : gdt.base < 0x400 ? ", it lies in the vector table"
                               : "",
            odd_limit ? ", its size is no multiple of 8" : "",
            first && *first != 0 ? ", its first descriptor is not null" : "",
            scene_.cpu.segment(SegmentName::ds).selector);
    }

    void idt() {
        const cpu::DescriptorTable idt = scene_.cpu.idtr();
        if (idt.base == 0)
            say("no IDT is loaded: IDTR (base 0, limit {x}h) is the real-mode vector table; load "
                "one with LIDT, and keep interrupts off (CLI) until then", idt.limit);
        else if (idt.limit < 8 * 32 - 1)
            say("the IDT (base {x}, limit {x}h) has no gates for all 32 exceptions", idt.base,
                idt.limit);
    }

    void a20() {
        if (scene_.path.a20.enabled())
            return;
        const u64 at = cpu::linear_rip(scene_.cpu).value();
        if ((at & bit(20)) != 0)
            say("A20 is off: the code at {x} is really what lies at {x}; turn A20 on before "
                "memory above 1 MiB is used", at, at & ~bit(20));
        else
            say("A20 is off: addresses with bit 20 set reach the megabyte below (100000h is 0)");
    }

    TextSink& out_;
    const FaultScene& scene_;
    bool protected_ = false;
    unsigned count_ = 0;
};

} // namespace

unsigned print_suspicions(TextSink& out, const FaultScene& scene, FarPtr real_mode_at) {
    Suspicions suspicions{out, scene};
    suspicions.look(real_mode_at);
    return suspicions.count();
}

} // namespace vestige::vm
