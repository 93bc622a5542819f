// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/ide_controller.hpp"

namespace vestige::devices {
namespace {

constexpr u8 timing = 0x40; ///< IDETIM: one word a channel
constexpr u32 decode_enable = 0x8000;
constexpr unsigned bus_master_bar = 4;
constexpr u32 bus_master_ports = 2 * BusMaster::ports;

} // namespace

IdeController::IdeController(machine::InterruptLine first, machine::InterruptLine second,
                             machine::GuestMemory& memory)
    : PciFunction{pci::isa_bridge_slot, pci::ide_function},
      channels_{IdeChannel{first, Port{0x1f0}, Port{0x3f6}},
                IdeChannel{second, Port{0x170}, Port{0x376}}},
      masters_{BusMaster{channels_[0], memory}, BusMaster{channels_[1], memory}} {
    channels_[0].listen(masters_[0]);
    channels_[1].listen(masters_[1]);
    allow(pci::command, pci::command_io | pci::command_master, 2);
    allow(timing, 0xffffffff, 4);
    allow(timing + 4, 0xff, 1);
    add_ports(bus_master_bar, bus_master_ports, *this, Width::dword);
}

void IdeController::power_on() {
    identify({.vendor = 0x8086, .device = 0x7010, .class_code = 0x010180, .revision = 0});
    set(pci::status, 0x0280, 2);
    set(timing, 0, 4);
    set(timing + 4, 0, 1);
    for (BusMaster& master : masters_)
        master.reset();
    for (IdeChannel& channel : channels_)
        channel.reset();
    decode();
}

void IdeController::plug_disk(unsigned position, machine::BlockDevice& medium) {
    disks_[position].connect(medium, position);
    channels_[position / 2].plug(position % 2, &disks_[position]);
}

void IdeController::plug_cd(unsigned position, machine::BlockDevice& medium) {
    cds_[position].connect(medium, position);
    channels_[position / 2].plug(position % 2, &cds_[position]);
}

void IdeController::config_written(u8, unsigned) {
    for (BusMaster& master : masters_)
        master.enable(bus_master());
    decode();
}

/// The channels' ports answer when the function decodes ports and their IDETIM enables them.
void IdeController::decode() {
    if (bus_ == nullptr)
        return;
    const bool ports = (get(pci::command, 2) & pci::command_io) != 0;
    for (u8 i = 0; i < channels_.size(); ++i) {
        const bool enabled =
            ports && (get(static_cast<u8>(timing + 2 * i), 2) & decode_enable) != 0;
        if (enabled == decoded_[i])
            continue;
        decoded_[i] = enabled && channels_[i].attach(*bus_);
        if (!decoded_[i])
            channels_[i].detach(*bus_);
    }
}

u32 IdeController::read_port(Port port, Width width) {
    const unsigned offset = port.value - base_of(bus_master_bar);
    u32 value = 0;
    for (unsigned i = 0; i < bytes(width); ++i) {
        const unsigned at = (offset + i) % bus_master_ports;
        value |= u32{masters_[at / BusMaster::ports].read(at % BusMaster::ports)} << (8 * i);
    }
    return value;
}

void IdeController::write_port(Port port, Width width, u32 value) {
    const unsigned offset = port.value - base_of(bus_master_bar);
    for (unsigned i = 0; i < bytes(width); ++i) {
        const unsigned at = (offset + i) % bus_master_ports;
        masters_[at / BusMaster::ports].write(at % BusMaster::ports,
                                              static_cast<u8>(value >> (8 * i)));
    }
}

u64 IdeController::refusals() const { return masters_[0].refusals() + masters_[1].refusals(); }

} // namespace vestige::devices
