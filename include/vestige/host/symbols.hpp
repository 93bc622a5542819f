// SPDX-License-Identifier: BSD-2-Clause
// Names of our own functions, for back traces.
#pragma once

#include "vestige/base/number.hpp"

#include <string_view>

namespace vestige::host {

struct SymbolName {
    std::string_view name; ///< empty when unknown
    u64 offset = 0;
};

/// The function that address lies in.
[[nodiscard]] SymbolName find_symbol(u64 address);

} // namespace vestige::host
