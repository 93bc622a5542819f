// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/gdb/target_description.hpp"

#include "vestige/config/words.hpp"

#include <algorithm>
#include <array>

namespace vestige::gdb {

using cpu::Gpr;
using cpu::Segment;
using cpu::SegmentName;

namespace {

/// Where a register of GDB's is found.
enum class Source : u8 {
    gpr,
    stack_pointer, ///< linear outside 64-bit code
    program_counter,
    flags,
    selector,
    fpu, ///< not to be had
    segment_base,
    ip, ///< as the CPU has it
    sp,
    cr0,
    cr2,
    cr3,
    cr4,
    efer,
};

struct Row {
    const char* name;
    u8 bits;
    const char* type;
    Source source;
    u8 index = 0;
    const char* feature = nullptr; ///< begins here
};

constexpr u8 index_of(Gpr gpr) {
    return static_cast<u8>(gpr);
}
constexpr u8 index_of(SegmentName segment) {
    return static_cast<u8>(segment);
}

constexpr const char core[] = "org.gnu.gdb.i386.core";
constexpr const char system_feature[] = "vestige.system";

constexpr auto narrow = std::to_array<Row>({
    {"eax", 32, "int32", Source::gpr, index_of(Gpr::rax), core},
    {"ecx", 32, "int32", Source::gpr, index_of(Gpr::rcx)},
    {"edx", 32, "int32", Source::gpr, index_of(Gpr::rdx)},
    {"ebx", 32, "int32", Source::gpr, index_of(Gpr::rbx)},
    {"esp", 32, "data_ptr", Source::stack_pointer},
    {"ebp", 32, "data_ptr", Source::gpr, index_of(Gpr::rbp)},
    {"esi", 32, "int32", Source::gpr, index_of(Gpr::rsi)},
    {"edi", 32, "int32", Source::gpr, index_of(Gpr::rdi)},
    {"eip", 32, "code_ptr", Source::program_counter},
    {"eflags", 32, "i386_eflags", Source::flags},
    {"cs", 32, "int32", Source::selector, index_of(SegmentName::cs)},
    {"ss", 32, "int32", Source::selector, index_of(SegmentName::ss)},
    {"ds", 32, "int32", Source::selector, index_of(SegmentName::ds)},
    {"es", 32, "int32", Source::selector, index_of(SegmentName::es)},
    {"fs", 32, "int32", Source::selector, index_of(SegmentName::fs)},
    {"gs", 32, "int32", Source::selector, index_of(SegmentName::gs)},
    {"st0", 80, "i387_ext", Source::fpu},
    {"st1", 80, "i387_ext", Source::fpu},
    {"st2", 80, "i387_ext", Source::fpu},
    {"st3", 80, "i387_ext", Source::fpu},
    {"st4", 80, "i387_ext", Source::fpu},
    {"st5", 80, "i387_ext", Source::fpu},
    {"st6", 80, "i387_ext", Source::fpu},
    {"st7", 80, "i387_ext", Source::fpu},
    {"fctrl", 32, "int", Source::fpu},
    {"fstat", 32, "int", Source::fpu},
    {"ftag", 32, "int", Source::fpu},
    {"fiseg", 32, "int", Source::fpu},
    {"fioff", 32, "int", Source::fpu},
    {"foseg", 32, "int", Source::fpu},
    {"fooff", 32, "int", Source::fpu},
    {"fop", 32, "int", Source::fpu},
    {"ip", 32, "int32", Source::ip, 0, system_feature},
    {"sp16", 32, "int32", Source::sp},
    {"cs_base", 32, "int32", Source::segment_base, index_of(SegmentName::cs)},
    {"ss_base", 32, "int32", Source::segment_base, index_of(SegmentName::ss)},
    {"ds_base", 32, "int32", Source::segment_base, index_of(SegmentName::ds)},
    {"es_base", 32, "int32", Source::segment_base, index_of(SegmentName::es)},
    {"cr0", 32, "int32", Source::cr0},
    {"cr2", 32, "int32", Source::cr2},
    {"cr3", 32, "int32", Source::cr3},
    {"cr4", 32, "int32", Source::cr4},
});

constexpr auto wide = std::to_array<Row>({
    {"rax", 64, "int64", Source::gpr, index_of(Gpr::rax), core},
    {"rbx", 64, "int64", Source::gpr, index_of(Gpr::rbx)},
    {"rcx", 64, "int64", Source::gpr, index_of(Gpr::rcx)},
    {"rdx", 64, "int64", Source::gpr, index_of(Gpr::rdx)},
    {"rsi", 64, "int64", Source::gpr, index_of(Gpr::rsi)},
    {"rdi", 64, "int64", Source::gpr, index_of(Gpr::rdi)},
    {"rbp", 64, "data_ptr", Source::gpr, index_of(Gpr::rbp)},
    {"rsp", 64, "data_ptr", Source::stack_pointer},
    {"r8", 64, "int64", Source::gpr, index_of(Gpr::r8)},
    {"r9", 64, "int64", Source::gpr, index_of(Gpr::r9)},
    {"r10", 64, "int64", Source::gpr, index_of(Gpr::r10)},
    {"r11", 64, "int64", Source::gpr, index_of(Gpr::r11)},
    {"r12", 64, "int64", Source::gpr, index_of(Gpr::r12)},
    {"r13", 64, "int64", Source::gpr, index_of(Gpr::r13)},
    {"r14", 64, "int64", Source::gpr, index_of(Gpr::r14)},
    {"r15", 64, "int64", Source::gpr, index_of(Gpr::r15)},
    {"rip", 64, "code_ptr", Source::program_counter},
    {"eflags", 32, "i386_eflags", Source::flags},
    {"cs", 32, "int32", Source::selector, index_of(SegmentName::cs)},
    {"ss", 32, "int32", Source::selector, index_of(SegmentName::ss)},
    {"ds", 32, "int32", Source::selector, index_of(SegmentName::ds)},
    {"es", 32, "int32", Source::selector, index_of(SegmentName::es)},
    {"fs", 32, "int32", Source::selector, index_of(SegmentName::fs)},
    {"gs", 32, "int32", Source::selector, index_of(SegmentName::gs)},
    {"st0", 80, "i387_ext", Source::fpu},
    {"st1", 80, "i387_ext", Source::fpu},
    {"st2", 80, "i387_ext", Source::fpu},
    {"st3", 80, "i387_ext", Source::fpu},
    {"st4", 80, "i387_ext", Source::fpu},
    {"st5", 80, "i387_ext", Source::fpu},
    {"st6", 80, "i387_ext", Source::fpu},
    {"st7", 80, "i387_ext", Source::fpu},
    {"fctrl", 32, "int", Source::fpu},
    {"fstat", 32, "int", Source::fpu},
    {"ftag", 32, "int", Source::fpu},
    {"fiseg", 32, "int", Source::fpu},
    {"fioff", 32, "int", Source::fpu},
    {"foseg", 32, "int", Source::fpu},
    {"fooff", 32, "int", Source::fpu},
    {"fop", 32, "int", Source::fpu},
    {"fs_base", 64, "int64", Source::segment_base, index_of(SegmentName::fs), system_feature},
    {"gs_base", 64, "int64", Source::segment_base, index_of(SegmentName::gs)},
    {"cr0", 64, "int64", Source::cr0},
    {"cr2", 64, "int64", Source::cr2},
    {"cr3", 64, "int64", Source::cr3},
    {"cr4", 64, "int64", Source::cr4},
    {"efer", 64, "int64", Source::efer},
});

std::span<const Row> rows_of(Architecture architecture) {
    return architecture == Architecture::x86_64 ? std::span<const Row>{wide}
                                                : std::span<const Row>{narrow};
}

constexpr std::string_view flags_type = R"(
  <flags id="i386_eflags" size="4">
    <field name="CF" start="0" end="0"/>
    <field name="" start="1" end="1"/>
    <field name="PF" start="2" end="2"/>
    <field name="AF" start="4" end="4"/>
    <field name="ZF" start="6" end="6"/>
    <field name="SF" start="7" end="7"/>
    <field name="TF" start="8" end="8"/>
    <field name="IF" start="9" end="9"/>
    <field name="DF" start="10" end="10"/>
    <field name="OF" start="11" end="11"/>
    <field name="NT" start="14" end="14"/>
    <field name="RF" start="16" end="16"/>
    <field name="VM" start="17" end="17"/>
    <field name="AC" start="18" end="18"/>
    <field name="VIF" start="19" end="19"/>
    <field name="VIP" start="20" end="20"/>
    <field name="ID" start="21" end="21"/>
  </flags>)";

/// Passes on a part of what is written to it.
class Window final : public TextSink {
  public:
    Window(TextSink& out, std::size_t from, std::size_t count)
        : out_{out}, from_{from}, end_{from + count} {}
    void write(std::string_view text) override {
        const std::size_t begin = std::clamp(from_, at_, at_ + text.size()) - at_;
        const std::size_t end = std::clamp(end_, at_, at_ + text.size()) - at_;
        if (begin < end)
            out_.write(config::part(text, begin, end - begin));
        at_ += text.size();
    }
    [[nodiscard]] bool reached_end() const { return end_ >= at_; }

