// SPDX-License-Identifier: BSD-2-Clause
// The machine's own keyboard, polled at the i8042.
#pragma once

#include "vestige/base/number.hpp"

#include <optional>

namespace vestige::host {

/// One byte of the keyboard's scancodes (set 1, as firmware leaves the controller), or nothing.
[[nodiscard]] std::optional<u8> read_scancode();

} // namespace vestige::host
