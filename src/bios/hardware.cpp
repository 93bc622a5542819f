// SPDX-License-Identifier: BSD-2-Clause
// Hardware interrupts without a device of ours behind them.
#include "vestige/bios/service.hpp"

namespace vestige::bios {
namespace {

constexpr u8 non_specific_eoi = 0x20, specific_eoi = 0x60;

/// The line of the 8259 pair whose interrupts this stub serves. Which stub ran decides: programs
/// move the controllers' vectors and reflect them here.
constexpr unsigned line_of(u8 interrupt) {
    return interrupt >= 0x70 ? interrupt - 0x70U + 8 : interrupt - 0x08U;
}

void write_pic(Call& call, unsigned chip, unsigned odd, u8 value) {
    const u16 base = chip == 0 ? 0x20 : 0xa0;
    call.env.pic.write_port(Port{static_cast<u16>(base + odd)}, Width::byte, value);
}

} // namespace

/// As the AT's: an interrupt that nobody serves is masked and ended. One that is not in service is
/// an exception of the CPU, a software interrupt or a spurious request and only returns.
Outcome unexpected_interrupt(Call& call) {
    const unsigned line = line_of(call.interrupt());
    const unsigned chip = line / 8;
    const u8 mask = static_cast<u8>(1U << line % 8);
    const devices::PicChip& controller = call.env.pic.chip(chip);
    if ((controller.isr & mask) == 0)
        return Outcome::done;
    call.set_bda<u8>(bda::last_interrupt, mask);
    if (line != devices::Pic8259::cascade)
        write_pic(call, chip, 1, static_cast<u8>(controller.imr | mask));
    write_pic(call, chip, 0, static_cast<u8>(specific_eoi | line % 8));
    if (chip != 0)
        write_pic(call, 0, 0, specific_eoi | devices::Pic8259::cascade);
    return Outcome::done;
}

Outcome floppy_interrupt(Call& call) {
    constexpr u8 interrupt_seen = 0x80;
    call.set_bda<u8>(bda::floppy_recalibrate,
                     call.bda<u8>(bda::floppy_recalibrate) | interrupt_seen);
    call.env.pic.end_of_interrupt(6);
    return Outcome::done;
}

Outcome disk_interrupt(Call& call) {
    call.set_bda<u8>(bda::disk_interrupt_seen, 0xff);
    call.env.pic.end_of_interrupt(14);
    return Outcome::done;
}

/// IRQ 9 is where IRQ 2 of the PC went: its handler, which ends it at the master, goes on.
Outcome redirected_interrupt(Call& call) {
    write_pic(call, 1, 0, non_specific_eoi);
    return call.jump_to_interrupt(0x0a);
}

/// IRQ 13: software for the PC expects errors of the coprocessor as an NMI.
Outcome fpu_interrupt(Call& call) {
    if (call.entry() == Entry::continuation)
        return Outcome::done;
    call.env.coprocessor.acknowledge();
    call.env.pic.end_of_interrupt(13);
    return call.call_interrupt(0x02);
}

} // namespace vestige::bios
