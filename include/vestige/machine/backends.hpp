// SPDX-License-Identifier: BSD-2-Clause
// What stands behind a device on the host side: byte streams and block storage.
#pragma once

#include "vestige/base/number.hpp"
#include "vestige/base/result.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace vestige::machine {

/// Takes bytes that a guest sends (UART, debug port).
class CharacterSink {
  public:
    /// False when there is no room now; the byte was not taken.
    [[nodiscard]] virtual bool try_write(u8 byte) = 0;

  protected:
    ~CharacterSink() = default;
};

/// Gives bytes that a guest is to receive.
class CharacterSource {
  public:
    [[nodiscard]] virtual std::optional<u8> try_read() = 0;

  protected:
    ~CharacterSource() = default;
};

enum class BlockError : u8 {
    out_of_range,    ///< the transfer leaves the medium
    write_protected, ///< the medium is read-only
    medium,          ///< the back end failed (no room left in the overlay, device error)
};

/// A medium of equal sectors. Transfers are whole: all sectors or an error and nothing promised.
class BlockDevice {
  public:
    /// Bytes in a sector: 512, or 2048 for CD-ROMs.
    [[nodiscard]] virtual u32 sector_size() const = 0;
    [[nodiscard]] virtual u64 sector_count() const = 0;
    [[nodiscard]] virtual bool read_only() const = 0;
    /// out's size is a multiple of the sector size.
    [[nodiscard]] virtual Result<Unit, BlockError> read(Lba first, std::span<std::byte> out) = 0;
    [[nodiscard]] virtual Result<Unit, BlockError> write(Lba first,
                                                         std::span<const std::byte> data) = 0;

  protected:
    ~BlockDevice() = default;
};

} // namespace vestige::machine
