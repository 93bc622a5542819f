// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/console.hpp"

#include "vestige/host/control_registers.hpp"
#include "vestige/host/port_io.hpp"

#include <algorithm>

namespace vestige::host {
namespace {

constinit Console the_console;
constexpr Port debug_port{0xe9};
constexpr unsigned vga_columns = 80, vga_rows = 25;

volatile u16* vga_cell(unsigned row, unsigned column) {
    return reinterpret_cast<volatile u16*>(u64{0xb8000}) + row * vga_columns + column;
}

constexpr u16 vga_grey = 0x0700;

void clear_vga_row(unsigned row) {
    for (unsigned column = 0; column < vga_columns; ++column)
        *vga_cell(row, column) = vga_grey | u16{' '};
}

} // namespace

Console& console() {
    return the_console;
}

void Console::open(const ConsoleSettings& settings) {
    settings_ = settings;
    for (std::size_t i = 0; i < uarts_.size(); ++i)
        if (settings.to_uart[i])
            static_cast<void>(uarts_[i].open(settings.uarts[i]));
    if (settings.to_vga)
        for (unsigned row = 0; row < vga_rows; ++row)
            clear_vga_row(row);
    vga_row_ = 0;
}

void Console::lock() {
    while (locked_.exchange(true, std::memory_order_acquire) &&
           !seized_.load(std::memory_order_relaxed))
        pause();
}

void Console::line(LogLevel, std::string_view text) {
    lock();
    if (!at_line_start_)
        write_serial("\r\n");
    write_serial("vestige: ");
    write_serial(text);
    write_serial("\r\n");
    at_line_start_ = true;
    for (Uart& uart : uarts_)
        uart.poll();
    if (settings_.to_vga && vga_lines_)
        write_vga(text);
    unlock();
}

void Console::write_raw(std::string_view bytes) {
    if (bytes.empty())
        return;
    lock();
    write_serial(bytes);
    at_line_start_ = bytes.back() == '\n';
    unlock();
}

void Console::write_serial(std::string_view text) {
    for (Uart& uart : uarts_)
        uart.write(text);
    if (settings_.to_e9)
        for (const char c : text)
            out8(debug_port, static_cast<u8>(c));
}

void Console::write_vga(std::string_view text) {
    if (vga_row_ == vga_rows) {
        for (unsigned i = 0; i < (vga_rows - 1) * vga_columns; ++i)
            *vga_cell(0, i) = *vga_cell(1, i);
        --vga_row_;
    }
    clear_vga_row(vga_row_);
    for (unsigned column = 0; column < std::min<std::size_t>(vga_columns, text.size()); ++column)
        *vga_cell(vga_row_, column) = static_cast<u16>(vga_grey | static_cast<u8>(text[column]));
    ++vga_row_;
}

void Console::poll() {
    lock();
    for (Uart& uart : uarts_)
        uart.poll();
    unlock();
}

std::optional<u8> Console::read() {
    for (Uart& uart : uarts_)
        if (const auto byte = uart.read())
            return byte;
    return {};
}

void Console::seize() {
    seized_.store(true, std::memory_order_relaxed);
}

void Console::drain() {
    for (Uart& uart : uarts_)
        uart.drain();
}

} // namespace vestige::host
