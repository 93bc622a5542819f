// SPDX-License-Identifier: BSD-2-Clause
// SDM 4, "Model-Specific Registers"; SDM 3A, "Memory Type Range Registers", "Page Attribute Table".
#include "vestige/cpu/msr_policy.hpp"

#include "vestige/cpu/linear_access.hpp"

#include <algorithm>

namespace vestige::cpu {
namespace {

enum class Kind : u8 {
    state,           ///< the back end's; any value
    state_canonical, ///< the back end's; canonical addresses only
    state_low32,     ///< the back end's; bits 63:32 must be zero
    state_pat,       ///< the back end's; eight memory types
    tsc_aux,         ///< as state_low32, where the guest has RDTSCP
    constant,        ///< reads as value; writes are #GP
    ignored,         ///< reads as value; writes do nothing
    unchanging,      ///< reads as value; only that value may be written
    write_only,      ///< writes do nothing; reads are #GP
    apic,            ///< the local APIC's
    tsc,
    tsc_adjust,
    efer,
    misc_enable,
    mtrr,
};

struct Row {
    u32 first;
    u32 last;
    Kind kind;
    u64 value = 0;
};

constexpr u64 feature_control_locked = 1;
// Fixed ranges, write combining, eight variable ranges.
constexpr u64 mtrr_capabilities = 0x500 | MsrState::variable_ranges;

constexpr Row rows[] = {
    {msr::p5_mc_addr, msr::p5_mc_type, Kind::ignored},
    {msr::time_stamp_counter, msr::time_stamp_counter, Kind::tsc},
    {msr::platform_id, msr::platform_id, Kind::constant},
    {msr::apic_base, msr::apic_base, Kind::apic},
    {msr::feature_control, msr::feature_control, Kind::constant, feature_control_locked},
    {msr::tsc_adjust, msr::tsc_adjust, Kind::tsc_adjust},
    {msr::bios_update_trigger, msr::bios_update_trigger, Kind::write_only},
    {msr::bios_sign_id, msr::bios_sign_id, Kind::ignored},
    {msr::mtrr_cap, msr::mtrr_cap, Kind::constant, mtrr_capabilities},
    {msr::sysenter_cs, msr::sysenter_cs, Kind::state},
    {msr::sysenter_esp, msr::sysenter_eip, Kind::state_canonical},
    {msr::mcg_cap, msr::mcg_cap, Kind::constant},
    {msr::mcg_status, msr::mcg_status, Kind::unchanging},
    {msr::misc_enable, msr::misc_enable, Kind::misc_enable},
    {msr::debugctl, msr::debugctl, Kind::unchanging},
    {msr::mtrr_physbase0, msr::mtrr_physbase0 + 2 * MsrState::variable_ranges - 1, Kind::mtrr},
    {msr::mtrr_fix64k_00000, msr::mtrr_fix64k_00000, Kind::mtrr},
    {msr::mtrr_fix16k_80000, msr::mtrr_fix16k_80000 + 1, Kind::mtrr},
    {msr::mtrr_fix4k_c0000, msr::mtrr_fix4k_c0000 + 7, Kind::mtrr},
    {msr::pat, msr::pat, Kind::state_pat},
    {msr::mtrr_def_type, msr::mtrr_def_type, Kind::mtrr},
    {msr::tsc_deadline, msr::tsc_deadline, Kind::apic},
    {msr::x2apic_first, msr::x2apic_last, Kind::apic},
    {msr::efer, msr::efer, Kind::efer},
    {msr::star, msr::star, Kind::state},
    {msr::lstar, msr::cstar, Kind::state_canonical},
    {msr::syscall_mask, msr::syscall_mask, Kind::state_low32},
    {msr::fs_base, msr::kernel_gs_base, Kind::state_canonical},
    {msr::tsc_aux, msr::tsc_aux, Kind::tsc_aux},
};

constexpr u32 pass_through[] = {
    msr::sysenter_cs, msr::sysenter_esp, msr::sysenter_eip, msr::star,    msr::lstar,
    msr::cstar,       msr::syscall_mask, msr::fs_base,      msr::gs_base, msr::kernel_gs_base,
};

// Branch trace storage and precise sampling are not available.
constexpr u64 misc_enable_fixed = bit(11) | bit(12);
constexpr u64 misc_enable_fast_strings = bit(0);

const Row* find(u32 index) {
    for (const Row& each : rows)
        if (index >= each.first && index <= each.last)
            return &each;
    return nullptr;
}

Error<Event> refused() {
    return Error{general_protection()};
}

bool is_mtrr_type(u64 type) {
    return type == 0 || type == 1 || type == 4 || type == 5 || type == 6;
}

template <class Predicate> bool all_bytes(u64 value, Predicate valid) {
    for (unsigned shift = 0; shift < 64; shift += 8)
        if (!valid(value >> shift & 0xff))
            return false;
    return true;
}

bool is_pat(u64 value) {
    constexpr u64 uncached_minus = 7;
    return all_bytes(value, [](u64 type) { return is_mtrr_type(type) || type == uncached_minus; });
}

} // namespace

std::span<const u32> pass_through_msrs() {
    return pass_through;
}

void MsrState::reset() {
    mtrrs_ = {};
    tsc_adjust_ = 0;
    fast_strings_ = features_.fast_strings;
}

Result<u64, Event> MsrState::read(u32 index) {
    const Row* const row = find(index);
    if (row == nullptr)
        return refused();
    switch (row->kind) {
    case Kind::state:
    case Kind::state_canonical:
    case Kind::state_low32:
    case Kind::state_pat:
        return read_state(index);
    case Kind::tsc_aux:
        return features_.tsc_aux ? read_state(index) : refused();
    case Kind::constant:
    case Kind::ignored:
    case Kind::unchanging:
        return row->value;
    case Kind::write_only:
        return refused();
    case Kind::apic: {
        u64 value = 0;
        if (!backend_.read_apic(index, value))
            return refused();
        return value;
    }
    case Kind::tsc:
        return backend_.read_tsc();
    case Kind::tsc_adjust:
        return tsc_adjust_;
    case Kind::efer:
        return state_.efer();
    case Kind::misc_enable:
        return misc_enable_fixed | (fast_strings_ ? misc_enable_fast_strings : 0);
    case Kind::mtrr:
        return *mtrr(index);
    }
    return refused();
}

Result<Unit, Event> MsrState::write(u32 index, u64 value) {
    const Row* const row = find(index);
    if (row == nullptr)
        return refused();
    switch (row->kind) {
    case Kind::state:
        return write_state(index, value);
    case Kind::state_canonical:
        return is_canonical(value) ? write_state(index, value) : refused();
    case Kind::state_low32:
        return value >> 32 == 0 ? write_state(index, value) : refused();
    case Kind::state_pat:
        return is_pat(value) ? write_state(index, value) : refused();
    case Kind::tsc_aux:
        return features_.tsc_aux && value >> 32 == 0 ? write_state(index, value) : refused();
    case Kind::constant:
        return refused();
    case Kind::ignored:
    case Kind::write_only:
        return Unit{};
    case Kind::unchanging:
        if (value != row->value)
            return refused();
        return Unit{};
    case Kind::apic:
        if (!backend_.write_apic(index, value))
            return refused();
        return Unit{};
    case Kind::tsc:
        adjust_tsc(value - backend_.read_tsc());
        return Unit{};
    case Kind::tsc_adjust:
        adjust_tsc(value - tsc_adjust_);
        return Unit{};
    case Kind::efer: {
        const auto change = write_efer(state_, features_.control, value);
        if (!change)
            return Error{change.error()};
        apply(state_, change.value());
        return Unit{};
    }
    case Kind::misc_enable:
        if ((value & ~misc_enable_fast_strings) != misc_enable_fixed)
            return refused();
        fast_strings_ = (value & misc_enable_fast_strings) != 0;
        return Unit{};
    case Kind::mtrr:
        if (!mtrr_allows(index, value))
            return refused();
        *mtrr(index) = value;
        return Unit{};
    }
    return refused();
}

/// SDM 3B, "Time-Stamp Counter Adjustment": a write to either register changes both.
void MsrState::adjust_tsc(u64 difference) {
    backend_.advance_tsc(difference);
    tsc_adjust_ += difference;
}

u64* MsrState::mtrr(u32 index) {
    if (index == msr::mtrr_def_type)
        return &mtrrs_.def_type;
    if (index < msr::mtrr_fix64k_00000)
        return &mtrrs_.variable[index - msr::mtrr_physbase0];
    if (index == msr::mtrr_fix64k_00000)
        return &mtrrs_.fixed[0];
    if (index < msr::mtrr_fix4k_c0000)
        return &mtrrs_.fixed[1 + index - msr::mtrr_fix16k_80000];
    return &mtrrs_.fixed[3 + index - msr::mtrr_fix4k_c0000];
}

bool MsrState::mtrr_allows(u32 index, u64 value) const {
    const u64 beyond = ~u64{0} << features_.control.physical_bits;
    if (index == msr::mtrr_def_type)
        return is_mtrr_type(value & 0xff) && (value & ~u64{0xcff}) == 0;
    if (index >= msr::mtrr_fix64k_00000)
        return all_bytes(value, is_mtrr_type);
    const bool is_mask = (index - msr::mtrr_physbase0) % 2 != 0;
    if (is_mask)
        return (value & (beyond | 0x7ff)) == 0;
    return is_mtrr_type(value & 0xff) && (value & (beyond | 0xf00)) == 0;
}

Result<u64, Event> MsrState::read_state(u32 index) const {
    u64 value = 0;
    if (!backend_.read_state(index, value))
        return refused();
    return value;
}

Result<Unit, Event> MsrState::write_state(u32 index, u64 value) {
    if (!backend_.write_state(index, value))
        return refused();
    return Unit{};
}

} // namespace vestige::cpu
