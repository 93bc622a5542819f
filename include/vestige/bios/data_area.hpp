// SPDX-License-Identifier: BSD-2-Clause
// The BIOS data area at 0040:0000 and other fixed places in low memory (Ralf Brown, MEMORY.LST).
#pragma once

#include "vestige/base/address.hpp"
#include "vestige/base/number.hpp"

namespace vestige::bios {

/// Fields of the BIOS data area, as guest-physical addresses.
namespace bda {
inline constexpr Gpa com_ports{0x400}, lpt_ports{0x408}, ebda_segment{0x40e}, equipment{0x410},
    base_memory{0x413}, shift_flags{0x417}, shift_flags2{0x418}, alt_keypad{0x419}, key_head{0x41a},
    key_tail{0x41c}, key_buffer{0x41e}, floppy_recalibrate{0x43e}, floppy_motor{0x43f},
    floppy_motor_count{0x440}, floppy_status{0x441}, video_mode{0x449}, columns{0x44a},
    page_size{0x44c}, page_start{0x44e}, cursor_positions{0x450}, cursor_shape{0x460},
    active_page{0x462}, crtc_base{0x463}, mode_register{0x465}, palette_register{0x466},
    last_interrupt{0x46b}, ticks{0x46c}, midnight{0x470}, break_flag{0x471}, reset_flag{0x472},
    disk_status{0x474}, disk_count{0x475}, lpt_timeouts{0x478}, com_timeouts{0x47c},
    key_buffer_start{0x480}, key_buffer_end{0x482}, rows{0x484}, char_height{0x485},
    video_control{0x487}, video_switches{0x488}, video_flags{0x489}, display_index{0x48a},
    disk_interrupt_seen{0x48e}, floppy_media{0x490}, floppy_cylinders{0x494},
    keyboard_flags3{0x496}, keyboard_leds{0x497},
    wait_flag_pointer{0x498}, wait_count{0x49c}, wait_active{0x4a0}, video_save_pointer{0x4a8},
    vbe_mode{0x4ba}; ///< ours: the mode of VBE with its flags, 0 in others
} // namespace bda

inline constexpr u32 ticks_per_day = 0x1800b0;
inline constexpr u16 bios_segment = 0xf000;
inline constexpr u16 ebda_segment = 0x9fc0;
inline constexpr u16 base_memory_kib = 639;

} // namespace vestige::bios
