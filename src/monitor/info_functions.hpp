// SPDX-License-Identifier: BSD-2-Clause
// What "info" shows, by file.
#pragma once

#include "command.hpp"

namespace vestige::monitor {

// commands_registers.cpp
void show_registers(Context& context);
void show_segments(Context& context);
void show_control_registers(Context& context);
void show_cpu(Context& context);

// statistics_text.cpp
void show_statistics(Context& context);
void statistics_command(Context& context);

// info_bios.cpp
void show_vectors(Context& context);
void show_data_area(Context& context);
void show_memory_map(Context& context);
void show_disks(Context& context);

// info_devices.cpp
void show_pic(Context& context);
void show_pit(Context& context);
void show_cmos(Context& context);
void show_keyboard(Context& context);
void show_video(Context& context);

} // namespace vestige::monitor
