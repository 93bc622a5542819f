// SPDX-License-Identifier: BSD-2-Clause
// How a driver finds and sets up the device: its PCI registers, old and new.
#include "vestige/devices/virtio_block.hpp"

#include <algorithm>

namespace vestige::devices {
namespace {

constexpr unsigned port_bar = 0, message_bar = 1, memory_bar = 4;
constexpr u32 port_count = 128, memory_size = 0x4000;
constexpr u64 common_at = 0, isr_at = 0x1000, device_at = 0x2000, notify_at = 0x3000;
constexpr u32 common_size = 56, device_size = 64;

/// Capabilities in configuration space.
constexpr u8 first_capability = 0x40, window = 0x84;
constexpr u8 messages = 0x98, message_control = messages + 2;
constexpr u8 vendor_capability = 0x09;

// Bits of the interrupt status.
constexpr u8 isr_queue = 1, isr_config = 2;

// Device status.
constexpr u8 driver_ok = 4, features_ok = 8, needs_reset = 0x40;

// Features.
constexpr u64 size_max = 1ULL << 1, segment_max = 1ULL << 2, read_only = 1ULL << 5,
              block_size = 1ULL << 6, flush = 1ULL << 9, indirect = 1ULL << 28,
              version_1 = 1ULL << 32;

// Registers of legacy devices.
constexpr unsigned legacy_features = 0, legacy_driver_features = 4, legacy_page = 8,
                   legacy_queue_size = 12, legacy_select = 14, legacy_notify = 16,
                   legacy_status = 18, legacy_isr = 19, legacy_device = 20;
/// While messages are enabled, vectors stand before the device's own registers.
constexpr unsigned legacy_config_vector = 20, legacy_queue_vector = 22,
                   legacy_device_behind_vectors = 24;

/// Registers of the common configuration structure.
namespace common {
constexpr u64 device_select = 0, device_features = 4, driver_select = 8, driver_features = 12,
              msix_config = 16, queues = 18, status = 20, generation = 21, queue_select = 22,
              queue_size = 24, queue_msix = 26, queue_enable = 28, queue_notify = 30,
              descriptors = 32, driver_area = 40, device_area = 48;
struct Field {
    u8 at;
    u8 size;
};
constexpr std::array<Field, 19> fields{{{device_select, 4},  {device_features, 4},
                                        {driver_select, 4},  {driver_features, 4},
                                        {msix_config, 2},    {queues, 2},
                                        {status, 1},         {generation, 1},
                                        {queue_select, 2},   {queue_size, 2},
                                        {queue_msix, 2},     {queue_enable, 2},
                                        {queue_notify, 2},   {descriptors, 4},
                                        {descriptors + 4, 4}, {driver_area, 4},
                                        {driver_area + 4, 4}, {device_area, 4},
                                        {device_area + 4, 4}}};
} // namespace common

/// What a driver's choice of a vector becomes: one that the table lacks is none.
u16 valid_vector(u64 value) {
    return value < MsixTable::vectors ? static_cast<u16>(value) : u16{0xffff};
}

u64 with_half(u64 whole, bool high, u64 value) {
    return high ? (whole & 0xffffffff) | value << 32 : (whole & ~0xffffffffULL) | value;
}

} // namespace

VirtioBlock::VirtioBlock(u8 slot, machine::GuestMemory& memory, machine::MessageSink* messages_to)
    : PciFunction{slot, 0}, memory_{memory, "virtio disk"}, msix_{messages_to, memory_} {
    allow(pci::command, pci::command_io | pci::command_memory | pci::command_master |
                            pci::command_no_interrupt,
          2);
    allow(pci::interrupt_line, 0xff, 1);
    add_ports(port_bar, port_count, *this, Width::dword);
    add_memory(message_bar, MsixTable::size, msix_);
    add_memory(memory_bar, memory_size, *this);
}

void VirtioBlock::connect(machine::BlockDevice& medium, unsigned number) {
    medium_ = &medium;
    number_ = number;
}

void VirtioBlock::power_on() {
    constexpr u16 vendor = 0x1af4, transitional_block = 0x1001, block_subsystem = 2;
    identify({.vendor = vendor, .device = transitional_block, .class_code = 0x010000});
    set(pci::subsystem_vendor, vendor, 2);
    set(pci::subsystem_id, block_subsystem, 2);
    set(pci::interrupt_pin, 1, 1);
    set(pci::status, pci::status_capabilities, 2);
    add_capabilities();
    msix_.reset();
    reset_device();
}

void VirtioBlock::add_capabilities() {
    struct Structure {
        u8 type, length;
        u32 offset, size;
    };
    constexpr std::array<Structure, 5> structures{{{1, 16, common_at, common_size},
                                                   {3, 16, isr_at, 4},
                                                   {4, 16, device_at, device_size},
                                                   {2, 20, notify_at, 4},
                                                   {5, 20, 0, 0}}};
    u8 at = first_capability;
    set(pci::capabilities, at, 1);
    for (const Structure& s : structures) {
        const bool last = &s == &structures.back();
        const u8 next = last ? messages : static_cast<u8>(at + s.length);
        set(at, vendor_capability, 1);
        set(static_cast<u8>(at + 1), next, 1);
        set(static_cast<u8>(at + 2), s.length, 1);
        set(static_cast<u8>(at + 3), s.type, 1);
        set(static_cast<u8>(at + 4), last ? 0 : memory_bar, 4);
        set(static_cast<u8>(at + 8), s.offset, 4);
        set(static_cast<u8>(at + 12), s.size, 4);
        if (s.length > 16) // every queue is notified at the same place
            set(static_cast<u8>(at + 16), 0, 4);
        at = static_cast<u8>(at + s.length);
    }
    static_assert(window == first_capability + 16 + 16 + 16 + 20);
    static_assert(messages == window + 20);
    set(messages, MsixTable::capability, 1);
    set(messages + 1, 0, 1);
    set(message_control, MsixTable::vectors - 1, 2);
    set(messages + 4, message_bar, 4);
    set(messages + 8, MsixTable::pending_at | message_bar, 4);
    allow(message_control, MsixTable::enable | MsixTable::mask_all, 2);
    allow(window + 4, 0xff, 1);
    allow(window + 8, 0xffffffff, 4);
    allow(window + 12, 0xff, 4);
}

/// The last capability is a window through which the memory range is reached without mapping it.
u32 VirtioBlock::read_config(u8 at, Width width) {
    const u32 size = get(window + 12, 4);
    const u64 offset = get(window + 8, 4);
    if (at == window + 16 && get(window + 4, 1) == memory_bar && offset < memory_size &&
        size == bytes(width))
        return static_cast<u32>(read_mmio(offset, width));
    return PciFunction::read_config(at, width);
}

void VirtioBlock::write_config(u8 at, Width width, u32 value) {
    const u32 size = get(window + 12, 4);
    const u64 offset = get(window + 8, 4);
    if (at == window + 16 && get(window + 4, 1) == memory_bar && offset < memory_size &&
        size == bytes(width))
        return write_mmio(offset, width, value);
    PciFunction::write_config(at, width, value);
}

void VirtioBlock::config_written(u8 at, unsigned size) {
    if (at + size <= message_control || at >= message_control + 2)
        return;
    msix_.set_control(static_cast<u16>(get(message_control, 2)));
    if (msix_.enabled())
        set_interrupt(false); // INTx and messages exclude each other
}

u64 VirtioBlock::offered() const {
    const bool locked = medium_ != nullptr && medium_->read_only();
    return size_max | segment_max | block_size | flush | indirect | version_1 |
           (locked ? read_only : 0);
}

void VirtioBlock::reset_device() {
    queue_.stop();
    status_ = isr_ = 0;
    config_vector_ = queue_vector_ = no_vector;
    queue_select_ = 0;
    queue_size_ = VirtioQueue::largest;
    queue_enabled_ = false;
    legacy_page_ = 0;
    device_features_select_ = driver_features_select_ = 0;
    driver_features_ = 0;
    rings_ = {};
    set_interrupt(false);
}

void VirtioBlock::set_status(u8 value) {
    if (value == 0)
        return reset_device();
    // Features that were not offered, or none of 1.0 in its registers, are refused.
    if ((value & features_ok) != 0 && (status_ & features_ok) == 0 &&
        ((driver_features_ & ~offered()) != 0 || (driver_features_ & version_1) == 0))
        value &= static_cast<u8>(~features_ok);
    status_ = static_cast<u8>(value | (status_ & needs_reset));
}

void VirtioBlock::set_legacy_page(u32 page) {
    legacy_page_ = page;
    queue_.stop();
    if (page == 0 || queue_select_ != 0)
        return;
    VirtioRings rings;
    rings.descriptors = u64{page} * page_size;
    rings.available = rings.descriptors + 16 * VirtioQueue::largest;
    rings.used = Gpa{rings.available + 6 + 2 * VirtioQueue::largest}.align_up(page_size).value();
    queue_.start(rings, VirtioQueue::largest, (driver_features_ & indirect) != 0);
}

void VirtioBlock::enable_queue() {
    queue_enabled_ = true;
    queue_.start(rings_, queue_size_, (driver_features_ & indirect) != 0);
}

u8 VirtioBlock::take_isr() {
    const u8 isr = isr_;
    isr_ = 0;
    set_interrupt(false);
    return isr;
}

u64 VirtioBlock::read_device(u64 at, Width width) const {
    constexpr u64 segments = VirtioQueue::largest - 2, segment_size = 64 * kib;
    std::array<std::byte, device_size + 8> raw{};
    store_le<u64>(raw, 0, medium_ != nullptr ? medium_->sector_count() : 0);
    store_le<u32>(raw, 8, segment_size);
    store_le<u32>(raw, 12, segments);
    store_le<u32>(raw, 20, 512);
    return at < device_size ? load_le<u64>(raw, at) & all_ones(width) : 0;
}

u64 VirtioBlock::common_field(u64 at) const {
    const bool selected = queue_select_ == 0;
    switch (at) {
    case common::device_select:
        return device_features_select_;
    case common::device_features:
        return device_features_select_ < 2 ? offered() >> (32 * device_features_select_) : 0;
    case common::driver_select:
        return driver_features_select_;
    case common::driver_features:
        return driver_features_select_ < 2 ? driver_features_ >> (32 * driver_features_select_)
                                           : 0;
    case common::msix_config:
        return config_vector_;
    case common::queue_msix:
        return selected ? queue_vector_ : no_vector;
    case common::queues:
        return 1;
    case common::status:
        return status_;
    case common::queue_select:
        return queue_select_;
    case common::queue_size:
        return selected ? queue_size_ : 0;
    case common::queue_enable:
        return selected && queue_enabled_ ? 1 : 0;
    case common::descriptors:
    case common::descriptors + 4:
        return rings_.descriptors >> (8 * (at & 4));
    case common::driver_area:
    case common::driver_area + 4:
        return rings_.available >> (8 * (at & 4));
    case common::device_area:
    case common::device_area + 4:
        return rings_.used >> (8 * (at & 4));
    default:
        return 0;
    }
}

void VirtioBlock::set_common_field(u64 at, u64 value) {
    const bool high = (at & 4) != 0;
    const bool settable = queue_select_ == 0 && !queue_enabled_;
    switch (at) {
    case common::device_select:
        device_features_select_ = static_cast<u32>(value);
        break;
    case common::driver_select:
        driver_features_select_ = static_cast<u32>(value);
        break;
    case common::driver_features:
        if (driver_features_select_ < 2 && (status_ & features_ok) == 0)
            driver_features_ = with_half(driver_features_, driver_features_select_ == 1, value);
        break;
    case common::msix_config:
        config_vector_ = valid_vector(value);
        break;
    case common::queue_msix:
        if (queue_select_ == 0)
            queue_vector_ = valid_vector(value);
        break;
    case common::status:
        return set_status(static_cast<u8>(value));
    case common::queue_select:
        queue_select_ = static_cast<u16>(value);
        break;
    case common::queue_size: // a power of two
        if (settable && value != 0 && value <= VirtioQueue::largest && (value & (value - 1)) == 0)
            queue_size_ = static_cast<u16>(value);
        break;
    case common::queue_enable:
        if (settable && value == 1)
            enable_queue();
        break;
    case common::descriptors:
    case common::descriptors + 4:
        if (settable)
            rings_.descriptors = with_half(rings_.descriptors, high, value);
        break;
    case common::driver_area:
    case common::driver_area + 4:
        if (settable)
            rings_.available = with_half(rings_.available, high, value);
        break;
    case common::device_area:
    case common::device_area + 4:
        if (settable)
            rings_.used = with_half(rings_.used, high, value);
        break;
    default:
        break;
    }
}

u64 VirtioBlock::read_common(u64 at, Width width) const {
    std::array<std::byte, common_size + 8> raw{};
    for (const common::Field& field : common::fields)
        for (u8 i = 0; i < field.size; ++i)
            raw[std::size_t{field.at} + i] =
                static_cast<std::byte>(common_field(field.at) >> (8 * i));
    return load_le<u64>(raw, at) & all_ones(width);
}

/// A write of any width goes into the registers that it covers, from the lowest on.
void VirtioBlock::write_common(u64 at, Width width, u64 value) {
    for (const common::Field& field : common::fields) {
        if (at + bytes(width) <= field.at || at >= u64{field.at} + field.size)
            continue;
        u64 merged = common_field(field.at) & (~0ULL >> (64 - 8 * field.size));
        for (u8 i = 0; i < field.size; ++i) {
            const u64 place = u64{field.at} + i;
            if (place < at || place >= at + bytes(width))
                continue;
            const u64 byte = value >> (8 * (place - at)) & 0xff;
            merged = (merged & ~(0xffULL << (8 * i))) | byte << (8 * i);
        }
        set_common_field(field.at, merged);
    }
}

u64 VirtioBlock::read_mmio(u64 offset, Width width) {
    if (offset < common_size)
        return read_common(offset, width);
    if (offset == isr_at)
        return take_isr();
    return offset >= device_at && offset < device_at + device_size
               ? read_device(offset - device_at, width)
               : 0;
}

void VirtioBlock::write_mmio(u64 offset, Width width, u64 value) {
    if (offset < common_size)
        return write_common(offset, width, value);
    if (offset == notify_at && (value & 0xffff) == 0)
        serve();
}

unsigned VirtioBlock::legacy_device_at() const {
    return msix_.enabled() ? legacy_device_behind_vectors : legacy_device;
}

u32 VirtioBlock::read_port(Port port, Width width) {
    const unsigned at = port.value - base_of(port_bar);
    if (at == legacy_isr)
        return take_isr();
    if (at >= legacy_device_at())
        return static_cast<u32>(read_device(at - legacy_device_at(), width));
    std::array<std::byte, legacy_device_behind_vectors + 8> raw{};
    store_le<u16>(raw, legacy_config_vector, config_vector_);
    store_le<u16>(raw, legacy_queue_vector, queue_select_ == 0 ? queue_vector_ : no_vector);
    store_le<u32>(raw, legacy_features, static_cast<u32>(offered()));
    store_le<u32>(raw, legacy_driver_features, static_cast<u32>(driver_features_));
    store_le<u32>(raw, legacy_page, queue_select_ == 0 ? legacy_page_ : 0);
    store_le<u16>(raw, legacy_queue_size, queue_select_ == 0 ? VirtioQueue::largest : u16{0});
    store_le<u16>(raw, legacy_select, queue_select_);
    raw[legacy_status] = static_cast<std::byte>(status_);
    return static_cast<u32>(load_le<u32>(raw, at) & all_ones(width));
}

void VirtioBlock::write_port(Port port, Width width, u32 value) {
    const unsigned at = port.value - base_of(port_bar);
    if (at == legacy_driver_features && width == Width::dword)
        driver_features_ = value & offered();
    else if (at == legacy_page && width == Width::dword)
        set_legacy_page(value);
    else if (at == legacy_select && width == Width::word)
        queue_select_ = static_cast<u16>(value);
    else if (at == legacy_notify && width == Width::word && value == 0)
        serve();
    else if (at == legacy_status && width == Width::byte && value == 0)
        reset_device();
    else if (at == legacy_config_vector && width == Width::word && msix_.enabled())
        config_vector_ = valid_vector(value);
    else if (at == legacy_queue_vector && width == Width::word && msix_.enabled() &&
             queue_select_ == 0)
        queue_vector_ = valid_vector(value);
    else if (at == legacy_status && width == Width::byte)
        status_ = static_cast<u8>(value | (status_ & needs_reset));
}

/// By a message when the driver has chosen them, else by INTA#, of which the status tells why.
void VirtioBlock::notify(u8 reason, u16 vector) {
    if (msix_.enabled())
        return msix_.signal(vector);
    isr_ |= reason;
    set_interrupt(true);
}

/// Serves every request that waits. A queue that cannot be used asks for a reset.
void VirtioBlock::serve() {
    if (!bus_master() || medium_ == nullptr || !queue_.running())
        return;
    bool interrupt = false;
    // A driver has at most a queue of requests; more would be its CPU's time, not ours.
    for (u16 i = 0; i < VirtioQueue::largest && queue_.pop(memory_, chain_); ++i) {
        queue_.push(memory_, chain_, run(chain_));
        interrupt = true;
    }
    if (!queue_.running()) {
        status_ |= needs_reset;
        if ((status_ & driver_ok) != 0)
            notify(isr_config, config_vector_);
    }
    if (interrupt && queue_.wants_interrupt(memory_))
        notify(isr_queue, queue_vector_);
}

} // namespace vestige::devices
