// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vm/recorder.hpp"

#include "vestige/base/log.hpp"

namespace vestige::vm {

/// Each repetition is a line of its own here.
void Recorder::show(TraceEvent& event, const cpu::CpuState& cpu) {
    const cpu::Segment code = cpu.segment(cpu::SegmentName::cs);
    event.selector = code.selector;
    TraceEvent line_event = event;
    line_event.repeats = 0;
    char text[300];
    TextBuffer line{text};
    print_event(line, line_event);
    const bool bios = std::holds_alternative<bios::CallRecord>(event.what);
    if (!bios)
        print_symbol(line, symbols_, code.base + event.ip);
    log(bios ? LogArea::bios : LogArea::vm, LogLevel::info, "vm {} {}", name_, line.view());
}

} // namespace vestige::vm
