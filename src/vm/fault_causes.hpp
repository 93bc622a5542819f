// SPDX-License-Identifier: BSD-2-Clause
// Why the CPU did not like something: the table, descriptor or page that was wrong, with values.
#pragma once

#include "vestige/vm/guest_view.hpp"
#include "vestige/vm/state_text.hpp"

namespace vestige::vm {

/// The guest as a fault report looks at it.
struct FaultScene {
    const cpu::CpuState& cpu;
    const cpu::PhysicalPath& path;
    [[nodiscard]] GuestView view() const { return {cpu, path}; }
};

/// "the GDT's limit is 7h, so it ends before descriptor 0008h ...": what is wrong with the
/// descriptor that a selector names, and its value. code: it was to go into CS.
void explain_selector(TextSink& out, const FaultScene& scene, u16 selector, bool code);
/// The paging structures that lead to an address, entry by entry, up to the one that fails.
void explain_page_walk(TextSink& out, const FaultScene& scene, Linear address);
/// Why this exception came up: for those with an error code or an address that says so.
void explain_exception(TextSink& out, const FaultScene& scene, const cpu::Event& event);
/// What the CPU finds when it wants to deliver an event: nothing wrong, or the exception that comes
/// instead, whose reason goes to out.
[[nodiscard]] std::optional<cpu::Event> explain_delivery(TextSink& out, const FaultScene& scene,
                                                         const cpu::Event& event);
/// What looks wrong whatever the fault was, one sentence a line; how many there were.
unsigned print_suspicions(TextSink& out, const FaultScene& scene, FarPtr real_mode_at);

} // namespace vestige::vm
