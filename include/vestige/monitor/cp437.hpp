// SPDX-License-Identifier: BSD-2-Clause
// The PC's character set, as Unicode.
#pragma once

#include "vestige/base/format.hpp"

namespace vestige::monitor {

/// The Unicode code point of a code page 437 glyph; 00h and FFh are blanks.
[[nodiscard]] char16_t unicode_of(u8 glyph);

/// Writes the glyph as UTF-8: one to three bytes, never a control character.
void write_glyph(u8 glyph, TextSink& out);

} // namespace vestige::monitor
