// SPDX-License-Identifier: BSD-2-Clause
// Executes single instructions for the guest whose memory operands are not plain memory.
#pragma once

#include "vestige/base/format.hpp"
#include "vestige/cpu/decode_cache.hpp"
#include "vestige/cpu/linear_access.hpp"
#include "vestige/cpu/memory_bus.hpp"

#include <variant>

namespace vestige::cpu {

/// The instruction ran (finished), or did a bounded part of its repetitions: RIP is still at it and
/// the guest goes on with it by itself. Registers, flags and RIP are up to date; the caller ends
/// the interrupt shadow, and raises #DB with DR6.BS when single_step is set.
struct Emulated {
    bool finished = true;
    bool single_step = false;
};

/// Not one of the instructions that can be emulated here; text is its disassembly.
struct CannotEmulate {
    Text<120> text;
};

/// An Event is a fault for the guest; its registers are as before the instruction (of a repeated
/// one: as before the repetition that faulted).
using Emulation = std::variant<Emulated, Event, CannotEmulate>;

struct EmulatorFeatures {
    bool movbe = false;
    /// Most repetitions of a string instruction in one go.
    u32 most_repetitions = 1024;
};

/// Fetches the instruction at CS:RIP once through the guest's page tables, decodes that copy and
/// executes it; data goes over bus.
[[nodiscard]] Emulation emulate_instruction(LinearAccess& access, MemoryBus& bus,
                                            DecodeCache& cache,
                                            const EmulatorFeatures& features = {});

} // namespace vestige::cpu
