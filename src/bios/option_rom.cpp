// SPDX-License-Identifier: BSD-2-Clause
#include "option_rom.hpp"

#include "checksum.hpp"
#include "post_memory.hpp"

#include "vestige/bios/service.hpp"

#include <algorithm>

namespace vestige::bios {
namespace {

using cpu::Gpr;
using cpu::SegmentName;

using Image = std::span<const std::byte>;

// As segments: ROMs lie at multiples of 2 KiB, the video BIOS first.
constexpr u16 video_rom = 0xc000, first_rom = 0xc800, end_of_roms = post_memory_segment, step = 0x80;
constexpr u16 signature = 0xaa55, post_stack = 0x7c00;
constexpr u8 bootstrap_interrupt = 0x19;
constexpr u64 size_unit = 512;

// Offsets in a ROM and in its Plug and Play expansion header.
constexpr u16 size_byte = 2, initialize_entry = 3, pci_data_pointer = 0x18, pnp_pointer = 0x1a;
constexpr u16 pnp_next = 6, connection_vector = 0x16, bootstrap_vector = 0x1a;

/// What was called last, kept on the guest's stack below the return address.
enum class Phase : u16 { initialize, connect };

Gpa address(u16 segment, u16 offset = 0) {
    return Gpa{(u64{segment} << 4) + offset};
}

/// True for the class code of a display controller in the image's PCI data structure.
bool is_video(Image image) {
    constexpr std::size_t class_code = 0x0d, display = 0x03;
    const std::size_t data = load_le<u16>(image, pci_data_pointer);
    constexpr std::size_t needed = 0x18;
    if (data == 0 || data + needed > image.size())
        return false;
    return load_le<u32>(image, data) == 0x52494350 && // "PCIR"
           static_cast<u8>(image[data + class_code + 2]) == display;
}

/// The bytes of an image that hold its first ROM; nothing when it is none.
Image rom_in(Image image) {
    constexpr std::size_t header = 0x1c;
    if (image.size() < header || load_le<u16>(image, 0) != signature)
        return {};
    const u64 size = static_cast<u8>(image[size_byte]) * size_unit;
    return size >= header && size <= image.size() ? image.first(size) : Image{};
}

/// Bytes of the ROM at a segment; 0 when none is there. Its checksum was right when it was put
/// there: a ROM that has changed itself need not have kept it.
u64 rom_size_at(const Call& call, u16 segment) {
    if (call.env.memory.load<u16>(address(segment)) != signature)
        return 0;
    return call.env.memory.load<u8>(address(segment, size_byte)) * size_unit;
}

/// Where the next ROM may be; end_of_roms at most.
u16 behind(u16 segment, u64 size) {
    const u64 next = segment + (size / 16 + step - 1) / step * step;
    return static_cast<u16>(std::min<u64>(next, end_of_roms));
}

bool fits(u16 segment, Image rom) {
    return rom.size() <= (end_of_roms - segment) * u64{16};
}

/// A vector in the ROM's first Plug and Play header that has one; 0 without.
u16 find_vector(const Call& call, u16 segment, u16 which) {
    constexpr unsigned most_headers = 16;
    u16 header = call.env.memory.load<u16>(address(segment, pnp_pointer));
    for (unsigned i = 0; i < most_headers && header != 0; ++i) {
        if (call.env.memory.load<u32>(address(segment, header)) != 0x506e5024) // "$PnP"
            return 0;
        const u16 at = static_cast<u16>(header + which);
        if (const u16 vector = call.env.memory.load<u16>(address(segment, at)); vector != 0)
            return vector;
        header = call.env.memory.load<u16>(address(segment, static_cast<u16>(header + pnp_next)));
    }
    return 0;
}

/// The first ROM from a segment on that has this vector; end_of_roms when there is none.
u16 find_rom_with(const Call& call, u16 segment, u16 which) {
    while (segment >= video_rom && segment < end_of_roms) {
        const u64 size = rom_size_at(call, segment);
        if (size != 0 && find_vector(call, segment, which) != 0)
            return segment;
        segment = size != 0 ? behind(segment, size) : static_cast<u16>(segment + step);
    }
    return end_of_roms;
}

/// Far call into a ROM that returns to a place in our segment. No ISA or PCI card is behind it.
Outcome call_rom(Call& call, FarPtr target, u16 return_to) {
    constexpr u16 no_card = 0xffff;
    call.push(bios_segment);
    call.push(return_to);
    call.set_ax(0);
    call.set_bx(no_card);
    call.set_dx(no_card);
    call.set_di(plug_and_play);
    call.set_selector(SegmentName::es, bios_segment);
    call.env.cpu.regs.rflags |= cpu::rflags::interrupt;
    return call.jump(target);
}

/// PMM calls ROMs with data segments that reach all memory, so that they can fill their blocks.
void set_data_limits(Call& call, bool big) {
    constexpr std::array data{SegmentName::ds, SegmentName::es, SegmentName::fs, SegmentName::gs};
    for (const SegmentName name : data) {
        cpu::Segment segment = call.env.cpu.segment(name);
        segment.limit = big ? 0xffffffff : 0xffff;
        segment.access_rights =
            static_cast<u32>(cpu::Segment::Granularity::set(segment.access_rights, big));
        call.env.cpu.set_segment(name, segment);
    }
}

Outcome call_in_phase(Call& call, Phase phase, u16 number, u16 segment, u16 offset) {
    call.push(number);
    call.push(segment);
    call.push(static_cast<u16>(phase));
    set_data_limits(call, true);
    return call_rom(call, {segment, offset},
                    static_cast<u16>(continuation_stubs + 4 * post_interrupt));
}

/// Where programs look for the ROM of the display there is one, if only with the name that they
/// look for: what serves INT 10h is in the other ROM.
void put_video_rom(Call& call) {
    if (rom_size_at(call, video_rom) != 0)
        return;
    constexpr std::size_t name_at = 0x1e;
    constexpr std::string_view name = "IBM VGA compatible";
    std::array<std::byte, size_unit> rom{};
    store_le<u16>(rom, 0, signature);
    rom[size_byte] = std::byte{1};
    rom[initialize_entry] = std::byte{0xcb}; // RETF
    for (std::size_t i = 0; i < name.size(); ++i)
        rom[name_at + i] = static_cast<std::byte>(name[i]);
    seal(rom, rom.size() - 1);
    call.env.memory.write(address(video_rom), rom);
}

/// ROMs may have hooked what comes now.
Outcome begin_boot(Call& call) {
    put_video_rom(call);
    set_data_limits(call, false);
    return call.jump_to_interrupt(bootstrap_interrupt);
}

Outcome connect_from(Call& call, u16 segment) {
    segment = find_rom_with(call, segment, connection_vector);
    if (segment == end_of_roms) {
        close_post_memory(call);
        return begin_boot(call);
    }
    return call_in_phase(call, Phase::connect, 0, segment,
                         find_vector(call, segment, connection_vector));
}

/// Displays are initialised before all others, so that the others can use them: numbers count
/// through the images twice. Nothing when this one is no ROM or not due in its round.
Image rom_number(const Call& call, u16 number) {
    const auto images = call.env.option_roms;
    const Image rom = rom_in(images[number % images.size()]);
    const bool first_round = number < images.size();
    return !rom.empty() && is_video(rom) == first_round ? rom : Image{};
}

/// Puts ROMs into memory from number on, until one is there to initialise.
Outcome initialize_from(Call& call, u16 number, u16 next) {
    for (; number < 2 * call.env.option_roms.size(); ++number) {
        const Image rom = rom_number(call, number);
        const bool display = number < call.env.option_roms.size();
        const u16 segment = display && rom_size_at(call, video_rom) == 0 ? video_rom : next;
        if (rom.empty() || byte_sum(rom) != 0 || !fits(segment, rom))
            continue;
        call.env.memory.write(address(segment), rom);
        // The next one goes behind this one, or into its place when it gives the place up.
        return call_in_phase(call, Phase::initialize, number, segment, initialize_entry);
    }
    return connect_from(call, video_rom);
}

} // namespace

Outcome run_option_roms(Call& call) {
    call.env.cpu.set_segment(SegmentName::ss, cpu::real_mode_segment(0));
    call.env.cpu.regs.set(Gpr::rsp, post_stack);
    if (call.env.option_roms.empty())
        return begin_boot(call);
    for (u16 segment = video_rom; segment < end_of_roms; segment = static_cast<u16>(segment + step))
        call.env.memory.store<u16>(address(segment), 0);
    open_post_memory(call);
    return initialize_from(call, 0, first_rom);
}

Outcome continue_option_roms(Call& call) {
    const u16 phase = call.pop();
    const u16 segment = std::clamp(call.pop(), video_rom, end_of_roms);
    const u16 rounds = static_cast<u16>(2 * call.env.option_roms.size());
    const u16 number = std::min(call.pop(), rounds);
    const u64 size = rom_size_at(call, segment);
    const u16 next = behind(segment, size);
    if (phase == static_cast<u16>(Phase::connect))
        return connect_from(call, std::max(next, static_cast<u16>(segment + step)));
    return initialize_from(call, static_cast<u16>(number + 1), std::max(next, first_rom));
}

std::optional<Outcome> boot_option_rom(Call& call) {
    if (call.env.option_roms.empty())
        return {};
    const u16 segment = find_rom_with(call, video_rom, bootstrap_vector);
    if (segment == end_of_roms)
        return {};
    return call_rom(call, {segment, find_vector(call, segment, bootstrap_vector)},
                    static_cast<u16>(call_stubs + 4 * 0x18));
}

} // namespace vestige::bios
