// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/console.hpp"

#include "vestige/host/control_registers.hpp"
#include "vestige/host/port_io.hpp"

#include <algorithm>

namespace vestige::host {
namespace {

constinit Console the_console;
// Beside the console, so that the rings are no bytes of the image.
constinit std::array<Uart, 2> uarts{};
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
    to_e9_ = settings.to_e9;
    has_vga_ = settings.to_vga;
    vga_lines_ = true;
    for (std::size_t i = 0; i < uarts.size(); ++i)
        if (settings.to_uart[i])
            static_cast<void>(uarts[i].open(settings.uarts[i]));
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
    if (inside_line_)
        write_serial("\r\n");
    write_serial("vestige: ");
    write_serial(text);
    write_serial("\r\n");
    inside_line_ = false;
    for (Uart& uart : uarts)
        uart.poll();
    if (has_vga_ && vga_lines_)
        write_vga(text);
    unlock();
}

void Console::write_raw(std::string_view bytes) {
    if (bytes.empty())
        return;
    lock();
    write_serial(bytes);
    inside_line_ = bytes.back() != '\n';
    unlock();
}

std::size_t Console::room() const {
    return std::min(uarts[0].room(), uarts[1].room());
}

void Console::write_serial(std::string_view text) {
    for (Uart& uart : uarts)
        uart.write(text);
    if (to_e9_)
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

void Console::draw_vga_row(unsigned row, std::span<const u16> cells) {
    if (!has_vga_ || row >= vga_rows)
        return;
    for (unsigned column = 0; column < vga_columns; ++column)
        *vga_cell(row, column) =
            column < cells.size() ? cells[column] : static_cast<u16>(vga_grey | u16{' '});
}

void Console::poll() {
    if (std::none_of(uarts.begin(), uarts.end(), [](const Uart& uart) { return uart.waiting(); }))
        return;
    lock();
    for (Uart& uart : uarts)
        uart.poll();
    unlock();
}

std::optional<u8> Console::read() {
    for (Uart& uart : uarts)
        if (const auto byte = uart.read())
            return byte;
    return {};
}

void Console::seize() {
    seized_.store(true, std::memory_order_relaxed);
}

void Console::drain() {
    for (Uart& uart : uarts)
        uart.drain();
}

} // namespace vestige::host
