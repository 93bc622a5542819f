// SPDX-License-Identifier: BSD-2-Clause
// Where a VM's COM1 goes when it is not the console: nowhere, or to a port of the machine's.
#pragma once

#include "vestige/config/boot_options.hpp"
#include "vestige/host/uart.hpp"
#include "vestige/machine/backends.hpp"

namespace vestige {

/// Used by one VM, on its CPU. Until it is open, bytes are lost and none come.
class SerialRoute final : public machine::CharacterSink, public machine::CharacterSource {
  public:
    /// False when the machine has no such port.
    [[nodiscard]] bool open(const config::SerialSettings& settings);
    [[nodiscard]] bool try_write(u8 byte) override;
    [[nodiscard]] std::optional<u8> try_read() override;
    /// Goes on sending.
    void poll() { uart_.poll(); }

  private:
    host::Uart uart_;
};

/// As the host's driver takes the settings of the boot line.
[[nodiscard]] host::UartSettings uart_settings(const config::SerialSettings& from);

} // namespace vestige
