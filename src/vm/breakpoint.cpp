// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vm/breakpoint.hpp"

#include <array>

namespace vestige::vm {
namespace {

/// In the order of VmExit's alternatives.
constexpr auto names = std::to_array<std::string_view>(
    {"vmcall",    "served",    "io",     "host-interrupt", "timer",       "monitor-trap",
     "irq-window", "nmi-window", "cpuid", "hlt",           "pause",       "cache",
     "invlpg",    "msr",       "cr",     "dr",             "memory",      "apic-write",
     "priority",  "xsetbv",    "task-switch", "exception", "shutdown", "undefined",  "forbidden",   "failed-entry",
     "unexpected"});
static_assert(names.size() == std::variant_size_v<vcpu::VmExit>);

void describe_bios(const BreakSpec& spec, const char* when, TextSink& out) {
    print(out, "int {02x}h", spec.interrupt);
    if (spec.ah)
        print(out, " ah={02x}h", *spec.ah);
    print(out, " {}", when);
}

void describe_watch(const BreakSpec& spec, TextSink& out) {
    const char* const kind = spec.watch == WatchKind::write  ? "write to"
                             : spec.watch == WatchKind::read ? "read of"
                                                             : "access to";
    print(out, "{} {} bytes at {x}", kind, spec.length, spec.address);
}

} // namespace

std::span<const std::string_view> exit_kind_names() {
    return names;
}

bool Condition::holds(const vcpu::Vcpu& cpu) const {
    if (read == nullptr)
        return true;
    const u64 now = read(cpu, what);
    switch (relation) {
    case Relation::equal:
        return now == value;
    case Relation::not_equal:
        return now != value;
    case Relation::less:
        return now < value;
    case Relation::less_equal:
        return now <= value;
    case Relation::greater:
        return now > value;
    case Relation::greater_equal:
        break;
    }
    return now >= value;
}

void describe(const BreakSpec& spec, TextSink& out) {
    switch (spec.kind) {
    case BreakKind::linear:
        return print(out, "at {x}", spec.address);
    case BreakKind::far:
        return print(out, "at {04x}:{04x}", spec.far.segment, spec.far.offset);
    case BreakKind::watch:
        return describe_watch(spec, out);
    case BreakKind::bios_before:
        return describe_bios(spec, "before", out);
    case BreakKind::bios_after:
        return describe_bios(spec, "after", out);
    case BreakKind::port:
        print(out, "port {x}", spec.first_port);
        if (spec.last_port != spec.first_port)
            print(out, "-{x}", spec.last_port);
        return;
    case BreakKind::mode:
        return out.write("change of mode");
    case BreakKind::exit:
        return print(out, "exit {}", names[spec.exit]);
    }
}

} // namespace vestige::vm
