// SPDX-License-Identifier: BSD-2-Clause
// The power-on self-test: devices, vectors, data area, banner, boot.
#include "acpi_tables.hpp"
#include "option_rom.hpp"
#include "pci_setup.hpp"

#include "vestige/bios/memory_map.hpp"
#include "vestige/bios/service.hpp"

#include "vestige/base/format.hpp"

#include <algorithm>
#include <optional>

namespace vestige::bios {

using disk::DriveType;

namespace {

constexpr u8 uart_interrupt_enable = 1;

void program_devices(Call& call) {
    devices::Pic8259& pic = call.env.pic;
    const auto out = [](auto& device, u16 port, u8 value) {
        device.write_port(Port{port}, Width::byte, value);
    };
    out(pic, 0x20, 0x11);
    out(pic, 0x21, 0x08);
    out(pic, 0x21, 0x04);
    out(pic, 0x21, 0x01);
    out(pic, 0xa0, 0x11);
    out(pic, 0xa1, 0x70);
    out(pic, 0xa1, 0x02);
    out(pic, 0xa1, 0x01);
    out(pic, 0x21, 0xb8); // timer, keyboard, cascade and floppy
    out(pic, 0xa1, 0x8e); // RTC, FPU and disks
    out(call.env.pit, 0x43, 0x34);
    out(call.env.pit, 0x40, 0x00);
    out(call.env.pit, 0x40, 0x00);
    out(call.env.pit, 0x61, 0x00);
    out(call.env.keyboard, 0x64, 0x60);
    out(call.env.keyboard, 0x60, 0x65); // translated scan codes, IRQ 1, mouse off
    call.env.com1.write(uart_interrupt_enable, 0);
    namespace reg = devices::cmos;
    call.env.rtc.write(reg::status_a, 0x26);
    call.env.rtc.write(reg::status_b, 0x02); // 24 hours, BCD, no interrupts
    static_cast<void>(call.env.rtc.read(reg::status_c));
}

void set_vector(Call& call, u8 interrupt, FarPtr target) {
    call.env.memory.store<u32>(Gpa{4 * u64{interrupt}}, u32{target.segment} << 16 | target.offset);
}

void set_vectors(Call& call) {
    for (unsigned i = 0; i < 256; ++i)
        set_vector(call, static_cast<u8>(i), default_vector(static_cast<u8>(i)));
}

/// The parameter tables of the first two fixed disks, which INT 41h and INT 46h point to.
void fill_disk_tables(Call& call) {
    constexpr u16 first_table = 0x3d, table_size = 16;
    constexpr std::array<u8, 2> vectors{0x41, 0x46};
    for (u8 i = 0; i < vectors.size(); ++i) {
        const disk::Drive* const drive = call.env.drives.find(static_cast<u8>(0x80 + i));
        if (drive == nullptr || drive->type != DriveType::disk)
            continue;
        const disk::Geometry& g = drive->geometry;
        std::array<std::byte, table_size> table{};
        store_le<u16>(table, 0, static_cast<u16>(g.cylinders));
        table[2] = static_cast<std::byte>(g.heads);
        store_le<u16>(table, 5, 0xffff);                              // no precompensation
        table[8] = static_cast<std::byte>(g.heads > 8 ? 0xc8 : 0xc0); // control byte
        store_le<u16>(table, 12, static_cast<u16>(g.cylinders));      // landing zone
        table[14] = static_cast<std::byte>(g.sectors);
        const FarPtr place{ebda_segment, static_cast<u16>(first_table + table_size * i)};
        call.env.memory.write(Gpa{place.linear().value()}, table);
        set_vector(call, vectors[i], place);
    }
}

u16 equipment_word(const Call& call) {
    const std::size_t floppies = call.env.drives.count(DriveType::floppy);
    u16 word = 0x0002 | 0x0020 | 0x0200; // FPU, 80x25 colour, one serial port
    if (call.env.board.parallel_port)
        word |= 0x4000;
    if (call.env.board.mouse)
        word |= 0x0004;
    if (floppies != 0)
        word = static_cast<u16>(word | 1 | (floppies - 1) << 6);
    return word;
}

void fill_data_area(Call& call) {
    for (u64 at = 0x400; at < 0x500; at += 2)
        call.env.memory.store<u16>(Gpa{at}, 0);
    call.set_bda<u16>(bda::com_ports, 0x3f8);
    if (call.env.board.parallel_port) {
        call.set_bda<u16>(bda::lpt_ports, 0x378);
        call.set_bda<u8>(bda::lpt_timeouts, 0x14);
    }
    call.set_bda<u16>(bda::ebda_segment, ebda_segment);
    call.set_bda<u16>(bda::equipment, equipment_word(call));
    call.set_bda<u16>(bda::base_memory, base_memory_kib);
    for (const Gpa field : {bda::key_head, bda::key_tail, bda::key_buffer_start})
        call.set_bda<u16>(field, 0x1e);
    call.set_bda<u16>(bda::key_buffer_end, 0x3e);
    call.set_bda<u8>(bda::keyboard_flags3, 0x10); // 101 keys
    call.set_bda<u8>(bda::disk_count, static_cast<u8>(call.env.drives.count(DriveType::disk)));
    for (u64 i = 0; i < 4; ++i)
        call.set_bda<u8>(bda::com_timeouts + i, 0x01);
    const devices::CivilTime now = call.env.rtc.time();
    const u64 seconds = now.hour * 3600U + now.minute * 60U + now.second;
    call.set_bda<u32>(bda::ticks, static_cast<u32>(seconds * ticks_per_day / 86400));
    call.env.memory.store<u8>(Gpa{u64{ebda_segment} << 4}, 1); // size in KiB
}

u8 floppy_type(Call& call, u8 number) {
    const disk::Drive* const drive = call.env.drives.find(number);
    return drive != nullptr ? drive->floppy_type : u8{0};
}

void fill_cmos(Call& call) {
    namespace reg = devices::cmos;
    devices::RtcCmos& rtc = call.env.rtc;
    const MemoryMap map = memory_map(call.env.memory_size);
    const auto word = [&rtc](u8 at, u64 value) {
        rtc.set_ram(at, static_cast<u8>(value));
        rtc.set_ram(static_cast<u8>(at + 1), static_cast<u8>(value >> 8));
    };
    const u64 extended = std::min<u64>(map.extended / kib, 0xffff);
    word(reg::base_low, base_memory_kib + 1);
    word(reg::extended_low, extended);
    word(reg::extended_low2, extended);
    word(reg::above_16m_low, map.extended > 15 * mib ? (map.extended - 15 * mib) / (64 * kib) : 0);
    word(reg::above_4g, map.above_4g / (64 * kib));
    rtc.set_ram(reg::above_4g + 2, static_cast<u8>(map.above_4g / (64 * kib) >> 16));
    rtc.set_ram(reg::floppy_types,
                static_cast<u8>(floppy_type(call, 0) << 4 | floppy_type(call, 1)));
    const std::size_t disks = call.env.drives.count(DriveType::disk);
    rtc.set_ram(reg::disk_types, static_cast<u8>((disks > 0 ? 0xf0 : 0) | (disks > 1 ? 0x0f : 0)));
    rtc.set_ram(reg::equipment, static_cast<u8>(equipment_word(call)));
    rtc.update_checksum();
}

void banner(Call& call) {
    char line[100];
    print_text(call, format_in(line, "Vestige BIOS, {} KiB base, {} MiB memory\n", base_memory_kib,
                               call.env.memory_size / mib));
    print_text(call, format_in(line, "{} floppy, {} hard disk, {} CD\n\n",
                               call.env.drives.count(DriveType::floppy),
                               call.env.drives.count(DriveType::disk),
                               call.env.drives.count(DriveType::cdrom)));
}

/// The shutdown byte of programs that reset the CPU to leave protected mode: go on at 40:67h.
std::optional<Outcome> resume_after_reset(Call& call) {
    constexpr u8 with_eoi = 0x05, without_eoi = 0x0a;
    constexpr Gpa resume_vector{0x467};
    const u8 code = call.env.rtc.read(devices::cmos::shutdown);
    call.env.rtc.write(devices::cmos::shutdown, 0);
    if (code != with_eoi && code != without_eoi)
        return {};
    if (code == with_eoi)
        call.env.pic.end_of_interrupt(8);
    const u32 target = call.bda<u32>(resume_vector);
    return call.jump({static_cast<u16>(target >> 16), static_cast<u16>(target)});
}

} // namespace

Outcome power_on_self_test(Call& call) {
    if (call.entry() == Entry::continuation)
        return continue_option_roms(call);
    if (const auto resumed = resume_after_reset(call))
        return *resumed;
    call.env.a20.set(true);
    call.env.cpu.initialize_fpu();
    call.env.drives.reset();
    program_devices(call);
    set_up_pci(call);
    set_vectors(call);
    fill_data_area(call);
    fill_disk_tables(call);
    fill_cmos(call);
    write_acpi_tables(call.env.memory, memory_map(call.env.memory_size), call.env.board);
    start_video(call);
    banner(call);
    return run_option_roms(call);
}

} // namespace vestige::bios
