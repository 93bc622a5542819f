// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/ata_disk.hpp"

#include "ata_identity.hpp"

#include <algorithm>

namespace vestige::devices {
namespace {

namespace command {
constexpr u8 read_sectors = 0x20, read_sectors_no_retry = 0x21, read_extended = 0x24,
             read_dma_extended = 0x25, read_multiple_extended = 0x29, write_sectors = 0x30,
             write_sectors_no_retry = 0x31, write_extended = 0x34, write_dma_extended = 0x35,
             write_multiple_extended = 0x39, write_dma_fua_extended = 0x3d, verify = 0x40,
             verify_no_retry = 0x41, verify_extended = 0x42, set_parameters = 0x91,
             read_multiple = 0xc4, write_multiple = 0xc5, set_multiple = 0xc6, read_dma = 0xc8,
             read_dma_no_retry = 0xc9, write_dma = 0xca, write_dma_no_retry = 0xcb,
             write_multiple_fua_extended = 0xce, standby_now = 0xe0, idle_now = 0xe1, standby = 0xe2,
             idle = 0xe3, read_buffer = 0xe4, power_mode = 0xe5, sleep = 0xe6, flush = 0xe7,
             write_buffer = 0xe8, flush_extended = 0xea, identify = 0xec, set_features = 0xef;
} // namespace command

constexpr u8 lba_bit = 0x40;

} // namespace

void AtaDisk::connect(machine::BlockDevice& medium, unsigned number) {
    medium_ = &medium;
    number_ = number;
}

void AtaDisk::power_on() {
    settings_ = {};
    settings_.geometry.cylinders = ata_cylinders(medium_->sector_count(), 16, 63);
    diagnose(false);
}

void AtaDisk::sign() {
    task.count.set(1);
    task.low.set(1);
    task.mid.set(0);
    task.high.set(0);
}

void AtaDisk::medium_failed(machine::BlockError error) {
    put_address(next_);
    switch (error) {
    case machine::BlockError::out_of_range:
        return fail(ide_error::not_found);
    case machine::BlockError::write_protected:
        return fail(ide_error::aborted);
    case machine::BlockError::medium:
        return fail(ide_error::uncorrectable);
    }
}

void AtaDisk::run(u8 code) {
    if (!run_transfer(code))
        run_other(code);
}

/// False when code moves no sectors.
bool AtaDisk::run_transfer(u8 code) {
    switch (code) {
    case command::read_sectors:
    case command::read_sectors_no_retry:
        transfer({});
        return true;
    case command::read_extended:
        transfer({.extended = true});
        return true;
    case command::write_sectors:
    case command::write_sectors_no_retry:
        transfer({.write = true});
        return true;
    case command::write_extended:
        transfer({.extended = true, .write = true});
        return true;
    case command::read_multiple:
    case command::read_multiple_extended:
        transfer({.extended = code == command::read_multiple_extended, .multiple = true});
        return true;
    case command::write_multiple:
    case command::write_multiple_extended:
    case command::write_multiple_fua_extended:
        transfer({.extended = code != command::write_multiple, .write = true, .multiple = true});
        return true;
    case command::read_dma:
    case command::read_dma_no_retry:
    case command::read_dma_extended:
        transfer({.extended = code == command::read_dma_extended, .dma = true});
        return true;
    case command::write_dma:
    case command::write_dma_no_retry:
        transfer({.write = true, .dma = true});
        return true;
    case command::write_dma_extended:
    case command::write_dma_fua_extended:
        transfer({.extended = true, .write = true, .dma = true});
        return true;
    default:
        return false;
    }
}

void AtaDisk::run_other(u8 code) {
    switch (code) {
    case command::verify:
    case command::verify_no_retry:
    case command::verify_extended:
        return verify(code == command::verify_extended);
    case command::set_parameters:
        return set_parameters();
    case command::set_multiple:
        if (task.count.now > most_multiple || (task.count.now & (task.count.now - 1)) != 0)
            return fail(ide_error::aborted); // no power of two; 0 turns the mode off
        settings_.multiple = task.count.now;
        return finish();
    case command::power_mode:
        task.count.set(0xff); // active
        return finish();
    case command::standby_now:
    case command::idle_now:
    case command::standby:
    case command::idle:
    case command::sleep:
    case command::flush:
    case command::flush_extended:
        return finish();
    case command::read_buffer:
        filled_ = 512;
        return offer(512);
    case command::write_buffer:
        return expect(512);
    case command::identify:
        return identify();
    case command::set_features:
        return set_features();
    default:
        // RECALIBRATE and SEEK have their parameters of old in the low bits of the code.
        if ((code & 0xf0) == 0x10 || (code & 0xf0) == 0x70)
            return finish();
        return fail(ide_error::aborted);
    }
}

/// Reads the address and count from the task file into next_ and left_. False: the command ended,
/// because not all of the sectors are there.
bool AtaDisk::find_sectors(bool extended) {
    extended_ = extended;
    left_ = extended ? task.count.now | u32{task.count.before} << 8 : task.count.now;
    if (left_ == 0)
        left_ = extended ? 65536 : 256;
    const u64 low = task.low.now | u64{task.mid.now} << 8 | u64{task.high.now} << 16;
    bool valid = true;
    if (extended) {
        next_.value = low | u64{task.low.before} << 24 | u64{task.mid.before} << 32 |
                      u64{task.high.before} << 40;
    } else if ((task.device & lba_bit) != 0) {
        next_.value = low | u64{task.device & 0x0fU} << 24;
    } else {
        const AtaGeometry& g = settings_.geometry;
        const u32 cylinder = task.mid.now | u32{task.high.now} << 8;
        const u32 head = task.device & 0x0fU;
        valid = task.low.now != 0 && task.low.now <= g.sectors && head < g.heads;
        next_.value = (u64{cylinder} * g.heads + head) * g.sectors + task.low.now - 1;
    }
    const u64 total = medium_->sector_count();
    if (valid && next_.value < total && left_ <= total - next_.value)
        return true;
    if (valid)
        put_address(Lba{std::max(next_.value, total)});
    fail(ide_error::not_found);
    return false;
}

/// Leaves an address in the task file, in the form in which the command gave its own.
void AtaDisk::put_address(Lba address) {
    u64 value = address.value;
    u8 top = static_cast<u8>(value >> 24 & 0x0f);
    if (!extended_ && (task.device & lba_bit) == 0) {
        const AtaGeometry& g = settings_.geometry;
        const u64 track = value / g.sectors;
        top = static_cast<u8>(track % g.heads);
        value = (value % g.sectors + 1) | track / g.heads << 8;
    }
    task.low.now = static_cast<u8>(value);
    task.mid.now = static_cast<u8>(value >> 8);
    task.high.now = static_cast<u8>(value >> 16);
    if (!extended_) {
        task.device = static_cast<u8>((task.device & 0xf0) | top);
        return;
    }
    task.low.before = static_cast<u8>(value >> 24);
    task.mid.before = static_cast<u8>(value >> 32);
    task.high.before = static_cast<u8>(value >> 40);
}

void AtaDisk::transfer(const Access& access) {
    if (access.multiple && settings_.multiple == 0)
        return fail(ide_error::aborted);
    if (access.write && medium_->read_only())
        return fail(ide_error::aborted);
    if (!find_sectors(access.extended))
        return;
    per_block_ = access.multiple ? settings_.multiple : 1;
    if (access.dma)
        return start_dma(access.write ? Phase::dma_out : Phase::dma_in);
    if (access.write)
        return expect(std::size_t{std::min(per_block_, left_)} * sector_size());
    start_block();
}

/// Reads the next block of a PIO transfer and offers it.
void AtaDisk::start_block() {
    if (load(std::min(per_block_, left_)))
        offer(filled_);
}

void AtaDisk::block_read() {
    if (left_ != 0)
        return start_block();
    // The last block ends the command without a further interrupt.
    end_phase();
    status_ = ide_status::ready | ide_status::seek_complete;
}

void AtaDisk::block_written() {
    if (left_ == 0) // WRITE BUFFER keeps what it was given
        return finish();
    if (!store())
        return;
    if (left_ == 0)
        return finish();
    expect(std::size_t{std::min(per_block_, left_)} * sector_size());
    raise();
}

void AtaDisk::verify(bool extended) {
    if (!find_sectors(extended))
        return;
    while (left_ != 0)
        if (!load(1))
            return;
    finish();
}

void AtaDisk::identify() {
    identify_disk(std::span{buffer_}.first(512), settings_, medium_->sector_count(), number_);
    filled_ = 512;
    offer(512);
}

/// INITIALIZE DEVICE PARAMETERS: the translation of CHS addresses.
void AtaDisk::set_parameters() {
    const u32 sectors = task.count.now;
    const u32 heads = (task.device & 0x0fU) + 1;
    if (sectors == 0)
        return fail(ide_error::aborted);
    settings_.geometry = {ata_cylinders(medium_->sector_count(), heads, sectors), heads, sectors};
    finish();
}

bool AtaDisk::set_transfer_mode(u8 mode) {
    const u8 number = mode & 7;
    switch (mode >> 3) {
    case 0: // PIO default
        return number <= 1;
    case 1: // PIO mode
        return number <= 4;
    case 4:
        if (number > 2)
            return false;
        settings_.multiword_mode = number;
        settings_.ultra_mode = AtaSettings::none;
        return true;
    case 8:
        if (number > 5)
            return false;
        settings_.ultra_mode = number;
        settings_.multiword_mode = AtaSettings::none;
        return true;
    default:
        return false;
    }
}

void AtaDisk::set_features() {
    switch (task.features.now) {
    case 0x02:
    case 0x82:
        settings_.write_cache = task.features.now == 0x02;
        return finish();
    case 0x55:
    case 0xaa:
        settings_.read_ahead = task.features.now == 0xaa;
        return finish();
    case 0x03:
        return set_transfer_mode(task.count.now) ? finish() : fail(ide_error::aborted);
    case 0x66: // settings survive a soft reset, or not: they do here
    case 0xcc:
        return finish();
    default:
        return fail(ide_error::aborted);
    }
}

} // namespace vestige::devices
