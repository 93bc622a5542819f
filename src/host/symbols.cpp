// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/symbols.hpp"

namespace vestige::host {
namespace {

// Sorted by address; written by tools/make-symbols.sh from the first link.
struct Symbol {
    u64 address;
    const char* name;
};
extern "C" const Symbol symbol_table[];
extern "C" const u64 symbol_count;

} // namespace

SymbolName find_symbol(u64 address) {
    u64 low = 0;
    u64 high = symbol_count;
    while (low < high) {
        const u64 middle = (low + high) / 2;
        if (symbol_table[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return {};
    return {symbol_table[low - 1].name, address - symbol_table[low - 1].address};
}

} // namespace vestige::host
