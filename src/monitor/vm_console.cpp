// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/vm_console.hpp"

namespace vestige::monitor {

std::optional<KeyCode> VmConsole::next_key() {
    KeyCode code;
    return keys_.pop(code) ? std::optional<KeyCode>{code} : std::nullopt;
}

void VmConsole::row_scrolled_off(std::span<const u16> cells) {
    if (!rows_.push(row_text(cells)))
        rows_lost_.store(rows_lost_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

void VmConsole::type_on_com1(u8 byte) {
    // A guest that does not read its port loses what is typed, as on any serial line.
    static_cast<void>(com1_in_.ring().push(byte));
}

} // namespace vestige::monitor