  private:
    TextSink& out_;
    std::size_t from_;
    std::size_t end_;
    std::size_t at_ = 0;
};

Segment segment_of(const vcpu::Vcpu& cpu, u8 index) {
    return cpu.segment(static_cast<SegmentName>(index));
}

/// The stack pointer's width outside 64-bit code.
u64 stack_mask(const vcpu::Vcpu& cpu) {
    const u32 rights = cpu.segment(SegmentName::ss).access_rights;
    return Segment::Default32::get(rights) ? 0xffffffff : 0xffff;
}

u64 linear_stack_pointer(const vcpu::Vcpu& cpu) {
    const u64 sp = cpu.regs.get(Gpr::rsp);
    if (cpu::mode_of(cpu) == cpu::Mode::long64)
        return sp;
    return (cpu.segment(SegmentName::ss).base + (sp & stack_mask(cpu))) & 0xffffffff;
}

bool loads_base(const vcpu::Vcpu& cpu) {
    const cpu::Mode mode = cpu::mode_of(cpu);
    return mode == cpu::Mode::real || mode == cpu::Mode::v86;
}

void load_real(vcpu::Vcpu& cpu, SegmentName name, u16 selector) {
    Segment segment = cpu.segment(name);
    segment.selector = selector;
    segment.base = u64{selector} << 4;
    cpu.set_segment(name, segment);
}

/// Keeps the segment when the address lies in it; else one that does is loaded in real mode.
bool jump(vcpu::Vcpu& cpu, u64 linear) {
    if (cpu::mode_of(cpu) == cpu::Mode::long64) {
        cpu.regs.rip = linear;
        return true;
    }
    const Segment cs = cpu.segment(SegmentName::cs);
    u64 offset = (linear - cs.base) & 0xffffffff;
    if (loads_base(cpu) && offset > 0xffff) {
        if (linear > 0x10ffef)
            return false;
        // Segment 0, 1000h, ...: what lies around the address can be reached as well.
        const u64 selector = linear >= 0x100000 ? 0xffff : linear >> 4 & 0xf000;
        load_real(cpu, SegmentName::cs, static_cast<u16>(selector));
        offset = linear - (selector << 4);
    }
    cpu.regs.rip = offset;
    cpu.clear_interrupt_shadow();
    return true;
}

bool move_stack(vcpu::Vcpu& cpu, u64 linear) {
    if (cpu::mode_of(cpu) == cpu::Mode::long64) {
        cpu.regs.set(Gpr::rsp, linear);
        return true;
    }
    const u64 mask = stack_mask(cpu);
    const u64 offset = (linear - cpu.segment(SegmentName::ss).base) & 0xffffffff;
    if ((offset & ~mask) != 0)
        return false;
    cpu.regs.set(Gpr::rsp, (cpu.regs.get(Gpr::rsp) & ~mask) | offset);
    return true;
}

/// TF, IF and their like as the guest may set them; VM stays.
u64 checked_flags(u64 old, u64 value) {
    constexpr u64 writable = 0x3f7fd5 & ~cpu::rflags::vm;
    return (old & ~writable) | (value & writable) | cpu::rflags::fixed_one;
}

} // namespace

