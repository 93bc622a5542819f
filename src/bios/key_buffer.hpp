// SPDX-License-Identifier: BSD-2-Clause
// The ring of key words in the BIOS data area.
#pragma once

#include "vestige/bios/call.hpp"

#include <optional>

namespace vestige::bios {

/// False when the buffer is full; the key is dropped.
bool push_key(Call& call, u16 word);
/// The next key, left in the buffer.
[[nodiscard]] std::optional<u16> peek_key(const Call& call);
void drop_key(Call& call);
void clear_key_buffer(Call& call);

} // namespace vestige::bios
