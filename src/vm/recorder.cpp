// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vm/recorder.hpp"

#include "vestige/base/log.hpp"

namespace vestige::vm {

TraceEvent::Code Recorder::code_of(const cpu::CpuState& cpu) {
    const cpu::Segment code = cpu.segment(cpu::SegmentName::cs);
    return {code.selector, code.base, cpu::mode_of(cpu)};
}

/// Each repetition is a line of its own here.
void Recorder::show(const TraceEvent& event) const {
    TraceEvent line_event = event;
    line_event.repeats = 0;
    char text[300];
    TextBuffer line{text};
    print_event(line, line_event);
    if (event.code)
        print_symbol(line, symbols_, event.code->base + event.ip);
    const bool bios = std::holds_alternative<bios::CallRecord>(event.what);
    log(bios ? LogArea::bios : LogArea::vm, LogLevel::info, "vm {} {}", name_, line.view());
}

} // namespace vestige::vm
