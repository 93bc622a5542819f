// SPDX-License-Identifier: BSD-2-Clause
// INT 10h AH=4Fh: VESA BIOS extensions (VBE Core Functions Standard). AX answers: 004Fh, or AH=01h
// failed, 02h not with this hardware, 03h not in this mode.
#include "video_internal.hpp"

#include <algorithm>

namespace vestige::bios {
namespace {

constexpr u16 works = 0x004f, failed = 0x014f, not_with_hardware = 0x024f, not_in_mode = 0x034f;
constexpr u16 no_function = 0x0100;
constexpr u16 linear = 0x4000, keep_memory_flag = 0x8000;
constexpr u16 wide_dac_bit = 0x20;

Outcome answer(Call& call, u16 ax) {
    call.set_ax(ax);
    return Outcome::done;
}

/// The mode of VBE that is on, with pixels; null in others.
const VideoMode* pixel_mode(const Call& call) {
    const VideoMode* const mode = current_mode(call);
    const bool on = (call.env.vga.dispi(devices::Dispi::enable) & 1) != 0;
    return mode != nullptr && mode->number >= 0x100 && !mode->text() && on ? mode : nullptr;
}

/// What four rows of bits a planar mode counts as one.
unsigned pixels_of_bytes(const VideoMode& mode, unsigned bytes) {
    return mode.model == MemoryModel::planar ? bytes * 8 : bytes / ((mode.bits + 7U) / 8);
}

unsigned most_lines(const Call& call, unsigned pitch) {
    const u64 size = call.env.vga.storage().frame.size();
    return pitch == 0 ? 0 : static_cast<unsigned>(std::min<u64>(size / pitch, 0xffff));
}

} // namespace

Outcome vbe_refused(Call& call) {
    return answer(call, no_function);
}

Outcome vbe_set_mode(Call& call) {
    const u16 number = call.bx() & 0x1ff;
    const bool keep_memory = (call.bx() & keep_memory_flag) != 0;
    const VideoMode* const mode = find_mode(number);
    if (mode == nullptr || !enter_mode(call, *mode, keep_memory))
        return answer(call, failed);
    if (number >= 0x100)
        call.set_bda<u16>(bda::vbe_mode,
                          static_cast<u16>(number | (call.bx() & (linear | keep_memory_flag))));
    return answer(call, works);
}

Outcome vbe_get_mode(Call& call) {
    const u16 vbe = call.bda<u16>(bda::vbe_mode);
    call.set_bx(vbe != 0 ? vbe : call.bda<u8>(bda::video_mode));
    return answer(call, works);
}

Outcome vbe_save_restore(Call& call) {
    if (call.dl() > 2)
        return answer(call, failed);
    const SavedParts parts = SavedParts::from(call.cx());
    if (call.dl() == 0)
        call.set_bx(saved_blocks(parts));
    else if (call.dl() == 1)
        save_state(call, parts, call.bx());
    else
        restore_state(call, parts, call.bx());
    return answer(call, works);
}

/// BH=00h sets and 01h gets the 64 KiB of video memory that are at A0000h.
Outcome vbe_window(Call& call) {
    if (pixel_mode(call) == nullptr || call.bh() > 1 || call.bl() != 0)
        return answer(call, failed);
    if ((call.bda<u16>(bda::vbe_mode) & linear) != 0)
        return answer(call, not_in_mode);
    devices::Vga& vga = call.env.vga;
    if (call.bh() == 1) {
        call.set_dx(vga.dispi(devices::Dispi::bank));
    } else {
        vga.set_dispi(devices::Dispi::bank, call.dx());
        if (vga.dispi(devices::Dispi::bank) != call.dx())
            return answer(call, failed);
    }
    return answer(call, works);
}

Outcome vbe_line_length(Call& call) {
    using devices::Dispi;
    const VideoMode* const mode = pixel_mode(call);
    if (mode == nullptr || call.bl() > 3)
        return answer(call, failed);
    devices::Vga& vga = call.env.vga;
    const u16 old = vga.dispi(Dispi::virtual_width);
    const u64 frame = vga.storage().frame.size();
    const unsigned bits = mode->bits == 15 ? 16 : mode->bits;
    const u64 most = std::min<u64>(frame * 8 / bits / mode->height, 0x7ff8) & ~u64{7};
    unsigned pixels = old;
    if (call.bl() == 0)
        pixels = (call.cx() + 7U) & ~7U;
    else if (call.bl() == 2)
        pixels = (pixels_of_bytes(*mode, call.cx()) + 7U) & ~7U;
    if (call.bl() != 3 && pixels > most)
        return answer(call, not_with_hardware);
    if (call.bl() == 3)
        pixels = static_cast<unsigned>(most);
    else
        vga.set_dispi(Dispi::virtual_width, static_cast<u16>(std::max<unsigned>(pixels, mode->width)));
    const unsigned now = call.bl() == 3 ? pixels : vga.dispi(Dispi::virtual_width);
    const unsigned pitch = now * bits / 8;
    call.set_bx(static_cast<u16>(mode->model == MemoryModel::planar ? pitch / 4 : pitch));
    call.set_cx(static_cast<u16>(now));
    call.set_dx(static_cast<u16>(most_lines(call, pitch)));
    return answer(call, works);
}

/// BL=00h or 80h sets and 01h gets the first pixel that is shown.
Outcome vbe_display_start(Call& call) {
    using devices::Dispi;
    if (pixel_mode(call) == nullptr)
        return answer(call, failed);
    devices::Vga& vga = call.env.vga;
    if (call.bl() == 1) {
        call.set_bh(0);
        call.set_cx(vga.dispi(Dispi::x_offset));
        call.set_dx(vga.dispi(Dispi::y_offset));
        return answer(call, works);
    }
    if (call.bl() != 0 && call.bl() != 0x80)
        return answer(call, failed);
    // Behind the right edge the next row goes on.
    const unsigned down = call.dx() + unsigned{vga.dispi(Dispi::height)} + (call.cx() != 0 ? 1 : 0);
    if (call.cx() >= vga.dispi(Dispi::virtual_width) || down > vga.dispi(Dispi::virtual_height))
        return answer(call, not_with_hardware);
    vga.set_dispi(Dispi::x_offset, call.cx());
    vga.set_dispi(Dispi::y_offset, call.dx());
    return answer(call, works);
}

Outcome vbe_dac_width(Call& call) {
    using devices::Dispi;
    const VideoMode* const mode = pixel_mode(call);
    if (call.bl() > 1)
        return answer(call, failed);
    if (mode == nullptr || mode->bits != 8)
        return answer(call, not_in_mode);
    devices::Vga& vga = call.env.vga;
    if (call.bl() == 0) {
        if (call.bh() != 6 && call.bh() != 8)
            return answer(call, failed);
        const u16 rest = static_cast<u16>(vga.dispi(Dispi::enable) & ~wide_dac_bit);
        vga.set_dispi(Dispi::enable, call.bh() == 8 ? static_cast<u16>(rest | wide_dac_bit) : rest);
    }
    call.set_bh(vga.wide_dac() ? 8 : 6);
    return answer(call, works);
}

/// Rows of blue, green, red and a byte that says nothing, at ES:DI.
Outcome vbe_palette(Call& call) {
    const u8 function = call.bl();
    if (function == 2 || function == 3) // a second palette
        return answer(call, not_with_hardware);
    if ((function != 0 && function != 1 && function != 0x80) || call.dx() > 255 ||
        call.cx() > 256U - call.dx())
        return answer(call, failed);
    devices::Vga& vga = call.env.vga;
    for (u16 i = 0; i < call.cx(); ++i) {
        const u8 index = static_cast<u8>(call.dx() + i);
        const u16 at = static_cast<u16>(call.di() + 4 * i);
        std::array<std::byte, 4> row{};
        if (function == 1) {
            for (unsigned part = 0; part < 3; ++part)
                row[2 - part] = static_cast<std::byte>(vga.dac(index, part));
            call.write(cpu::SegmentName::es, at, row);
        } else {
            call.read(cpu::SegmentName::es, at, row);
            vga.set_dac(index, static_cast<u8>(row[2]), static_cast<u8>(row[1]),
                        static_cast<u8>(row[0]));
        }
    }
    return answer(call, works);
}

Outcome vbe_protected_interface(Call& call) {
    if (call.bl() != 0)
        return answer(call, failed);
    call.set_selector(cpu::SegmentName::es, bios_segment);
    call.set_di(rom_vbe_interface);
    call.set_cx(rom_vbe_interface_size);
    return answer(call, works);
}

/// DPMS: the screen is on or off; which state it is off in nobody sees.
Outcome vbe_power(Call& call) {
    constexpr u8 screen_off = 0x20;
    devices::Vga& vga = call.env.vga;
    const u8 clocking = vga.sequencer(1);
    switch (call.bl()) {
    case 0:
        call.set_bl(0x10); // version 1.0
        call.set_bh(0x07); // stand-by, suspend, off
        return answer(call, works);
    case 1:
        vga.set_sequencer(1, static_cast<u8>(call.bh() == 0 ? clocking & ~screen_off
                                                            : clocking | screen_off));
        return answer(call, works);
    case 2:
        call.set_bh((clocking & screen_off) != 0 ? 4 : 0);
        return answer(call, works);
    default:
        return answer(call, failed);
    }
}

} // namespace vestige::bios
