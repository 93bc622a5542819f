// SPDX-License-Identifier: BSD-2-Clause
// The machine's console: log lines and raw bytes to the serial ports, VGA text and port E9h.
#pragma once

#include "vestige/base/log.hpp"
#include "vestige/host/uart.hpp"

#include <array>
#include <atomic>
#include <span>

namespace vestige::host {

/// Where the console goes: the boot words com1=, com2= and console=.
struct ConsoleSettings {
    std::array<UartSettings, 2> uarts{UartSettings{}, UartSettings{.base = Port{0x2f8}}};
    std::array<bool, 2> to_uart{true, false};
    bool to_vga = true;
    bool to_e9 = false;
};

/// Lines come from every CPU; raw output, polling and input belong to the boot CPU.
class Console final : public LogSink {
  public:
    constexpr Console() = default;
    void open(const ConsoleSettings& settings);
    /// Logs one line with its prefix; called from any CPU.
    void line(LogLevel level, std::string_view text) override;
    /// Bytes of a guest's console to the serial side, unchanged.
    void write_raw(std::string_view bytes);
    /// Bytes that write_raw() takes without waiting.
    [[nodiscard]] std::size_t room() const;
    /// Sends what waits, without waiting for the ports.
    void poll();
    /// One byte typed on a serial console.
    [[nodiscard]] std::optional<u8> read();
    /// For panics: takes the console from whoever holds it and waits for the ports.
    void seize();
    void drain();
    /// Log lines to VGA text; off while the screen shows a guest.
    void show_on_vga(bool on) { vga_lines_ = on; }
    /// There is a text screen of 80 by 25 that belongs to Vestige.
    [[nodiscard]] bool has_vga() const { return has_vga_; }
    /// Draws a row of that screen; characters and attributes, blanks behind the last one.
    void draw_vga_row(unsigned row, std::span<const u16> cells);

  private:
    void write_serial(std::string_view text);
    void write_vga(std::string_view text);
    void lock();
    void unlock() { locked_.store(false, std::memory_order_release); }

    std::atomic<bool> locked_{false};
    std::atomic<bool> seized_{false};
    bool to_e9_ = false;
    bool has_vga_ = false;
    bool vga_lines_ = false;
    bool inside_line_ = false;
    unsigned vga_row_ = 0;
};

Console& console();

} // namespace vestige::host
