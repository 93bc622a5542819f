// SPDX-License-Identifier: BSD-2-Clause
// INS and OUTS, with and without REP.
#pragma once

#include "vestige/cpu/linear_access.hpp"
#include "vestige/cpu/memory_bus.hpp"
#include "vestige/machine/port_bus.hpp"

namespace vestige::cpu {

/// One INS or OUTS as the exit describes it.
struct StringIo {
    Port port;
    Width width = Width::byte;
    bool in = false;
    bool rep = false;
    SegmentName segment = SegmentName::ds; ///< of OUTS; INS always uses ES
    Width address_size = Width::word;
};

/// True: finished, the caller skips the instruction. False: a bounded part of the repetitions is
/// done and the guest goes on with the same instruction. RCX, RSI and RDI are up to date, also
/// when a repetition faults.
[[nodiscard]] Result<bool, Event> string_io(LinearAccess& access, MemoryBus& memory,
                                            machine::PortBus& ports, const StringIo& request,
                                            u32 most_repetitions = 1024);

} // namespace vestige::cpu