Architecture architecture_of(const cpu::CpuState& state) {
    switch (cpu::mode_of(state)) {
    case cpu::Mode::long64:
        return Architecture::x86_64;
    case cpu::Mode::protected32:
        return Architecture::i386;
    case cpu::Mode::long_compatibility:
        return Segment::Default32::get(state.segment(SegmentName::cs).access_rights)
                   ? Architecture::i386
                   : Architecture::i8086;
    default:
        return Architecture::i8086;
    }
}

std::string_view name_of(Architecture architecture) {
    constexpr std::array<std::string_view, 3> names{"i8086", "i386", "i386:x86-64"};
    return names[static_cast<std::size_t>(architecture)];
}

bool write_description(Architecture architecture, std::size_t from, std::size_t count,
                       TextSink& out) {
    Window window{out, from, count};
    print(window,
          "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
          "<target>\n <architecture>{}</architecture>",
          name_of(architecture));
    bool first = true;
    for (const Row& row : rows_of(architecture)) {
        if (row.feature != nullptr) {
            window.write(first ? "" : "\n </feature>");
            print(window, "\n <feature name=\"{}\">", row.feature);
            window.write(first ? flags_type : "");
            first = false;
        }
        print(window, "\n  <reg name=\"{}\" bitsize=\"{}\" type=\"{}\"/>", row.name, row.bits,
              row.type);
    }
    window.write("\n </feature>\n</target>\n");
    return window.reached_end();
}

