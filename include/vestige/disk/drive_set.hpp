// SPDX-License-Identifier: BSD-2-Clause
// A VM's drives by their BIOS numbers.
#pragma once

#include "vestige/base/static_vector.hpp"
#include "vestige/disk/el_torito.hpp"
#include "vestige/disk/geometry.hpp"

namespace vestige::disk {

enum class DriveType : u8 { floppy, disk, cdrom };

struct Drive {
    machine::BlockDevice* device = nullptr;
    DriveType type = DriveType::disk;
    Geometry geometry;      ///< floppies and disks
    u8 floppy_type = 0;     ///< CMOS drive type
    bool changed = false;   ///< floppy change line: no access since the medium came
    bool emulated = false;  ///< an image inside a CD
    u8 locks = 0;           ///< how often a CD's medium has been locked in
};

/// Floppies are 00h and 01h, hard disks 80h up, CDs E0h up. While a CD boots with emulation, its
/// image is drive 00h or 80h and the others of that type move up by one.
class DriveSet {
  public:
    static constexpr std::size_t most_of_a_type = 4;

    /// False when there is no room for one more of its type (two floppies, four others).
    [[nodiscard]] bool add(machine::BlockDevice& device, DriveType type,
                           std::span<const std::byte> first_sector);
    /// The drive of a BIOS number; null when there is none.
    [[nodiscard]] Drive* find(u8 number);
    [[nodiscard]] std::size_t count(DriveType type) const;

    /// Starts and ends the emulation of a drive by a CD's boot image.
    void start_emulation(const BootEntry& entry, u8 cd_number);
    void stop_emulation();
    [[nodiscard]] bool emulating() const { return emulating_; }
    [[nodiscard]] const BootEntry& boot_entry() const { return entry_; }
    [[nodiscard]] u8 boot_cd() const { return boot_cd_; }
    /// Remembers what a CD was booted from without emulation, for INT 13h AH=4Bh.
    void set_boot_entry(const BootEntry& entry, u8 cd_number);
    [[nodiscard]] bool booted_cd() const { return boot_cd_ != 0; }
    /// As at power-on: no CD was booted, nothing is locked or emulated.
    void reset();

  private:
    using List = StaticVector<Drive, most_of_a_type>;
    [[nodiscard]] List& list(DriveType type);
    [[nodiscard]] const List& list(DriveType type) const;

    List floppies_;
    List disks_;
    List cds_;
    CdImage image_;
    Drive emulated_;
    BootEntry entry_;
    u8 boot_cd_ = 0;
    bool emulating_ = false;
};

} // namespace vestige::disk
