// SPDX-License-Identifier: BSD-2-Clause
// The two ways to the local APIC's registers: memory and MSRs. SDM 3A, "Extended XAPIC (x2APIC)".
#include "vestige/devices/local_apic.hpp"

#include "apic_registers.hpp"

#include "vestige/base/bit_field.hpp"

namespace vestige::devices {

using namespace apic;

namespace {

constexpr u64 base_boot_cpu = bit(8), base_x2apic = bit(10), base_enable = bit(11);
constexpr u64 base_flags = base_boot_cpu | base_x2apic | base_enable;

/// Registers that are only there in memory, or in no mode at all.
bool has_msr(unsigned number) {
    switch (number) {
    case id:
    case version:
    case tpr:
    case ppr:
    case logical_destination:
    case spurious:
    case error_status:
    case command_low:
    case initial_count:
    case current_count:
    case divide_configuration:
        return true;
    default:
        return (number >= isr_first && number <= irr_last) ||
               (number >= lvt_first && number <= lvt_last);
    }
}

} // namespace

u32 LocalApic::read(unsigned number) const {
    if (number >= isr_first && number < tmr_first)
        return isr_.word(number);
    if (number >= tmr_first && number < irr_first)
        return tmr_.word(number);
    if (number >= irr_first && number <= irr_last)
        return irr_.word(number);
    if (number >= lvt_first && number <= lvt_last)
        return lvt_[number - lvt_first];
    switch (number) {
    case version:
        return version_value;
    case tpr:
        return tpr_;
    case ppr:
        return processor_priority();
    case logical_destination:
        return mode_ == Mode::x2apic ? 1 : ldr_;
    case destination_format:
        return dfr_;
    case spurious:
        return spurious_;
    case error_status:
        return shown_errors_;
    case command_low:
        return command_low_;
    case command_high:
        return command_high_;
    case initial_count:
        return timer_.initial_count();
    case current_count:
        return timer_.current_count();
    case divide_configuration:
        return timer_.divider();
    default: // the ID is 0
        return 0;
    }
}

void LocalApic::write(unsigned number, u32 value) {
    if (number >= lvt_first && number <= lvt_last)
        return write_lvt(static_cast<Lvt>(number - lvt_first), value);
    switch (number) {
    case tpr:
        return set_task_priority(static_cast<u8>(value));
    case eoi:
        return end_of_interrupt();
    case logical_destination:
        ldr_ = value & 0xff000000;
        return;
    case destination_format:
        dfr_ = value | 0x0fffffff;
        return;
    case spurious:
        return write_spurious(value);
    case error_status:
        return latch_errors();
    case command_low:
        command_low_ = value & command_writable;
        return send(command_low_, command_high_ >> 24);
    case command_high:
        command_high_ = value & 0xff000000;
        return;
    case initial_count:
        return timer_.set_initial_count(value);
    case divide_configuration:
        return timer_.set_divider(value);
    default: // read-only
        return;
    }
}

void LocalApic::write_spurious(u32 value) {
    spurious_ = value & spurious_writable;
    if (!software_enabled())
        for (u32& entry : lvt_)
            entry |= lvt_masked;
    show_all();
    update();
}

void LocalApic::write_lvt(Lvt entry, u32 value) {
    value &= lvt_writable[entry];
    lvt_[entry] = software_enabled() ? value : value | lvt_masked;
    if (entry == lvt_timer)
        timer_.set_mode(static_cast<ApicTimer::Mode>(value >> 17 & 3));
    show(lvt_first + u32{entry});
    show(initial_count); // which another mode clears
    update();
}

void LocalApic::show_in(std::span<u32> words) {
    shown_ = words;
    show_all();
}

void LocalApic::show(unsigned number) {
    if (!shown_.empty())
        shown_[4 * number] = read(number);
}

/// In all three sets.
void LocalApic::show_vector(Vector vector) {
    const unsigned word = vector.value / 32U;
    for (const unsigned first : {isr_first, tmr_first, irr_first})
        show(first + word);
}

void LocalApic::show_all() {
    for (unsigned number = id; number <= divide_configuration; ++number)
        show(number);
}

u64 LocalApic::read_mmio(u64 offset, Width width) {
    if (mode_ != Mode::xapic)
        return all_ones(width);
    const unsigned place = static_cast<unsigned>(offset & 15);
    const unsigned number = static_cast<unsigned>(offset >> 4);
    if (place >= 4)
        return 0;
    const bool memory_only = number == apr || number == eoi || number == remote_read ||
                             number == destination_format || number == command_high;
    if (!has_msr(number) && !memory_only)
        record_error(error_register);
    return read(number) >> (8 * place);
}

/// What a narrow write does is left open by the manual: here, as on CPUs that virtualize the
/// registers, the other bytes are written with what they are.
void LocalApic::write_mmio(u64 offset, Width width, u64 value) {
    const unsigned number = static_cast<unsigned>(offset >> 4);
    if (mode_ == Mode::xapic && (offset & 15) == 0) {
        const u64 others = read(number) & ~all_ones(width);
        write(number, static_cast<u32>(others | value));
    }
    show(number); // whatever the CPU has taken for it
}

bool LocalApic::read_msr(u32 index, u64& value) {
    if (index == msr_base) {
        value = base.value() | base_boot_cpu | (mode_ != Mode::disabled ? base_enable : 0) |
                (mode_ == Mode::x2apic ? base_x2apic : 0);
        return true;
    }
    if (index == msr_tsc_deadline) {
        value = timer_.deadline();
        return true;
    }
    const unsigned number = index - msr_first;
    if (mode_ != Mode::x2apic || !has_msr(number))
        return false;
    value = read(number);
    if (number == command_low)
        value |= u64{command_high_} << 32;
    return true;
}

bool LocalApic::write_msr(u32 index, u64 value) {
    if (index == msr_base)
        return write_base(value);
    if (index == msr_tsc_deadline) {
        timer_.set_deadline(value);
        return true;
    }
    return mode_ == Mode::x2apic && write_x2apic(index - msr_first, value);
}

/// Reserved bits must be clear here, where memory ignores them.
bool LocalApic::write_x2apic(unsigned number, u64 value) {
    u64 allowed = 0;
    if (number >= lvt_first && number <= lvt_last)
        allowed = lvt_writable[number - lvt_first];
    switch (number) {
    case tpr:
    case self_ipi:
        allowed = 0xff;
        break;
    case spurious:
        allowed = spurious_writable;
        break;
    case command_low:
        allowed = u64{0xffffffff} << 32 | command_writable;
        break;
    case initial_count:
        allowed = 0xffffffff;
        break;
    case divide_configuration:
        allowed = 0xb;
        break;
    case eoi:
    case error_status:
        break;
    default:
        if (number < lvt_first || number > lvt_last)
            return false;
        break;
    }
    if ((value & ~allowed) != 0)
        return false;
    if (number == command_low) {
        command_low_ = static_cast<u32>(value);
        command_high_ = static_cast<u32>(value >> 32);
        send(command_low_, command_high_);
    } else if (number == self_ipi) {
        constexpr u32 to_self = u32{1} << 18;
        send(to_self | static_cast<u32>(value), 0);
    } else {
        write(number, static_cast<u32>(value));
    }
    return true;
}

/// SDM 3A, "x2APIC State Transitions". The base does not move.
bool LocalApic::write_base(u64 value) {
    if ((value & ~base_flags) != base.value())
        return false;
    const bool enable = (value & base_enable) != 0;
    const bool extended = (value & base_x2apic) != 0;
    if (extended && (!enable || mode_ == Mode::disabled))
        return false;
    if (enable && !extended && mode_ == Mode::x2apic)
        return false;
    const Mode wanted = !enable ? Mode::disabled : extended ? Mode::x2apic : Mode::xapic;
    if (wanted == mode_)
        return true;
    if (wanted == Mode::disabled)
        reset();
    mode_ = wanted;
    update();
    return true;
}

} // namespace vestige::devices
