// SPDX-License-Identifier: BSD-2-Clause
#include "slot.hpp"

#include "console.hpp"
#include "gdb_port.hpp"

#include "vestige/host/clock.hpp"
#include "vestige/host/control_registers.hpp"
#include "vestige/host/cpuid.hpp"
#include "vestige/host/lapic.hpp"
#include "vestige/host/msr.hpp"

namespace vestige {
namespace {

constexpr std::size_t text_memory = 0xb8000, text_memory_size = 32 * kib;

vm::BoardLinks board_links(monitor::VmConsole& console, SerialRoute* com1) {
    if (com1 != nullptr)
        return {*com1, *com1, console.debug_out()};
    return {console.com1_out(), console.com1_in(), console.debug_out()};
}

} // namespace

u64 HostCpu::tsc() const {
    return host::read_tsc();
}
u64 HostCpu::to_nanoseconds(u64 ticks) const {
    return host::tsc_to_nanoseconds(ticks);
}
u64 HostCpu::to_ticks(u64 nanoseconds) const {
    return host::nanoseconds_to_tsc(nanoseconds);
}
/// A CPU without the register says nothing of the kind.
bool HostCpu::fast_strings() const {
    constexpr u64 enabled = bit(0);
    return (host::try_read_msr(host::msr::ia32_misc_enable).value_or(0) & enabled) != 0;
}
void HostCpu::idle_until(u64 deadline) {
    host::idle_until(deadline);
}
void HostCpu::poll() {
    if (serial_ != nullptr)
        serial_->poll();
    if (has_console_) {
        poll_console();
        poll_gdb();
    }
}
cpu::CpuidResult HostCpu::cpuid(u32 leaf, u32 subleaf) const {
    const host::CpuidResult r = host::cpuid(leaf, subleaf);
    return {r.eax, r.ebx, r.ecx, r.edx};
}

Slot::Slot(const vm::VmConfig& config, const vm::GuestStorage& storage, SerialRoute* com1)
    : console{config.name.view(), slot_screen}, keys{console}, host{config.cpu == 0, com1},
      machine{config, host, {board_links(console, com1), console, keys}, storage},
      screen{machine.board().vga, storage.ram.subspan(text_memory, text_memory_size)} {
    slot_screen.show(screen);
}

} // namespace vestige
