// SPDX-License-Identifier: BSD-2-Clause
// Memory that option ROMs ask for while POST calls them: POST Memory Manager Specification 1.01.
#pragma once

#include "vestige/bios/call.hpp"

namespace vestige::bios {

/// Where the structure that ROMs find and the list of blocks are: 2 KiB of RAM below our ROM.
inline constexpr u16 post_memory_segment = 0xef80;

/// Before the first ROM is called.
void open_post_memory(Call& call);
/// Before the boot: the structure goes and all memory is the booted program's.
void close_post_memory(Call& call);

} // namespace vestige::bios
