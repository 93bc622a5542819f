// SPDX-License-Identifier: BSD-2-Clause
// What the BIOS keeps in memory and tells about the machine.
#include "info_functions.hpp"

#include "vestige/bios/data_area.hpp"
#include "vestige/bios/memory_map.hpp"
#include "vestige/bios/service.hpp"

namespace vestige::monitor {
namespace {

void show_vector(Context& context, unsigned number) {
    const machine::GuestMemory& memory = context.vm->board().memory;
    const u32 value = memory.load<u32>(Gpa{4 * number});
    const FarPtr vector{static_cast<u16>(value >> 16), static_cast<u16>(value)};
    const bios::Service* const service = bios::interrupts[number].service;
    context.say("{02x}h  {}{}{}{}", number, vector,
                vector == bios::default_vector(static_cast<u8>(number)) ? "  as the BIOS set it"
                                                                       : "",
                service != nullptr ? "  " : "", service != nullptr ? service->name : "");
}

struct Field {
    std::string_view name;
    Gpa address;
    u8 size;
};
constexpr std::array fields{
    Field{"COM1 port", bios::bda::com_ports, 2},
    Field{"LPT1 port", bios::bda::lpt_ports, 2},
    Field{"EBDA segment", bios::bda::ebda_segment, 2},
    Field{"equipment word", bios::bda::equipment, 2},
    Field{"base memory, KiB", bios::bda::base_memory, 2},
    Field{"shift flags", bios::bda::shift_flags, 2},
    Field{"key buffer head", bios::bda::key_head, 2},
    Field{"key buffer tail", bios::bda::key_tail, 2},
    Field{"floppy status", bios::bda::floppy_status, 1},
    Field{"video mode", bios::bda::video_mode, 1},
    Field{"columns", bios::bda::columns, 2},
    Field{"page size", bios::bda::page_size, 2},
    Field{"page start", bios::bda::page_start, 2},
    Field{"cursor, page 0", bios::bda::cursor_positions, 2},
    Field{"cursor shape", bios::bda::cursor_shape, 2},
    Field{"active page", bios::bda::active_page, 1},
    Field{"CRTC port", bios::bda::crtc_base, 2},
    Field{"timer ticks", bios::bda::ticks, 4},
    Field{"midnight flag", bios::bda::midnight, 1},
    Field{"reset flag", bios::bda::reset_flag, 2},
    Field{"disk status", bios::bda::disk_status, 1},
    Field{"hard disks", bios::bda::disk_count, 1},
    Field{"rows less one", bios::bda::rows, 1},
    Field{"character height", bios::bda::char_height, 2},
};

std::string_view memory_type(u32 type) {
    constexpr std::array<std::string_view, 6> names{"",     "usable",   "reserved",
                                                    "ACPI", "ACPI NVS", "unusable"};
    return type < names.size() ? names[type] : names[2];
}

} // namespace

void show_vectors(Context& context) {
    if (!context.words.empty()) {
        const std::string_view word = context.words.next();
        const auto number = config::parse_digits(
            word.ends_with('h') ? config::part(word, 0, word.size() - 1) : word, 16);
        if (!number || *number > 0xff)
            return context.say("\"{}\" is no interrupt: 00 to ff, hexadecimal", word);
        return show_vector(context, static_cast<unsigned>(*number));
    }
    const machine::GuestMemory& memory = context.vm->board().memory;
    unsigned changed = 0;
    for (unsigned i = 0; i < 256; ++i) {
        const FarPtr usual = bios::default_vector(static_cast<u8>(i));
        if (memory.load<u32>(Gpa{4 * i}) == (u32{usual.segment} << 16 | usual.offset))
            continue;
        show_vector(context, i);
        ++changed;
    }
    context.say("{} vectors are not as the BIOS set them up", changed);
}

void show_data_area(Context& context) {
    const machine::GuestMemory& memory = context.vm->board().memory;
    for (const Field& field : fields) {
        const u32 value = memory.load<u32>(field.address);
        context.say("{04x}  {-18} {x}h", field.address, field.name,
                    field.size == 1   ? value & 0xff
                    : field.size == 2 ? value & 0xffff
                                      : value);
    }
}

void show_memory_map(Context& context) {
    const bios::MemoryMap map = bios::memory_map(context.vm->config().memory_size);
    for (const bios::MapEntry& entry : map.entries)
        context.say("{010x} - {010x}  {8} KiB  {}", entry.start, entry.start + (entry.size - 1),
                    entry.size / kib, memory_type(entry.type));
}

void show_disks(Context& context) {
    constexpr std::array<std::string_view, 3> types{"floppy", "hard disk", "CD-ROM"};
    unsigned found = 0;
    for (unsigned number = 0; number < 256; ++number) {
        const disk::Drive* const drive =
            context.vm->board().drives.find(static_cast<u8>(number));
        if (drive == nullptr)
            continue;
        ++found;
        print(context.out, "{02x}h  {}, {} sectors of {} bytes", number,
              types[static_cast<std::size_t>(drive->type)], drive->device->sector_count(),
              drive->device->sector_size());
        if (drive->type != disk::DriveType::cdrom)
            print(context.out, ", {}/{}/{} cylinders/heads/sectors", drive->geometry.cylinders,
                  drive->geometry.heads, drive->geometry.sectors);
        context.say("{}", drive->device->read_only() ? ", read-only" : "");
    }
    if (found == 0)
        context.say("the VM has no drives");
}

} // namespace vestige::monitor
