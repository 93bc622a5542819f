// SPDX-License-Identifier: BSD-2-Clause
#include "protected_mode.hpp"

namespace vestige::bios {

using cpu::Segment;
using cpu::SegmentName;

namespace {

// Descriptors of the caller's table by their index.
constexpr std::size_t gdt = 1, idt = 2, data = 3, extra = 4, stack = 5, code = 6, bios_code = 7,
                      table_entries = 8, entry_size = 8;
using Table = std::array<std::byte, table_entries * entry_size>;

constexpr u32 code_type = 0x8, writable_or_readable = 0x2, accessed = 0x1, conforming = 0x4;

u64 base_of(const Table& table, std::size_t index) {
    const std::size_t at = index * entry_size;
    return load_le<u16>(table, at + 2) | u64{static_cast<u8>(table[at + 4])} << 16 |
           u64{static_cast<u8>(table[at + 7])} << 24;
}

/// As a load of the segment register would leave it.
Segment segment_of(const Table& table, std::size_t index) {
    constexpr u32 granular = 0x8000, kept_flags = 0xd0ff; // without L
    const std::size_t at = index * entry_size;
    const u32 rights = static_cast<u8>(table[at + 5]) | (static_cast<u8>(table[at + 6]) & 0xf0U) << 8;
    u32 limit = load_le<u16>(table, at) | (static_cast<u8>(table[at + 6]) & 0xfU) << 16;
    if ((rights & granular) != 0)
        limit = limit << 12 | 0xfff;
    return {static_cast<u16>(index * entry_size), base_of(table, index), limit,
            (rights & kept_flags) | accessed};
}

/// A segment of memory for the kernel's privilege level that is there.
bool is_present(const Segment& s) {
    return Segment::CodeOrData::get(s.access_rights) && Segment::Present::get(s.access_rights) &&
           Segment::Dpl::get(s.access_rights) == 0;
}
bool is_code(const Segment& s) { return is_present(s) && (s.access_rights & code_type) != 0; }
bool is_stack(const Segment& s) {
    return is_present(s) && (s.access_rights & code_type) == 0 &&
           (s.access_rights & writable_or_readable) != 0;
}
bool is_readable(const Segment& s) {
    return is_present(s) &&
           ((s.access_rights & code_type) == 0 || (s.access_rights & writable_or_readable) != 0);
}

cpu::DescriptorTable table_of(const Table& table, std::size_t index) {
    return {base_of(table, index), load_le<u16>(table, index * entry_size)};
}

/// The controllers as after a reset, at other vectors, with all but the cascade masked.
void move_controllers(Call& call, u8 master, u8 slave) {
    const auto out = [&call](u16 port, u8 value) {
        call.env.pic.write_port(Port{port}, Width::byte, value);
    };
    out(0x20, 0x11);
    out(0x21, master);
    out(0x21, 0x04);
    out(0x21, 0x01);
    out(0xa0, 0x11);
    out(0xa1, slave);
    out(0xa1, 0x02);
    out(0xa1, 0x01);
    out(0x21, 0xfb);
    out(0xa1, 0xff);
}

/// The table's last entry is the BIOS's own code segment, for its way into protected mode.
void put_bios_code(Call& call) {
    constexpr std::array<u8, entry_size> segment_f000{0xff, 0xff, 0, 0, 0x0f, 0x9b, 0, 0};
    call.write(SegmentName::es, static_cast<u16>(call.si() + bios_code * entry_size),
               std::as_bytes(std::span{segment_f000}));
}

} // namespace

Outcome enter_protected_mode(Call& call) {
    constexpr u8 failed = 0xff;
    Table table{};
    call.read(SegmentName::es, call.si(), table);
    const Segment cs = segment_of(table, code), ss = segment_of(table, stack);
    const Segment ds = segment_of(table, data), es = segment_of(table, extra);
    if ((call.env.cpu.cr0() & cpu::cr0::pe) != 0 || !is_code(cs) || !is_stack(ss) ||
        !is_readable(ds) || !is_readable(es) || (cs.access_rights & conforming) != 0)
        return call.fail(failed);
    call.env.a20.set(true);
    move_controllers(call, call.bl(), call.bh());
    put_bios_code(call);
    const u16 ip = call.pop();
    static_cast<void>(call.pop());
    static_cast<void>(call.pop());
    cpu::CpuState& state = call.env.cpu;
    state.set_gdtr(table_of(table, gdt));
    state.set_idtr(table_of(table, idt));
    state.set_cr0(state.cr0() | cpu::cr0::pe);
    state.set_segment(SegmentName::ds, ds);
    state.set_segment(SegmentName::es, es);
    state.set_segment(SegmentName::ss, ss);
    state.set_segment(SegmentName::cs, cs);
    state.regs.rip = ip;
    state.regs.rflags = cpu::rflags::fixed_one;
    call.set_ah(0);
    return Outcome::redirected;
}

} // namespace vestige::bios
