// SPDX-License-Identifier: BSD-2-Clause
// INT 10h: what there is and how it is set, and keeping all of that for later.
#include "video_internal.hpp"

#include <algorithm>

namespace vestige::bios {
namespace {

constexpr u16 block_size = 64;
constexpr u16 hardware_blocks = 2, bios_blocks = 1, dac_blocks = 13, vbe_blocks = 1;
constexpr u8 chosen = 0x12;
constexpr u8 screen_off = 0x20; ///< clocking mode register

// Parts of the BIOS data area that the state table and saved states have.
constexpr Gpa first_part{0x449}, second_part{0x484};
constexpr std::size_t first_size = 30, second_size = 7;

void change_bits(Call& call, Gpa field, u8 mask, u8 bits) {
    call.set_bda<u8>(field, static_cast<u8>((call.bda<u8>(field) & ~mask) | (bits & mask)));
}

/// BL=30h: lines of the next text mode.
bool choose_lines(Call& call) {
    constexpr std::array<u8, 3> flags{0x80, 0x00, 0x10}, switches{0x08, 0x09, 0x09};
    if (call.al() > 2)
        return false;
    change_bits(call, bda::video_flags, 0x90, flags[call.al()]);
    change_bits(call, bda::video_switches, 0x0f, switches[call.al()]);
    return true;
}

/// Little-endian bytes at ES:offset, one after the other.
class Buffer {
  public:
    Buffer(Call& call, u16 offset) : call_{call}, at_{offset} {}
    void put(u8 value) { call_.store<u8>(cpu::SegmentName::es, at_++, value); }
    void put_word(u16 value) {
        put(static_cast<u8>(value));
        put(static_cast<u8>(value >> 8));
    }
    u8 get() { return call_.load<u8>(cpu::SegmentName::es, at_++); }
    u16 get_word() {
        const u8 low = get();
        return static_cast<u16>(low | get() << 8);
    }
    void put_memory(Gpa from, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i)
            put(call_.env.memory.load<u8>(from + i));
    }
    void get_memory(Gpa to, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i)
            call_.env.memory.store<u8>(to + i, get());
    }

  private:
    Call& call_;
    u16 at_;
};

template <std::size_t N> void put_all(Buffer& out, const std::array<u8, N>& values) {
    for (const u8 value : values)
        out.put(value);
}
template <std::size_t N> void get_all(Buffer& in, std::array<u8, N>& values) {
    for (u8& value : values)
        value = in.get();
}

void save_hardware(const devices::VgaRegisters& r, Buffer out) {
    put_all(out, r.crtc);
    put_all(out, r.sequencer);
    put_all(out, r.graphics);
    put_all(out, r.attribute);
    for (const u8 value : {r.misc, r.feature, r.crtc_index, r.sequencer_index, r.graphics_index,
                           r.attribute_index})
        out.put(value);
    for (unsigned i = 0; i < 4; ++i)
        out.put(static_cast<u8>(r.latches >> (8 * i)));
}

devices::VgaRegisters load_hardware(Buffer in) {
    devices::VgaRegisters r;
    get_all(in, r.crtc);
    get_all(in, r.sequencer);
    get_all(in, r.graphics);
    get_all(in, r.attribute);
    r.misc = in.get();
    r.feature = in.get() & 0x10;
    r.crtc_index = in.get() & 31;
    r.sequencer_index = in.get() & 7;
    r.graphics_index = in.get() & 15;
    r.attribute_index = in.get() & 63;
    for (unsigned i = 0; i < 4; ++i)
        r.latches |= u32{in.get()} << (8 * i);
    return r;
}

struct MemoryPart {
    Gpa start;
    std::size_t size;
};
constexpr std::array<MemoryPart, 6> bios_parts{{{first_part, first_size},
                                                {second_part, second_size},
                                                {bda::video_save_pointer, 4},
                                                {bda::vbe_mode, 2},
                                                {Gpa{4 * 0x1f}, 4},
                                                {Gpa{4 * 0x43}, 4}}};

