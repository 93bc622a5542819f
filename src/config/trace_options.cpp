// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/config/trace_options.hpp"

#include "vestige/config/words.hpp"

namespace vestige::config {
namespace {

/// Which list a bare number continues: "int:10,13" and "io:60-64,70".
enum class List : u8 { none, interrupts, ports };

bool add_vector(TraceOptions& trace, std::string_view text) {
    const std::optional<u64> vector = parse_digits(text, 16);
    if (!vector || *vector > 0xff)
        return false;
    trace.interrupts[*vector / 64] |= u64{1} << (*vector % 64);
    return true;
}

bool add_ports(TraceOptions& trace, std::string_view text) {
    const std::size_t dash = text.find('-');
    const std::optional<u64> first = parse_digits(part(text, 0, dash), 16);
    const std::optional<u64> last =
        dash == std::string_view::npos ? first : parse_digits(part(text, dash + 1), 16);
    if (!first || !last || *first > *last || *last > 0xffff)
        return false;
    return trace.ports.push_back({static_cast<u16>(*first), static_cast<u16>(*last)});
}

bool add_to(List list, TraceOptions& trace, std::string_view text) {
    if (list == List::interrupts)
        return add_vector(trace, text);
    return list == List::ports && add_ports(trace, text);
}

/// One item; list is what numbers belong to, before and after.
bool add_item(TraceOptions& trace, std::string_view item, List& list) {
    if (item.starts_with("int:") || item.starts_with("io:")) {
        list = item.starts_with("int:") ? List::interrupts : List::ports;
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
        trace.mmio = true;
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
        if (!trace.traces_interrupt({static_cast<u8>(vector)}))
            continue;
        items.item(first ? "int:{02x}" : "{02x}", vector);
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
    if (trace.mmio)
        items.item("mmio");
    if (trace.instructions)
        items.item("insn");
    if (!trace.any())
        items.item("off");
}

} // namespace vestige::config
