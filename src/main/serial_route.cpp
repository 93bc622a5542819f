// SPDX-License-Identifier: BSD-2-Clause
#include "serial_route.hpp"

namespace vestige {

host::UartSettings uart_settings(const config::SerialSettings& from) {
    host::UartSettings to;
    to.base = from.port;
    to.baud = from.baud;
    to.data_bits = from.data_bits;
    to.parity = from.parity == config::Parity::odd    ? 'o'
                : from.parity == config::Parity::even ? 'e'
                                                      : 'n';
    to.stop_bits = from.stop_bits;
    return to;
}

bool SerialRoute::open(const config::SerialSettings& settings) {
    return uart_.open(uart_settings(settings));
}

bool SerialRoute::try_write(u8 byte) {
    if (uart_.present() && uart_.room() == 0)
        return false;
    const char text = static_cast<char>(byte);
    if (uart_.present())
        uart_.write({&text, 1});
    uart_.poll();
    return true;
}

std::optional<u8> SerialRoute::try_read() {
    return uart_.present() ? uart_.read() : std::optional<u8>{};
}

} // namespace vestige