void save_dac(const devices::Vga& vga, Buffer out) {
    out.put(vga.pel_mask());
    for (unsigned i = 0; i < 768; ++i)
        out.put(vga.dac(static_cast<u8>(i / 3), i % 3));
    out.put(vga.attribute(0x14));
}

void load_dac(devices::Vga& vga, Buffer in) {
    vga.set_pel_mask(in.get());
    for (unsigned i = 0; i < 256; ++i) {
        const u8 red = in.get(), green = in.get(), blue = in.get();
        vga.set_dac(static_cast<u8>(i), red, green, blue);
    }
    vga.set_attribute(0x14, in.get());
}

using devices::Dispi;
/// In the order in which they are to be set again: enable last but what needs it on.
constexpr std::array saved_dispi{Dispi::width,         Dispi::height,   Dispi::bits,
                                 Dispi::enable,        Dispi::bank,     Dispi::virtual_width,
                                 Dispi::x_offset,      Dispi::y_offset};

void load_dispi(devices::Vga& vga, Buffer in) {
    constexpr u16 keep_memory = 0x80;
    vga.set_dispi(Dispi::enable, 0);
    for (const Dispi index : saved_dispi) {
        const u16 value = in.get_word();
        vga.set_dispi(index, index == Dispi::enable && (value & 1) != 0
                                 ? static_cast<u16>(value | keep_memory)
                                 : value);
    }
}

} // namespace

/// AH=12h by BL. What is supported answers AL=12h.
Outcome alternate_select(Call& call) {
    const bool mono = call.bda<u16>(bda::crtc_base) == 0x3b4;
    devices::Vga& vga = call.env.vga;
    switch (call.bl()) {
    case 0x10:
        call.set_bx(mono ? 0x0103 : 0x0003); // 256 KiB
        call.set_cx(call.bda<u8>(bda::video_switches) & 0x0f);
        return Outcome::done;
    case 0x20: { // ours prints every text mode
        const FarPtr handler = default_vector(0x05);
        call.env.memory.store<u16>(Gpa{4 * 0x05}, handler.offset);
        call.env.memory.store<u16>(Gpa{4 * 0x05 + 2}, handler.segment);
        return Outcome::done;
    }
    case 0x30:
        static_cast<void>(choose_lines(call));
        break;
    case 0x31:
        change_bits(call, bda::video_flags, 0x08, static_cast<u8>((call.al() & 1) << 3));
        break;
    case 0x32:
        vga.set_misc(static_cast<u8>((vga.registers().misc & ~2U) | (call.al() & 1 ? 0U : 2U)));
        break;
    case 0x33:
        change_bits(call, bda::video_flags, 0x02, (call.al() & 1) != 0 ? 0 : 2);
        break;
    case 0x34:
        change_bits(call, bda::video_control, 0x01, call.al());
        break;
    case 0x35: // there is no other display to switch to
        break;
    case 0x36:
        vga.set_sequencer(1, static_cast<u8>((vga.sequencer(1) & ~screen_off) |
                                             ((call.al() & 1) != 0 ? screen_off : 0)));
        break;
    default:
        return Outcome::done;
    }
    call.set_al(chosen);
    return Outcome::done;
}

Outcome display_combination(Call& call) {
    if (call.al() == 0)
        call.set_bx(call.bda<u8>(bda::display_index));
    else
        call.set_bda<u8>(bda::display_index, call.bl());
    call.set_al(0x1a);
    return Outcome::done;
}

