// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/keyboard.hpp"

#include "vestige/host/port_io.hpp"

namespace vestige::host {

std::optional<u8> read_scancode() {
    constexpr Port data{0x60}, status{0x64};
    constexpr u8 output_full = 0x01, from_mouse = 0x20, absent = 0xff;
    const u8 state = in8(status);
    if (state == absent || (state & output_full) == 0)
        return {};
    const u8 byte = in8(data);
    if ((state & from_mouse) != 0)
        return {};
    return byte;
}

} // namespace vestige::host
