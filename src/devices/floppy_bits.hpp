// SPDX-License-Identifier: BSD-2-Clause
// Register bits and commands of the 82077AA.
#pragma once

#include "vestige/base/number.hpp"

namespace vestige::devices::floppy {

// Status register 0: how a command ended; ORed with the head and the drive.
inline constexpr u8 normal = 0x00, abnormal = 0x40, invalid = 0x80, by_reset = 0xc0,
                    seek_end = 0x20, equipment_check = 0x10;
// Status register 1.
inline constexpr u8 end_of_cylinder = 0x80, data_error = 0x20, no_data = 0x04, not_writable = 0x02,
                    no_address_mark = 0x01;
// Status register 2.
inline constexpr u8 wrong_cylinder = 0x10;

inline constexpr u8 multi_track = 0x80, double_density = 0x40, code_mask = 0x1f;
inline constexpr u8 sector_code_512 = 2;

namespace command {
inline constexpr u8 read_track = 0x02, specify = 0x03, sense_drive = 0x04, write = 0x05,
                    read = 0x06, recalibrate = 0x07, sense_interrupt = 0x08, write_deleted = 0x09,
                    read_id = 0x0a, read_deleted = 0x0c, format = 0x0d, dump_registers = 0x0e,
                    seek = 0x0f, version = 0x10, perpendicular = 0x12, configure = 0x13,
                    lock = 0x14, verify = 0x16;
} // namespace command

inline constexpr u8 implied_seek = 0x40; ///< second byte of CONFIGURE
inline constexpr u8 without_dma = 0x01;  ///< third byte of SPECIFY

} // namespace vestige::devices::floppy
