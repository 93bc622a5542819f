// SPDX-License-Identifier: BSD-2-Clause
// What a VM did that is worth knowing afterwards, as numbers.
#pragma once

#include "vestige/bios/trace.hpp"
#include "vestige/cpu/cpu_state.hpp"
#include "vestige/vm/symbol_table.hpp"

#include <optional>
#include <variant>

namespace vestige::vm {

struct PortEvent {
    Port port;
    Width width = Width::byte;
    bool in = false;
    u32 value = 0;
    u32 strings = 0; ///< elements moved by INS or OUTS; value means nothing then
    bool operator==(const PortEvent&) const = default;
};
/// A device in memory, or memory that is not there.
struct MemoryEvent {
    Gpa address;
    Width width = Width::byte;
    bool write = false;
    u64 value = 0;
    bool operator==(const MemoryEvent&) const = default;
};
/// An interrupt or exception on its way into the guest.
struct InterruptEvent {
    cpu::Event event;
    bool operator==(const InterruptEvent&) const = default;
};
struct ModeEvent {
    cpu::Mode from{};
    cpu::Mode to{};
    bool operator==(const ModeEvent&) const = default;
};
struct MsrEvent {
    u32 index = 0;
    bool write = false;
    u64 value = 0;
    bool operator==(const MsrEvent&) const = default;
};
/// MOV to or from a control register, LMSW, CLTS: the register's new value.
struct ControlEvent {
    u8 number = 0;
    u64 value = 0;
    bool operator==(const ControlEvent&) const = default;
};
/// Any exit, by its kind.
struct ExitEvent {
    u8 kind = 0;
    bool operator==(const ExitEvent&) const = default;
};
struct InstructionEvent {
    std::array<std::byte, 15> bytes{};
    u8 length = 0;
    cpu::Mode mode{};
    bool operator==(const InstructionEvent&) const = default;
};
/// Something for which there is a sentence that lives as long as we do.
struct NoteEvent {
    const char* text = "";
    bool operator==(const NoteEvent&) const = default;
};

struct TraceEvent {
    using What = std::variant<bios::CallRecord, PortEvent, MemoryEvent, InterruptEvent, ModeEvent,
                              MsrEvent, ControlEvent, ExitEvent, InstructionEvent, NoteEvent>;
    u64 time = 0;     ///< host TSC
    u64 ip = 0;       ///< offset in the code segment
    u32 repeats = 0;  ///< how often the same came again
    /// The code that was interrupted; nothing for a BIOS call, which is at our stub.
    struct Code {
        u16 selector = 0;
        u64 base = 0;
        cpu::Mode mode{};
    };
    std::optional<Code> code;
    What what = NoteEvent{};
};

/// "int 13h ah=02h read ... (812)", "in 60h keyboard data -> 1ch", ...
void print_event(TextSink& out, const TraceEvent& event);

/// Prints events one after the other, with symbols, and says with which the mode is another one.
class EventPrinter {
  public:
    EventPrinter(TextSink& out, const SymbolTable& symbols) : out_{out}, symbols_{symbols} {}
    void print(const TraceEvent& event);

  private:
    TextSink& out_;
    const SymbolTable& symbols_;
    std::optional<cpu::Mode> mode_;
};

/// Device and register at a port: "PIC 1 command"; empty when there is none.
[[nodiscard]] std::string_view port_name(Port port);
/// The device at a guest-physical address: "local APIC", "VGA memory", ...
[[nodiscard]] std::string_view memory_name(Gpa address);

} // namespace vestige::vm
