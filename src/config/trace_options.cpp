// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/config/trace_options.hpp"

#include "vestige/config/words.hpp"

namespace vestige::config {
namespace {

/// Which list a bare number continues: "int:10,13" and "io:60-64,70".
enum class List : u8 { none, interrupts, ports, memory };

constexpr AddressRange all_memory{0, ~u64{0}};

bool add_vector(TraceOptions& trace, std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::optional<u64> vector = parse_digits(part(text, 0, slash), 16);
    if (!vector || *vector > 0xff)
        return false;
    if (slash != std::string_view::npos) {
        const std::optional<u64> ah = parse_digits(part(text, slash + 1), 16);
        return ah && *ah <= 0xff &&
               trace.functions.push_back({static_cast<u8>(*vector), static_cast<u8>(*ah)});
    }
    trace.interrupts[*vector / 64] |= u64{1} << (*vector % 64);
    return true;
}

/// "60" or "60-64".
std::optional<AddressRange> parse_range(std::string_view text) {
    const std::size_t dash = text.find('-');
    const std::optional<u64> first = parse_digits(part(text, 0, dash), 16);
    const std::optional<u64> last =
        dash == std::string_view::npos ? first : parse_digits(part(text, dash + 1), 16);
    if (!first || !last || *first > *last)
        return std::nullopt;
    return AddressRange{*first, *last};
}

bool add_ports(TraceOptions& trace, std::string_view text) {
    const auto range = parse_range(text);
    return range && range->last <= 0xffff &&
           trace.ports.push_back({static_cast<u16>(range->first), static_cast<u16>(range->last)});
}

bool add_memory(TraceOptions& trace, std::string_view text) {
    const auto range = parse_range(text);
    return range && trace.memory.push_back(*range);
}

bool add_to(List list, TraceOptions& trace, std::string_view text) {
    if (list == List::interrupts)
        return add_vector(trace, text);
    if (list == List::ports)
        return add_ports(trace, text);
    return list == List::memory && add_memory(trace, text);
}

/// One item; list is what numbers belong to, before and after.
bool add_item(TraceOptions& trace, std::string_view item, List& list) {
    if (item.starts_with("int:") || item.starts_with("io:") || item.starts_with("mmio:")) {
        list = item.starts_with("int:")  ? List::interrupts
               : item.starts_with("io:") ? List::ports
                                         : List::memory;
        return add_to(list, trace, part(item, item.find(':') + 1));
    }
    if (add_to(list, trace, item))
        return true;
    list = List::none;
    if (item == "int")
        trace.interrupts.fill(~u64{0});
    else if (item == "io")
        return trace.ports.push_back({0, 0xffff});
    else if (item == "exit")
        trace.exits = true;
    else if (item == "mmio")
        return trace.memory.push_back(all_memory);
    else if (item == "irq")
        trace.events = true;
    else if (item == "mode")
        trace.modes = true;
    else if (item == "insn")
        trace.instructions = true;
    else if (item == "off")
        trace = {};
    else
        return false;
    return true;
}

/// Puts the commas between the items.
class ItemWriter {
  public:
    explicit ItemWriter(TextSink& out) : out_{out} {}
    template <class... Arguments>
    void item(std::string_view format, const Arguments&... arguments) {
        if (!first_)
            out_.write(",");
        first_ = false;
        print(out_, format, arguments...);
    }

  private:
    TextSink& out_;
    bool first_ = true;
};

void show_interrupts(const TraceOptions& trace, ItemWriter& items) {
    constexpr std::array<u64, 4> all{~u64{0}, ~u64{0}, ~u64{0}, ~u64{0}};
    if (trace.interrupts == all)
        return items.item("int");
    bool first = true;
    for (unsigned vector = 0; vector < 256; ++vector) {
        if ((trace.interrupts[vector / 64] >> (vector % 64) & 1) == 0)
            continue;
        items.item(first ? "int:{02x}" : "{02x}", vector);
        first = false;
    }
    for (const BiosFunction& each : trace.functions) {
        items.item(first ? "int:{02x}/{02x}" : "{02x}/{02x}", each.interrupt, each.ah);
        first = false;
    }
}

void show_ports(const TraceOptions& trace, ItemWriter& items) {
    bool first = true;
    for (const PortRange& range : trace.ports) {
        const std::string_view prefix = first ? "io:" : "";
        if (range == PortRange{0, 0xffff})
            items.item("io");
        else if (range.first == range.last)
            items.item("{}{x}", prefix, range.first);
        else
            items.item("{}{x}-{x}", prefix, range.first, range.last);
        first = range == PortRange{0, 0xffff};
    }
}

void show_memory(const TraceOptions& trace, ItemWriter& items) {
    bool first = true;
    for (const AddressRange& range : trace.memory) {
        if (range == all_memory)
            items.item("mmio");
        else
            items.item(first ? "mmio:{x}-{x}" : "{x}-{x}", range.first, range.last);
        first = range == all_memory;
    }
}

} // namespace

std::optional<TraceOptions> parse_trace(std::string_view text) {
    TraceOptions trace;
    List list = List::none;
    ListReader items{text};
    while (const std::optional<std::string_view> item = items.next())
        if (!add_item(trace, *item, list))
            return std::nullopt;
    return trace;
}

void show(const TraceOptions& trace, TextSink& out) {
    ItemWriter items{out};
    show_interrupts(trace, items);
    if (trace.exits)
        items.item("exit");
    show_ports(trace, items);
    show_memory(trace, items);
    if (trace.events)
        items.item("irq");
    if (trace.modes)
        items.item("mode");
    if (trace.instructions)
        items.item("insn");
    if (!trace.any())
        items.item("off");
}

} // namespace vestige::config
