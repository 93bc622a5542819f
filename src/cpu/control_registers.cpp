// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/cpu/control_registers.hpp"

namespace vestige::cpu {
namespace {

constexpr u64 cr0_defined = cr0::pe | cr0::mp | cr0::em | cr0::ts | cr0::et | cr0::ne | cr0::wp |
                            cr0::am | cr0::nw | cr0::cd | cr0::pg;
constexpr u64 upper_half = ~u64{0} << 32;
constexpr u64 cr3_no_flush = bit(63);
constexpr u64 cr3_pcid = 0xfff;

bool has(u64 word, u64 flag) {
    return (word & flag) != 0;
}

bool in_64_bit_code(const CpuState& state) {
    return mode_of(state) == Mode::long64;
}

/// The four page-directory pointers that PAE paging keeps in registers have no reserved bit set.
/// SDM 3A, "PDPTE Registers".
bool page_directory_pointers_valid(const PhysicalPath& path, u64 cr3, u8 physical_bits) {
    constexpr u64 present = 1;
    const u64 reserved = (~u64{0} << physical_bits) | 0x1e6;
    for (unsigned i = 0; i < 4; ++i) {
        const Gpa place = path.a20.apply(Gpa{(cr3 & 0xffffffe0) + 8 * i});
        const u64 entry = path.memory.load<u64>(place);
        if (has(entry, present) && has(entry, reserved))
            return false;
    }
    return true;
}

/// Turning paging on with EFER.LME set. SDM 3A, "Initializing IA-32e Mode".
bool may_activate_long_mode(const CpuState& state) {
    constexpr u8 last_16_bit_tss_type = 3;
    return has(state.cr4(), cr4::pae) &&
           !Segment::Long::get(state.segment(SegmentName::cs).access_rights) &&
           Segment::Type::get(state.segment(SegmentName::tr).access_rights) > last_16_bit_tss_type;
}

bool cr0_allowed(const CpuState& state, u64 value) {
    if (has(value, upper_half) || (has(value, cr0::pg) && !has(value, cr0::pe)) ||
        (has(value, cr0::nw) && !has(value, cr0::cd)))
        return false;
    const bool was_paging = has(state.cr0(), cr0::pg);
    const bool will_page = has(value, cr0::pg);
    if (was_paging && !will_page)
        return !in_64_bit_code(state) && !has(state.cr4(), cr4::pcide);
    if (!was_paging && will_page && has(state.efer(), efer::lme))
        return may_activate_long_mode(state);
    return true;
}

} // namespace

void apply(CpuState& state, const ControlChange& change) {
    if (change.cr3)
        state.set_cr3(*change.cr3);
    if (change.cr4)
        state.set_cr4(*change.cr4);
    if (change.efer)
        state.set_efer(*change.efer);
    if (change.cr0)
        state.set_cr0(*change.cr0);
}

Result<ControlChange, Event> write_cr0(const CpuState& state, const ControlFeatures& features,
                                       const PhysicalPath& path, u64 value) {
    if (!cr0_allowed(state, value))
        return Error{general_protection()};
    const u64 stored = (value & cr0_defined) | cr0::et;
    const bool pae_paging =
        has(stored, cr0::pg) && has(state.cr4(), cr4::pae) && !has(state.efer(), efer::lme);
    const bool reloads = has(stored ^ state.cr0(), cr0::pg | cr0::cd | cr0::nw);
    if (pae_paging && reloads &&
        !page_directory_pointers_valid(path, state.cr3(), features.physical_bits))
        return Error{general_protection()};
    ControlChange change;
    change.cr0 = stored;
    return change;
}

Result<ControlChange, Event> write_cr3(const CpuState& state, const ControlFeatures& features,
                                       const PhysicalPath& path, u64 value) {
    const bool pcide = has(state.cr4(), cr4::pcide);
    const u64 stored = pcide ? value & ~cr3_no_flush : value;
    if (has(stored, ~u64{0} << features.physical_bits))
        return Error{general_protection()};
    const bool pae_paging =
        has(state.cr0(), cr0::pg) && has(state.cr4(), cr4::pae) && !has(state.efer(), efer::lma);
    if (pae_paging && !page_directory_pointers_valid(path, stored, features.physical_bits))
        return Error{general_protection()};
    ControlChange change;
    change.cr3 = stored;
    return change;
}

Result<ControlChange, Event> write_cr4(const CpuState& state, const ControlFeatures& features,
                                       const PhysicalPath& path, u64 value) {
    const bool long_mode = has(state.efer(), efer::lma);
    const u64 changed = value ^ state.cr4();
    const bool pcide_starts = has(changed & value, cr4::pcide);
    if (has(value, ~features.cr4) || (long_mode && !has(value, cr4::pae)) ||
        (pcide_starts && (!long_mode || has(state.cr3(), cr3_pcid))))
        return Error{general_protection()};
    const bool pae_paging = has(state.cr0(), cr0::pg) && has(value, cr4::pae) && !long_mode;
    const bool reloads = has(changed, cr4::pae | cr4::pge | cr4::pse | cr4::smep);
    if (pae_paging && reloads &&
        !page_directory_pointers_valid(path, state.cr3(), features.physical_bits))
        return Error{general_protection()};
    ControlChange change;
    change.cr4 = value;
    return change;
}

Result<ControlChange, Event> write_msw(const CpuState& state, const ControlFeatures& features,
                                       const PhysicalPath& path, u16 value) {
    constexpr u64 loaded = cr0::pe | cr0::mp | cr0::em | cr0::ts;
    const u64 kept = state.cr0() & (~loaded | cr0::pe);
    return write_cr0(state, features, path, kept | (value & loaded));
}

ControlChange clear_task_switched(const CpuState& state) {
    ControlChange change;
    change.cr0 = state.cr0() & ~cr0::ts;
    return change;
}

Result<ControlChange, Event> write_efer(const CpuState& state, const ControlFeatures& features,
                                        u64 value) {
    const bool lme_changes = has(value ^ state.efer(), efer::lme);
    if (has(value, ~features.efer) || (lme_changes && has(state.cr0(), cr0::pg)))
        return Error{general_protection()};
    ControlChange change;
    change.efer = (value & ~efer::lma) | (state.efer() & efer::lma);
    return change;
}

Result<u64, Event> write_cr8(u64 value) {
    if (value > 0xf)
        return Error{general_protection()};
    return value;
}

Result<u64, Event> write_xcr(const CpuState& state, const ControlFeatures& features, u32 index,
                             u64 value) {
    constexpr u64 x87 = bit(0);
    constexpr u64 sse = bit(1);
    constexpr u64 avx = bit(2);
    constexpr u64 avx512 = bit(5) | bit(6) | bit(7);
    if (!has(state.cr4(), cr4::osxsave))
        return Error{undefined_opcode()};
    const bool avx512_split = has(value, avx512) && (value & (avx512 | avx)) != (avx512 | avx);
    if (cpl_of(state) != 0 || index != 0 || has(value, ~features.xcr0) || !has(value, x87) ||
        (has(value, avx) && !has(value, sse)) || avx512_split)
        return Error{general_protection()};
    return value;
}

Result<unsigned, Event> debug_register_number(const CpuState& state, unsigned number) {
    if (number == 4 || number == 5) {
        if (has(state.cr4(), cr4::de))
            return Error{undefined_opcode()};
        number += 2;
    }
    if (number > 7)
        return Error{undefined_opcode()};
    if (has(state.dr7(), dr7_general_detect))
        return Error{fault(exception::db)};
    return number;
}

Result<u64, Event> debug_register_value(const CpuState& state, unsigned number, u64 value) {
    constexpr u64 dr6_writable = 0xe00f;
    constexpr u64 dr7_writable = 0xffff23ff;
    if (mode_of(state) != Mode::long64)
        value &= 0xffffffff;
    if (number < 4)
        return value;
    if (has(value, upper_half))
        return Error{general_protection()};
    if (number == 6)
        return (value & dr6_writable) | dr6_after_reset;
    return (value & dr7_writable) | dr7_after_reset;
}

} // namespace vestige::cpu
