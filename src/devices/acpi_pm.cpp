// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/acpi_pm.hpp"

namespace vestige::devices {
namespace {

// ACPI 6, "PM1 Status Registers", "PM1 Enable Registers", "PM1 Control Registers".
constexpr u16 timer_bit = 1U << 0;
constexpr u16 enable_bits = 0x0721;
constexpr u16 sci_enabled = 1U << 0;
constexpr u16 sleep_enable = 1U << 13;
constexpr u16 control_bits = 0x1c02; ///< what is remembered: sleep type, bus master reload
constexpr unsigned sleep_type_shift = 10;
constexpr u16 soft_off = 0;
constexpr unsigned highest_bit = 31; ///< FADT flag TMR_VAL_EXT: the timer has 32 bits

constexpr unsigned status_at = 0, enable_at = 2, control_at = 4, timer_at = 8;

constexpr u16 with_byte(u16 word, unsigned number, u8 value) {
    const unsigned shift = 8 * number;
    return static_cast<u16>((word & ~(0xffU << shift)) | unsigned{value} << shift);
}

} // namespace

void AcpiPm::reset() {
    status_ = 0;
    enable_ = 0;
    control_ = 0;
    half_periods_ = ticks() >> highest_bit;
    update();
}

u64 AcpiPm::ticks() const {
    const machine::Nanoseconds now = clock_.now();
    constexpr u64 second = machine::nanoseconds_per_second;
    return now / second * timer_frequency + now % second * timer_frequency / second;
}

void AcpiPm::update() {
    const u64 passed = ticks() >> highest_bit;
    if (passed != half_periods_)
        status_ |= timer_bit;
    half_periods_ = passed;
    sci_.set((status_ & enable_) != 0);
}

machine::Nanoseconds AcpiPm::next_deadline() const {
    if ((enable_ & timer_bit) == 0 || (status_ & timer_bit) != 0)
        return machine::never;
    const u64 due = (half_periods_ + 1) << highest_bit;
    const u64 rest = due % timer_frequency * machine::nanoseconds_per_second;
    return due / timer_frequency * machine::nanoseconds_per_second +
           (rest + timer_frequency - 1) / timer_frequency;
}

void AcpiPm::expire() {
    update();
}

u8 AcpiPm::byte_of(unsigned offset) const {
    const unsigned shift = 8 * (offset % 2);
    switch (offset & ~1U) {
    case status_at:
        return static_cast<u8>(status_ >> shift);
    case enable_at:
        return static_cast<u8>(enable_ >> shift);
    case control_at:
        return static_cast<u8>((control_ | sci_enabled) >> shift);
    default:
        return 0;
    }
}

u32 AcpiPm::read_port(Port port, Width width) {
    const unsigned offset = port.value - event_block.value;
    if (offset >= timer_at)
        return static_cast<u32>(ticks() >> (8 * (offset - timer_at)) & all_ones(width));
    update();
    u32 value = 0;
    for (unsigned i = 0; i < bytes(width); ++i)
        value |= u32{byte_of(offset + i)} << (8 * i);
    return value;
}

void AcpiPm::write_port(Port port, Width width, u32 value) {
    update();
    for (unsigned i = 0; i < bytes(width); ++i)
        write_byte(port.value - event_block.value + i, static_cast<u8>(value >> (8 * i)));
    update();
}

void AcpiPm::write_byte(unsigned offset, u8 value) {
    const unsigned half = offset % 2;
    switch (offset & ~1U) {
    case status_at: // ones clear
        status_ = static_cast<u16>(status_ & ~with_byte(0, half, value));
        break;
    case enable_at:
        enable_ = static_cast<u16>(with_byte(enable_, half, value) & enable_bits);
        break;
    case control_at:
        set_control(with_byte(control_, half, value));
        break;
    default: // the timer only counts
        break;
    }
}

void AcpiPm::set_control(u16 value) {
    control_ = static_cast<u16>(value & control_bits);
    if ((value & sleep_enable) != 0 && (value >> sleep_type_shift & 7) == soft_off)
        power_.power_off();
}

} // namespace vestige::devices
