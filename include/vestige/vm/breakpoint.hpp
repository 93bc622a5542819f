// SPDX-License-Identifier: BSD-2-Clause
// Where and when a debugger stops a guest.
#pragma once

#include "vestige/base/address.hpp"
#include "vestige/base/number.hpp"
#include "vestige/vcpu/vcpu.hpp"

#include <optional>

namespace vestige::vm {

enum class BreakKind : u8 {
    linear,      ///< before the instruction at a linear address
    far,         ///< before the instruction at seg:off, by that very CS and IP
    watch,       ///< after an access to memory
    bios_before, ///< before our BIOS serves a call
    bios_after,  ///< when it has served the call: results are in the registers
    port,        ///< before IN, OUT, INS, OUTS
    mode,        ///< after a change of the CPU's mode
    exit,        ///< before a VM exit of one kind is handled
};

/// Accesses that a watchpoint looks for.
enum class WatchKind : u8 { write, read, access };

/// Whose breakpoint it is: each front end lists and deletes its own.
enum class BreakOwner : u8 { user, gdb };

/// A register, or what somebody computes from registers, compared with a number (unsigned).
struct Condition {
    enum class Relation : u8 { equal, not_equal, less, less_equal, greater, greater_equal };
    /// Value to compare; null: no condition.
    u64 (*read)(const vcpu::Vcpu& cpu, const void* what) = nullptr;
    const void* what = nullptr; ///< handed to read; lives as long as the breakpoint
    Relation relation = Relation::equal;
    u64 value = 0;

    [[nodiscard]] bool holds(const vcpu::Vcpu& cpu) const;
};

/// What to stop at. Only the members that kind names count.
struct BreakSpec {
    BreakKind kind = BreakKind::linear;
    BreakOwner owner = BreakOwner::user;
    Linear address;                   ///< linear, watch
    u64 length = 1;                   ///< watch: bytes, at most 64 KiB
    WatchKind watch = WatchKind::write;
    FarPtr far;                       ///< far
    u8 interrupt = 0;                 ///< bios_before, bios_after
    std::optional<u8> ah;             ///< bios_before, bios_after: that function only
    Port first_port;                  ///< port
    Port last_port;
    std::size_t exit = 0;             ///< exit: index into exit_kind_names()
    bool temporary = false;           ///< deleted by its first stop
    u64 ignore = 0;                   ///< hits that do not stop
    Condition condition;              ///< hits only count when it holds
};

struct Breakpoint {
    unsigned number = 0; ///< from 1, never used again
    BreakSpec spec;
    bool enabled = true;
    u64 hits = 0;
};

/// Names of VmExit's alternatives, by index: "hypercall", "io", "cpuid", ...
[[nodiscard]] std::span<const std::string_view> exit_kind_names();

/// "linear 7c00", "seg:off 07c0:0000", "int 13h ah=02h", ... for lists and reports.
void describe(const BreakSpec& spec, TextSink& out);

} // namespace vestige::vm
