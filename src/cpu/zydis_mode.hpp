// SPDX-License-Identifier: BSD-2-Clause
// How Zydis names the modes of a CPU.
#pragma once

#include "vestige/cpu/decoder.hpp"

#include <Zydis/Decoder.h>

namespace vestige::cpu {

/// Sets up decoder for code of this mode and size.
inline void init_decoder(ZydisDecoder& decoder, Mode mode, CodeSize size) {
    const bool real = mode == Mode::real || mode == Mode::v86;
    const bool wide = size == CodeSize::bits32;
    ZydisMachineMode machine = wide ? ZYDIS_MACHINE_MODE_LEGACY_32 : ZYDIS_MACHINE_MODE_LEGACY_16;
    ZydisStackWidth stack = wide ? ZYDIS_STACK_WIDTH_32 : ZYDIS_STACK_WIDTH_16;
    if (size == CodeSize::bits64) {
        machine = ZYDIS_MACHINE_MODE_LONG_64;
        stack = ZYDIS_STACK_WIDTH_64;
    } else if (mode == Mode::long_compatibility) {
        machine = wide ? ZYDIS_MACHINE_MODE_LONG_COMPAT_32 : ZYDIS_MACHINE_MODE_LONG_COMPAT_16;
    } else if (real && !wide) {
        machine = ZYDIS_MACHINE_MODE_REAL_16;
    }
    ZydisDecoderInit(&decoder, machine, stack);
}

} // namespace vestige::cpu
