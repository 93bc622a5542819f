// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/atapi_cd.hpp"

#include "ata_identity.hpp"
#include "atapi_answers.hpp"

#include <algorithm>

namespace vestige::devices {
namespace {

namespace command {
constexpr u8 device_reset = 0x08, read_sectors = 0x20, packet = 0xa0, identify_packet = 0xa1,
             standby_now = 0xe0, idle_now = 0xe1, standby = 0xe2, idle = 0xe3, power_mode = 0xe5,
             sleep = 0xe6, flush = 0xe7, identify = 0xec, set_features = 0xef;
} // namespace command

namespace cd {
constexpr u8 test_unit_ready = 0x00, request_sense = 0x03, inquiry = 0x12, start_stop = 0x1b,
             prevent_allow = 0x1e, capacity = 0x25, read10 = 0x28, seek = 0x2b, toc = 0x43,
             configuration = 0x46, event_status = 0x4a, disc_information = 0x51, mode_sense = 0x5a,
             read12 = 0xa8, set_speed = 0xbb, mechanism_status = 0xbd, read_cd = 0xbe;
} // namespace cd

constexpr CdSense not_ready{2, 0x3a, 0}, unreadable{3, 0x11, 0}, bad_command{5, 0x20, 0},
    bad_address{5, 0x21, 0}, bad_field{5, 0x24, 0}, locked{5, 0x53, 2}, was_reset{6, 0x29, 0},
    medium_changed{6, 0x28, 0};

// The interrupt reason, in the count register.
constexpr u16 reason_command = 1, reason_in = 2, reason_done = 3;
constexpr u8 aborted = 0x04;

u32 big(std::span<const u8> bytes) {
    u32 value = 0;
    for (const u8 byte : bytes)
        value = value << 8 | byte;
    return value;
}

} // namespace

void AtapiCd::connect(machine::BlockDevice& medium, unsigned number) {
    medium_ = &medium;
    number_ = number;
}

void AtapiCd::power_on() {
    multiword_mode_ = 2;
    packet_expected_ = false;
    attention_ = true;
    sense_ = was_reset;
    tray_ = {};
    diagnose(false);
}

void AtapiCd::sign() {
    packet_expected_ = false;
    task.count.set(1);
    task.low.set(1);
    task.mid.set(0x14);
    task.high.set(0xeb);
}

void AtapiCd::run(u8 code) {
    packet_expected_ = false;
    in_packet_ = false;
    switch (code) {
    case command::packet:
        return await_packet();
    case command::identify_packet:
        return identify();
    case command::set_features:
        return set_features();
    case command::device_reset:
        return diagnose(false);
    case command::power_mode:
        task.count.set(0xff);
        return finish();
    case command::standby_now:
    case command::idle_now:
    case command::standby:
    case command::idle:
    case command::sleep:
    case command::flush:
        return finish();
    case command::identify:
    case command::read_sectors: // commands of disks tell what this is
        sign();
        return fail(ide_error::aborted);
    default:
        return fail(ide_error::aborted);
    }
}

void AtapiCd::identify() {
    AtaSettings settings;
    settings.multiword_mode = multiword_mode_;
    identify_packet_device(std::span{buffer_}.first(512), settings, number_);
    filled_ = 512;
    offer(512);
}

void AtapiCd::set_features() {
    constexpr u8 transfer_mode = 0x03;
    const u8 mode = task.count.now;
    if (task.features.now != transfer_mode)
        return fail(ide_error::aborted);
    const bool pio = mode <= 1 || (mode >= 0x08 && mode <= 0x0c);
    const bool multiword = mode >= 0x20 && mode <= 0x22;
    const bool ultra = mode >= 0x40 && mode <= 0x45;
    if (!pio && !multiword && !ultra)
        return fail(ide_error::aborted);
    if (multiword)
        multiword_mode_ = mode & 7;
    finish();
}

void AtapiCd::await_packet() {
    wants_dma_ = (task.features.now & 1) != 0;
    const u32 limit = task.mid.now | u32{task.high.now} << 8;
    most_in_block_ = limit < 2 ? 0xfffe : limit & ~1U;
    packet_expected_ = true;
    task.count.now = reason_command;
    expect(packet_size);
}

void AtapiCd::block_written() {
    if (!packet_expected_)
        return finish();
    packet_expected_ = false;
    Packet packet{};
    for (std::size_t i = 0; i < packet_size; ++i)
        packet[i] = static_cast<u8>(buffer_[i]);
    end_phase();
    in_packet_ = true;
    run_packet(packet);
}

void AtapiCd::run_packet(const Packet& packet) {
    const u8 code = packet[0];
    const bool silent = code == cd::inquiry || code == cd::request_sense ||
                        code == cd::configuration || code == cd::event_status;
    if (attention_ && !silent) {
        attention_ = false;
        return refuse(sense_);
    }
    if (code != cd::request_sense)
        sense_ = attention_ ? sense_ : CdSense{};
    if (!run_without_medium(packet))
        run_with_medium(packet);
}

/// Commands that an empty drive serves too; false: not one of them.
bool AtapiCd::run_without_medium(const Packet& packet) {
    const std::span<std::byte> out{buffer_};
    const u32 room = big(std::span{packet}.subspan(7, 2));
    switch (packet[0]) {
    case cd::inquiry:
        answer(cd_inquiry(out), packet[4]);
        return true;
    case cd::request_sense:
        answer(cd_request_sense(out, sense_), packet[4]);
        sense_ = {};
        attention_ = false;
        return true;
    case cd::start_stop:
        start_stop(packet[4]);
        return true;
    case cd::prevent_allow:
        tray_.locked = (packet[4] & 1) != 0;
        complete();
        return true;
    case cd::set_speed:
        complete();
        return true;
    case cd::mode_sense:
        if (const auto size = cd_mode_sense(out, packet[2] & 0x3f, tray_))
            answer(*size, room);
        else
            refuse(bad_field);
        return true;
    case cd::configuration:
        answer(cd_configuration(out, packet[1] & 3, static_cast<u16>(packet[2] << 8 | packet[3]),
                                !tray_.open),
               room);
        return true;
    case cd::event_status:
        if ((packet[1] & 1) == 0) { // only asked, never on its own
            refuse(bad_field);
            return true;
        }
        answer(cd_event_status(out, packet[4], tray_), room);
        tray_.event = 0;
        return true;
    case cd::mechanism_status:
        answer(cd_mechanism_status(out), big(std::span{packet}.subspan(8, 2)));
        return true;
    default:
        return false;
    }
}

void AtapiCd::run_with_medium(const Packet& packet) {
    const std::span<std::byte> out{buffer_};
    const std::span<const u8> raw{packet};
    const u32 room = big(raw.subspan(7, 2));
    const u64 sectors = medium_->sector_count();
    switch (packet[0]) {
    case cd::test_unit_ready:
    case cd::seek:
    case cd::capacity:
    case cd::read10:
    case cd::read12:
    case cd::read_cd:
    case cd::toc:
    case cd::disc_information:
        if (tray_.open)
            return refuse(not_ready);
        break;
    default:
        return refuse(bad_command);
    }
    switch (packet[0]) {
    case cd::seek:
        return big(raw.subspan(2, 4)) < sectors ? complete() : refuse(bad_address);
    case cd::capacity:
        return answer(cd_capacity(out, sectors), 8);
    case cd::read10:
        return read(big(raw.subspan(2, 4)), room);
    case cd::read12:
        return read(big(raw.subspan(2, 4)), big(raw.subspan(6, 4)));
    case cd::read_cd:
        return read_cd(packet);
    case cd::toc: {
        const u8 format = (packet[2] & 7) != 0 ? packet[2] & 7 : packet[9] >> 6;
        const auto size = cd_toc(out, sectors, format, packet[6], (packet[1] & 2) != 0);
        return size ? answer(*size, room) : refuse(bad_field);
    }
    case cd::disc_information:
        return answer(cd_disc_information(out), room);
    default: // TEST UNIT READY
        return complete();
    }
}

void AtapiCd::start_stop(u8 how) {
    constexpr u8 start = 1, load_eject = 2, new_medium = 2, removal = 3;
    if ((how & load_eject) == 0)
        return complete(); // spins up or down
    const bool open = (how & start) == 0;
    if (open && tray_.locked)
        return refuse(locked);
    if (open != tray_.open) {
        tray_.open = open;
        tray_.event = open ? removal : new_medium;
        if (!open) {
            attention_ = true;
            sense_ = medium_changed;
        }
    }
    complete();
}

void AtapiCd::read(u32 first, u32 count) {
    const u64 sectors = medium_->sector_count();
    if (first > sectors || count > sectors - first)
        return refuse(bad_address);
    if (count == 0)
        return complete();
    next_ = Lba{first};
    left_ = count;
    start_data();
}

/// READ CD of user data; audio and headers are not on an image.
void AtapiCd::read_cd(const Packet& packet) {
    const std::span<const u8> raw{packet};
    const u8 type = packet[1] >> 2 & 7;
    constexpr u8 any = 0, mode1 = 2, user_data = 0x10;
    if ((type != any && type != mode1) || packet[10] != 0)
        return refuse(bad_field);
    if ((packet[9] & 0xf8) == 0)
        return complete();
    if ((packet[9] & 0xf8) != user_data)
        return refuse(bad_field);
    read(big(raw.subspan(2, 4)), big(raw.subspan(6, 3)));
}

/// The buffer holds an answer of size bytes, for which the host has room bytes.
void AtapiCd::answer(std::size_t size, std::size_t room) {
    left_ = 0;
    used_ = 0;
    filled_ = std::min(size, room);
    if (filled_ == 0)
        return complete();
    start_data();
}

void AtapiCd::start_data() {
    task.count.now = reason_in;
    if (wants_dma_)
        return start_dma(Phase::dma_in);
    next_block();
}

/// Offers the next block of PIO data: what is in the buffer, or the next sectors.
void AtapiCd::next_block() {
    if (used_ == filled_) {
        constexpr u32 at_once = buffer_size / sector;
        if (!load(std::min(at_once, left_)))
            return;
    }
    const std::size_t size = std::min<std::size_t>(most_in_block_, filled_ - used_);
    task.count.now = reason_in;
    task.mid.now = static_cast<u8>(size);
    task.high.now = static_cast<u8>(size >> 8);
    offer(size);
}

void AtapiCd::block_read() {
    // IDENTIFY PACKET DEVICE ends like a disk's PIO command, a packet with an interrupt.
    if (!in_packet_) {
        end_phase();
        status_ = ide_status::ready | ide_status::seek_complete;
        return;
    }
    if (left_ == 0 && used_ == filled_)
        return complete();
    next_block();
}

void AtapiCd::complete() {
    task.count.now = reason_done;
    finish();
}

void AtapiCd::refuse(const CdSense& sense) {
    sense_ = sense;
    task.count.now = reason_done;
    fail(static_cast<u8>(sense.key << 4 | aborted));
}

void AtapiCd::medium_failed(machine::BlockError error) {
    refuse(error == machine::BlockError::out_of_range ? bad_address : unreadable);
}

} // namespace vestige::devices
