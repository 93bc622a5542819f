// SPDX-License-Identifier: BSD-2-Clause
// Names for a guest's addresses, from a file that the user gave: an ELF, or lines "ADDRESS NAME".
#pragma once

#include "vestige/base/format.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace vestige::vm {

/// Looks into the file itself, which must outlive this: nothing is copied, nothing is believed.
class SymbolTable {
  public:
    constexpr SymbolTable() = default;
    explicit constexpr SymbolTable(std::span<const std::byte> file) : file_{file} {}

    [[nodiscard]] bool empty() const { return file_.empty(); }
    struct Hit {
        std::string_view name;
        u64 offset = 0;
    };
    /// The symbol at or before a linear address, at most 64 KiB away.
    [[nodiscard]] std::optional<Hit> find(u64 address) const;
    /// Its address.
    [[nodiscard]] std::optional<u64> lookup(std::string_view name) const;
    /// How many there are.
    [[nodiscard]] std::size_t count() const;

  private:
    template <class Take> void each(Take take) const;
    template <class Take> void each_elf(Take take) const;
    template <class Take> void each_line(Take take) const;

    std::span<const std::byte> file_;
};

/// " <name+0x12>"; nothing when there is no symbol.
void print_symbol(TextSink& out, const SymbolTable& symbols, u64 address);

} // namespace vestige::vm
