// SPDX-License-Identifier: BSD-2-Clause
// Devices, as their registers stand.
#include "info_functions.hpp"

#include "vestige/bios/data_area.hpp"

namespace vestige::monitor {

void show_pic(Context& context) {
    const devices::Pic8259& pic = context.vm->board().pic;
    for (unsigned i = 0; i < 2; ++i) {
        const devices::PicChip& chip = pic.chip(i);
        context.say("{} vectors {02x}h-{02x}h: requested {02x}, in service {02x}, masked {02x}, "
                    "lines {02x}, level {02x}{}",
                    i == 0 ? "master" : "slave ", chip.vector_base, chip.vector_base + 7, chip.irr,
                    chip.isr, chip.imr, chip.lines, chip.level, chip.auto_eoi ? ", auto EOI" : "");
    }
    context.say("an interrupt is pending: {}", pic.interrupt_pending());
}

void show_pit(Context& context) {
    const u64 now = devices::pit_ticks_at(context.vm->now());
    for (unsigned i = 0; i < 3; ++i) {
        const devices::PitChannel& channel = context.vm->board().pit.channel(i);
        context.say("channel {}: mode {}, reload {}, count {}, gate {}, output {}{}", i,
                    channel.mode, channel.reload, channel.count(now),
                    channel.gate ? "open" : "closed", channel.output(now) ? "high" : "low",
                    channel.loaded ? "" : ", not loaded");
    }
}

void show_cmos(Context& context) {
    devices::RtcCmos& rtc = context.vm->board().rtc;
    const devices::CivilTime time = rtc.time();
    context.say("{04}-{02}-{02} {02}:{02}:{02}", time.year, time.month, time.day, time.hour,
                time.minute, time.second);
    for (unsigned row = 0; row < 0x80; row += 16) {
        print(context.out, "{02x} ", row);
        for (unsigned i = row; i < row + 16; ++i) {
            // Reading register C would take its interrupt flags away from the guest.
            if (i == devices::cmos::status_c)
                context.out.write(" --");
            else
                print(context.out, " {02x}", rtc.read(static_cast<u8>(i)));
        }
        context.out.write("\n");
    }
}

void show_keyboard(Context& context) {
    const devices::Keyboard8042& keyboard = context.vm->board().keyboard;
    const machine::GuestMemory& memory = context.vm->board().memory;
    context.say("{} bytes wait in the keyboard, {} key events in the console; LEDs {x}",
                keyboard.queued(), context.control->console().keys().size(), keyboard.leds());
    context.say("BIOS buffer: head {04x}, tail {04x}, shift flags {04x}",
                memory.load<u16>(bios::bda::key_head), memory.load<u16>(bios::bda::key_tail),
                memory.load<u16>(bios::bda::shift_flags));
}

void show_video(Context& context) {
    const devices::Vga& vga = context.vm->board().vga;
    const devices::TextLayout layout = vga.text_layout();
    context.say("mode {02x}h by the BIOS; {} columns, {} rows, starts at {04x}, cursor at {04x}{}",
                context.vm->board().memory.load<u8>(bios::bda::video_mode), layout.columns,
                layout.rows, layout.start, layout.cursor,
                layout.cursor_visible ? "" : " (hidden)");
    context.out.write("CRTC");
    for (unsigned i = 0; i < 0x19; ++i)
        print(context.out, " {02x}", vga.crtc(static_cast<u8>(i)));
    context.out.write("\nsequencer");
    for (unsigned i = 0; i < 5; ++i)
        print(context.out, " {02x}", vga.sequencer(static_cast<u8>(i)));
    context.out.write("\n");
}

} // namespace vestige::monitor
