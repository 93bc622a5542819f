// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/lapic.hpp"

#include "vestige/base/bit_field.hpp"
#include "vestige/host/control_registers.hpp"
#include "vestige/host/interrupts.hpp"
#include "vestige/host/msr.hpp"
#include "vestige/host/page_table.hpp"

namespace vestige::host {
namespace {

// Register offsets: SDM 3A, "Local APIC Register Address Map".
enum class Register : u32 {
    id = 0x020,
    task_priority = 0x080,
    eoi = 0x0b0,
    spurious = 0x0f0,
    icr_low = 0x300,
    icr_high = 0x310,
    lvt_timer = 0x320,
    lvt_performance = 0x340,
    lvt_lint0 = 0x350,
    lvt_lint1 = 0x360,
    lvt_error = 0x370,
    initial_count = 0x380,
    current_count = 0x390,
    divide = 0x3e0,
};
constexpr u32 masked = 1U << 16;
constexpr u64 x2apic_mode = bit(10);
constexpr u64 apic_enabled = bit(11);

/// How the boot CPU found its APIC; every CPU uses the same mode, so that no access has to ask.
constinit bool x2apic = false;
constinit std::byte* registers = nullptr;

volatile u32* mmio(Register r) {
    return reinterpret_cast<volatile u32*>(registers + static_cast<u32>(r));
}

u32 read(Register r) {
    if (x2apic)
        return static_cast<u32>(read_msr(msr::ia32_x2apic + (static_cast<u32>(r) >> 4)));
    return *mmio(r);
}

void write(Register r, u32 value) {
    if (x2apic)
        write_msr(msr::ia32_x2apic + (static_cast<u32>(r) >> 4), value);
    else
        *mmio(r) = value;
}

/// SDM 3A, "x2APIC State Transitions": the way from x2APIC to xAPIC goes through disabled.
void enter_mode() {
    u64 base = read_msr(msr::ia32_apic_base);
    if ((base & x2apic_mode) != 0 && !x2apic) {
        base &= ~(x2apic_mode | apic_enabled);
        write_msr(msr::ia32_apic_base, base);
    }
    base |= apic_enabled;
    write_msr(msr::ia32_apic_base, base);
    if (x2apic)
        write_msr(msr::ia32_apic_base, base | x2apic_mode);
}

void send(u32 apic_id, u32 command) {
    if (x2apic) {
        // The MSR write orders nothing; what the other CPU shall see must be written by now.
        asm volatile("mfence; lfence" ::: "memory");
        write_msr(msr::ia32_x2apic + 0x30, u64{apic_id} << 32 | command);
        return;
    }
    constexpr u32 delivery_pending = 1U << 12;
    constexpr unsigned long_enough = 1'000'000;
    for (unsigned i = 0; (read(Register::icr_low) & delivery_pending) != 0 && i < long_enough; ++i)
        pause();
    write(Register::icr_high, apic_id << 24);
    write(Register::icr_low, command);
}

} // namespace

void find_lapic() {
    constexpr u64 base_address = 0x000ffffffffff000;
    const u64 base = read_msr(msr::ia32_apic_base);
    x2apic = (base & x2apic_mode) != 0;
    registers = physical(Hpa{base & base_address});
}

void enable_lapic() {
    enter_mode();
    for (const Register r : {Register::lvt_timer, Register::lvt_performance, Register::lvt_lint0,
                             Register::lvt_lint1, Register::lvt_error})
        write(r, masked);
    write(Register::task_priority, 0);
    write(Register::spurious, 0x100U | spurious_vector.value);
    constexpr u32 divide_by_16 = 3;
    write(Register::divide, divide_by_16);
    write(Register::lvt_timer, timer_vector.value);
}

bool lapic_reaches(u32 apic_id) {
    constexpr u32 broadcast = 0xff;
    return x2apic || apic_id < broadcast;
}

u32 lapic_id() {
    return x2apic ? read(Register::id) : read(Register::id) >> 24;
}
void end_of_interrupt() {
    write(Register::eoi, 0);
}

constexpr u32 assert_level = 1U << 14;
void send_init(u32 apic_id) {
    send(apic_id, assert_level | 5U << 8);
}
void send_startup(u32 apic_id, u8 page) {
    send(apic_id, assert_level | 6U << 8 | page);
}
void send_nmi(u32 apic_id) {
    send(apic_id, assert_level | 4U << 8);
}
void send_interrupt(u32 apic_id, Vector vector) {
    send(apic_id, assert_level | vector.value);
}

void start_lapic_timer(u32 count) {
    write(Register::initial_count, count);
}
u32 lapic_timer_count() {
    return read(Register::current_count);
}

} // namespace vestige::host