unsigned register_count(Architecture architecture) {
    return static_cast<unsigned>(rows_of(architecture).size());
}

unsigned register_size(Architecture architecture, unsigned number) {
    return rows_of(architecture)[number].bits / 8U;
}

std::optional<u64> read_register(const vcpu::Vcpu& cpu, Architecture architecture,
                                 unsigned number) {
    const Row& row = rows_of(architecture)[number];
    switch (row.source) {
    case Source::gpr:
        return cpu.regs.gpr[row.index];
    case Source::stack_pointer:
        return linear_stack_pointer(cpu);
    case Source::program_counter:
        return cpu::linear_rip(cpu).value();
    case Source::flags:
        return cpu.regs.rflags;
    case Source::selector:
        return segment_of(cpu, row.index).selector;
    case Source::fpu:
        return {};
    case Source::segment_base:
        return segment_of(cpu, row.index).base;
    case Source::ip:
        return cpu.regs.rip;
    case Source::sp:
        return cpu.regs.get(Gpr::rsp) & stack_mask(cpu);
    case Source::cr0:
        return cpu.cr0();
    case Source::cr2:
        return cpu.cr2();
    case Source::cr3:
        return cpu.cr3();
    case Source::cr4:
        return cpu.cr4();
    case Source::efer:
        break;
    }
    return cpu.efer();
}

bool write_register(vcpu::Vcpu& cpu, Architecture architecture, unsigned number, u64 value) {
    const Row& row = rows_of(architecture)[number];
    switch (row.source) {
    case Source::gpr:
        cpu.regs.gpr[row.index] = row.bits == 32 ? value & 0xffffffff : value;
        return true;
    case Source::stack_pointer:
        return move_stack(cpu, value);
    case Source::program_counter:
        return jump(cpu, value);
    case Source::flags:
        cpu.regs.rflags = checked_flags(cpu.regs.rflags, value);
        return true;
    case Source::selector:
        if (value > 0xffff || !loads_base(cpu))
            return segment_of(cpu, row.index).selector == value;
        load_real(cpu, static_cast<SegmentName>(row.index), static_cast<u16>(value));
        return true;
    case Source::ip:
        cpu.regs.rip = value & (loads_base(cpu) ? 0xffff : 0xffffffff);
        return true;
    case Source::sp:
        cpu.regs.set(Gpr::rsp, (cpu.regs.get(Gpr::rsp) & ~stack_mask(cpu)) |
                                   (value & stack_mask(cpu)));
        return true;
    default: // what would need the checks of MOV to CR: the same value is no change
        return read_register(cpu, architecture, number).value_or(value) == value;
    }
}

} // namespace vestige::gdb
