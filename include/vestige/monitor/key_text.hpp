// SPDX-License-Identifier: BSD-2-Clause
// Keys of the machine's own keyboard as the bytes that a terminal would send for them.
#pragma once

#include "vestige/base/number.hpp"

#include <string_view>

namespace vestige::monitor {

/// A US keyboard.
class KeyText {
  public:
    /// A code of set 1, without E0h in front, which extended stands for: what the key types, nothing
    /// for one that is released or types nothing. Valid until the next call.
    [[nodiscard]] std::string_view text_of(bool extended, u8 code);

  private:
    bool control_ = false;
    bool shift_ = false;
    char character_ = 0;
};

} // namespace vestige::monitor
