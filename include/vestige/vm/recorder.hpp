// SPDX-License-Identifier: BSD-2-Clause
// Watches one VM: the ring of events, the statistics, and the lines that trace= asks for.
#pragma once

#include "vestige/config/trace_options.hpp"
#include "vestige/vm/statistics.hpp"
#include "vestige/vm/symbol_table.hpp"
#include "vestige/vm/trace_ring.hpp"

namespace vestige::vm {

class Recorder {
  public:
    /// name goes in front of the lines and must outlive this; symbols tell where they were.
    Recorder(std::string_view name, const config::TraceOptions& options, SymbolTable symbols = {})
        : name_{name}, options_{options}, symbols_{symbols} {}

    [[nodiscard]] const config::TraceOptions& options() const { return options_; }
    void set_options(const config::TraceOptions& options) { options_ = options; }
    [[nodiscard]] const TraceRing& ring() const { return ring_; }
    [[nodiscard]] const Statistics& statistics() const { return statistics_; }
    [[nodiscard]] Statistics& statistics() { return statistics_; }
    void reset_statistics(u64 now) {
        statistics_ = {};
        statistics_.since = mark_ = now;
    }

    // Time: each says where the ticks since the last one went.
    void guest_until(u64 now) { statistics_.guest += lap(now); }
    void idle_until(u64 now) { statistics_.idle += lap(now); }
    void exit_until(u64 now, std::size_t kind) {
        const u64 ticks = lap(now);
        statistics_.host += ticks;
        statistics_.exits[kind].add(ticks);
    }
    /// An exit that the guest has nothing to do with.
    void own_exit_until(u64 now) {
        statistics_.host += lap(now);
        ++statistics_.own_exits;
    }
    /// The BIOS has served a call since the exit, which is counted later; the call's ticks.
    u32 call_took_until(u64 now, u8 interrupt, const bios::Service* service) {
        const u64 ticks = now - mark_;
        const std::size_t hash = reinterpret_cast<std::uintptr_t>(service) / 16 + interrupt;
        statistics_.calls.at({interrupt, service}, hash).add(ticks);
        return static_cast<u32>(std::min<u64>(ticks, ~u32{0}));
    }
    [[nodiscard]] u64 mark() const { return mark_; }

    // Events, with where the guest is.
    void call(const bios::CallRecord& record, const cpu::CpuState& cpu) {
        note(record, cpu,
             options_.traces_call(Vector{record.interrupt}, static_cast<u8>(record.in.eax >> 8)));
    }
    void port(const PortEvent& event, const cpu::CpuState& cpu) {
        PortCount& count = statistics_.ports.at(event.port.value, event.port.value);
        ++(event.in ? count.reads : count.writes);
        note(event, cpu, options_.traces_port(event.port));
    }
    void memory(const MemoryEvent& event, const cpu::CpuState& cpu) {
        note(event, cpu, options_.traces_address(event.address.value()));
    }
    void interrupt(const cpu::Event& event, const cpu::CpuState& cpu) {
        if (event.type == cpu::EventType::external_interrupt)
            ++statistics_.interrupts[event.vector.value];
        else if (event.type == cpu::EventType::nmi)
            ++statistics_.nmis;
        else
            ++statistics_.exceptions;
        note(InterruptEvent{event}, cpu, options_.events);
    }
    void mode(cpu::Mode from, cpu::Mode to, const cpu::CpuState& cpu) {
        note(ModeEvent{from, to}, cpu, options_.modes);
    }
    void msr(const MsrEvent& event, const cpu::CpuState& cpu) { note(event, cpu, options_.exits); }
    void control(const ControlEvent& event, const cpu::CpuState& cpu) {
        note(event, cpu, options_.exits);
    }
    /// A kind of exit that nothing above tells about.
    void exit(std::size_t kind, const cpu::CpuState& cpu) {
        note(ExitEvent{static_cast<u8>(kind)}, cpu, options_.exits);
    }
    void instruction(const InstructionEvent& event, const cpu::CpuState& cpu) {
        note(event, cpu, options_.instructions);
    }
    void sentence(const char* text, const cpu::CpuState& cpu) {
        note(NoteEvent{text}, cpu, options_.exits);
    }

  private:
    u64 lap(u64 now) {
        const u64 ticks = now - mark_;
        mark_ = now;
        return ticks;
    }
    template <class What> void note(const What& what, const cpu::CpuState& cpu, bool wanted) {
        TraceEvent& event = ring_.add(mark_, cpu.regs.rip, what);
        if (!std::is_same_v<What, bios::CallRecord> && !event.code)
            event.code = code_of(cpu);
        if (wanted) [[unlikely]]
            show(event);
    }
    [[nodiscard]] static TraceEvent::Code code_of(const cpu::CpuState& cpu);
    /// Also as a line of the log.
    void show(const TraceEvent& event) const;

    std::string_view name_;
    config::TraceOptions options_;
    SymbolTable symbols_;
    u64 mark_ = 0;
    Statistics statistics_;
    TraceRing ring_;
};

} // namespace vestige::vm
