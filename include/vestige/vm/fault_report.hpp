// SPDX-License-Identifier: BSD-2-Clause
// What a guest ran into, in words.
#pragma once

#include "vestige/cpu/page_walk.hpp"
#include "vestige/vm/recorder.hpp"
#include "vestige/vm/symbol_table.hpp"

namespace vestige::vm {

/// The state is that of the moment of the fault.
struct FaultFacts {
    const cpu::CpuState& cpu;
    const cpu::PhysicalPath& path;
    const TraceRing& ring;
    const SymbolTable& symbols;
    std::optional<cpu::Event> first;  ///< the exception, or the event whose delivery failed
    bool shut_down = false;           ///< a triple fault: the chain from first on is told
    std::optional<FarPtr> at;         ///< real-mode address of the code, where CS:IP is not it
};

/// One screen: where, what, why, what looks wrong, registers, the last events.
void print_fault_report(TextSink& out, const FaultFacts& facts);

} // namespace vestige::vm