/// BX=0000h: 64 bytes about the present mode.
Outcome state_information(Call& call) {
    if (call.bx() != 0)
        return Outcome::done;
    const VideoMode* const mode = current_mode(call);
    const bool text = mode == nullptr || mode->text();
    const unsigned colours = text ? 16 : 1U << std::min<unsigned>(mode->bits, 8);
    const unsigned lines = !text && mode->number < 0x100 ? mode->height : 400;
    Buffer out{call, call.di()};
    out.put_word(rom_video_functions);
    out.put_word(bios_segment);
    out.put_memory(first_part, first_size);
    out.put(call.bda<u8>(bda::rows));
    out.put_word(call.bda<u16>(bda::char_height));
    out.put(call.bda<u8>(bda::display_index));
    out.put(0); // no second display
    out.put_word(static_cast<u16>(colours));
    out.put(mode == nullptr ? 8 : mode->pages());
    out.put(lines == 200 ? 0 : lines == 350 ? 1 : lines == 480 ? 3 : 2);
    out.put(0); // primary font block
    out.put(0); // secondary one
    const bool blinks = (call.env.vga.attribute(0x10) & 8) != 0;
    const bool emulates_cursor = (call.bda<u8>(bda::video_control) & 1) == 0;
    const u8 flags = call.bda<u8>(bda::video_flags);
    out.put(static_cast<u8>(0x01 | (flags & 0x02) | (flags & 0x08) | (emulates_cursor ? 0x10 : 0) |
                            (blinks ? 0x20 : 0)));
    for (unsigned i = 0; i < 3; ++i)
        out.put(0);
    out.put(3); // 256 KiB
    out.put(0); // no save pointers
    for (unsigned i = 0; i < 13; ++i)
        out.put(0);
    call.set_al(0x1b);
    return Outcome::done;
}

u16 saved_blocks(const SavedParts& parts) {
    return static_cast<u16>((parts.hardware ? hardware_blocks : 0) +
                            (parts.bios ? bios_blocks : 0) + (parts.dac ? dac_blocks : 0) +
                            (parts.vbe ? vbe_blocks : 0));
}

void save_state(Call& call, const SavedParts& parts, u16 offset) {
    const devices::Vga& vga = call.env.vga;
    if (parts.hardware) {
        save_hardware(vga.registers(), {call, offset});
        offset = static_cast<u16>(offset + hardware_blocks * block_size);
    }
    if (parts.bios) {
        Buffer out{call, offset};
        for (const auto& [from, size] : bios_parts)
            out.put_memory(from, size);
        offset = static_cast<u16>(offset + bios_blocks * block_size);
    }
    if (parts.dac) {
        save_dac(vga, {call, offset});
        offset = static_cast<u16>(offset + dac_blocks * block_size);
    }
    if (parts.vbe) {
        Buffer out{call, offset};
        for (const Dispi index : saved_dispi)
            out.put_word(vga.dispi(index));
    }
}

void restore_state(Call& call, const SavedParts& parts, u16 offset) {
    devices::Vga& vga = call.env.vga;
    const u16 hardware_at = offset;
    if (parts.hardware)
        offset = static_cast<u16>(offset + hardware_blocks * block_size);
    if (parts.bios) {
        Buffer in{call, offset};
        for (const auto& [to, size] : bios_parts)
            in.get_memory(to, size);
        offset = static_cast<u16>(offset + bios_blocks * block_size);
    }
    const u16 dac_at = offset;
    if (parts.dac)
        offset = static_cast<u16>(offset + dac_blocks * block_size);
    if (parts.vbe)
        load_dispi(vga, {call, offset});
    if (parts.hardware)
        vga.set_registers(load_hardware({call, hardware_at}));
    if (parts.dac)
        load_dac(vga, {call, dac_at});
    call.env.screen.screen_written();
}

/// AH=1Ch: hardware, BIOS data and DAC, as the bits of CX ask for.
Outcome save_restore(Call& call) {
    if ((call.cx() & ~7U) != 0)
        return Outcome::done;
    const SavedParts parts = SavedParts::from(call.cx());
    if (call.al() == 0)
        call.set_bx(saved_blocks(parts));
    else if (call.al() == 1)
        save_state(call, parts, call.bx());
    else
        restore_state(call, parts, call.bx());
    call.set_al(0x1c);
    return Outcome::done;
}

} // namespace vestige::bios
