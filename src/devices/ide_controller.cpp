// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/ide_controller.hpp"

namespace vestige::devices {

bool IdeController::attach(machine::PortBus& bus) {
    return channels_[0].attach(bus, Port{0x1f0}, Port{0x3f6}) &&
           channels_[1].attach(bus, Port{0x170}, Port{0x376});
}

void IdeController::reset() {
    for (IdeChannel& channel : channels_)
        channel.reset();
}

void IdeController::plug_disk(unsigned position, machine::BlockDevice& medium) {
    disks_[position].connect(medium, position);
    channels_[position / 2].plug(position % 2, &disks_[position]);
}

} // namespace vestige::devices
