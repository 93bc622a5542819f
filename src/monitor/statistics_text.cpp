// SPDX-License-Identifier: BSD-2-Clause
// stats: a VM's statistics for people, and as JSON for programs.
#include "command.hpp"
#include "info_functions.hpp"

#include "vestige/vm/statistics.hpp"

#include <algorithm>

namespace vestige::monitor {
namespace {

using vm::Spread;
using vm::Statistics;

/// Tenths of a per cent.
u64 per_mille(u64 part, u64 whole) { return whole == 0 ? 0 : part * 1000 / whole; }

void print_spread(Context& context, std::string_view name, const Spread& spread, u64 exits) {
    const u64 share = per_mille(spread.count, exits);
    context.say("  {-28} {10} {3}.{}% {8} {8} {10}", name, spread.count, share / 10, share % 10,
                spread.least, spread.mean(), spread.most);
}

/// Rows of a counter table, the most frequent first.
template <class Table, class Count>
auto ranked(const Table& table, Count count) {
    std::array<const typename Table::Row*, std::tuple_size_v<std::decay_t<decltype(table.rows())>>>
        rows{};
    std::size_t used = 0;
    for (const auto& row : table.rows())
        if (row.used)
            rows[used++] = &row;
    std::sort(rows.begin(), rows.begin() + static_cast<long>(used),
              [&](const auto* a, const auto* b) { return count(a->value) > count(b->value); });
    return rows;
}

u64 spread_count(const Spread& spread) { return spread.count; }
u64 port_total(const vm::PortCount& count) { return count.reads + count.writes; }

void print_exits(Context& context, const Statistics& statistics) {
    const u64 all = statistics.all_exits();
    context.say("{} exits                            count  share    least     mean       most "
                "ticks", all);
    for (std::size_t i = 0; i < vm::exit_kinds; ++i) {
        if (statistics.exits[i].count != 0 && i != vm::exit_number<vcpu::ServedExit>())
            print_spread(context, vm::exit_names[i], statistics.exits[i], all);
    }
    if (const u64 quick = statistics.all_quick_calls())
        context.say("  {-28} {10} {3}.{}% (not timed)", "VMCALL that only returns", quick,
                    per_mille(quick, all) / 10, per_mille(quick, all) % 10);
    if (statistics.own_exits != 0)
        context.say("  {-28} {10} {3}.{}% (not timed)", "the debugger's own", statistics.own_exits,
                    per_mille(statistics.own_exits, all) / 10,
                    per_mille(statistics.own_exits, all) % 10);
}

void print_calls(Context& context, const Statistics& statistics) {
    context.say("BIOS calls");
    for (const auto* const row : ranked(statistics.calls, spread_count)) {
        if (row == nullptr)
            break;
        char text[60];
        const bios::Service* const service = row->key.service;
        print_spread(context,
                     format_in(text, "{02x}h {}", row->key.interrupt,
                               service != nullptr ? service->name : std::string_view{"(none)"}),
                     row->value, statistics.all_exits());
    }
}

void print_rest(Context& context, const Statistics& statistics) {
    context.out.write("interrupts");
    for (unsigned i = 0; i < statistics.interrupts.size(); ++i)
        if (statistics.interrupts[i] != 0)
            print(context.out, "  {02x}h {}", i, statistics.interrupts[i]);
    context.say("  NMI {}  exceptions {}", statistics.nmis, statistics.exceptions);
    context.say("ports                                  reads     writes");
    for (const auto* const row : ranked(statistics.ports, port_total)) {
        if (row == nullptr)
            break;
        context.say("  {04x}h {-30} {8} {10}", row->key, vm::port_name(Port{row->key}),
                    row->value.reads, row->value.writes);
    }
}

void print_times(Context& context, const Statistics& statistics) {
    const u64 all = statistics.guest + statistics.host + statistics.idle;
    const auto line = [&](std::string_view name, u64 ticks) {
        const u64 share = per_mille(ticks, all);
        context.say("  {-8} {12} us {3}.{}%", name,
                    context.vm->host().to_nanoseconds(ticks) / 1000, share / 10, share % 10);
    };
    context.say("time");
    line("guest", statistics.guest);
    line("host", statistics.host);
    line("idle", statistics.idle);
}

/// Names here need no escapes: they are all our own.
class JsonList {
  public:
    JsonList(TextSink& out, std::string_view name) : out_{out} { print(out, ",\"{}\":[", name); }
    ~JsonList() { out_.write("]"); }
    JsonList(const JsonList&) = delete;
    JsonList& operator=(const JsonList&) = delete;
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

void json_spread(JsonList& list, std::string_view name, const Spread& spread) {
    list.item("{{\"name\":\"{}\",\"count\":{},\"least\":{},\"mean\":{},\"most\":{},\"total\":{}}",
              name, spread.count, spread.count == 0 ? 0 : spread.least, spread.mean(), spread.most,
              spread.total);
}

void print_json(Context& context, const Statistics& statistics) {
    print(context.out, "{{\"vm\":\"{}\",\"exits_total\":{},\"guest_ticks\":{},\"host_ticks\":{},"
                       "\"idle_ticks\":{},\"nmis\":{},\"exceptions\":{},\"quick_calls\":{},"
                       "\"own_exits\":{}",
          context.vm->config().name.view(), statistics.all_exits(), statistics.guest,
          statistics.host, statistics.idle, statistics.nmis, statistics.exceptions,
          statistics.all_quick_calls(), statistics.own_exits);
    {
        JsonList exits{context.out, "exits"};
        for (std::size_t i = 0; i < vm::exit_kinds; ++i)
            if (statistics.exits[i].count != 0 && i != vm::exit_number<vcpu::ServedExit>())
                json_spread(exits, vm::exit_names[i], statistics.exits[i]);
    }
    {
        JsonList calls{context.out, "bios_calls"};
        for (const auto& row : statistics.calls.rows()) {
            if (!row.used)
                continue;
            char text[60];
            json_spread(calls,
                        format_in(text, "{02x}h {}", row.key.interrupt,
                                  row.key.service != nullptr ? row.key.service->name
                                                             : std::string_view{"(none)"}),
                        row.value);
        }
    }
    {
        JsonList interrupts{context.out, "interrupts"};
        for (unsigned i = 0; i < statistics.interrupts.size(); ++i)
            if (statistics.interrupts[i] != 0)
                interrupts.item("{{\"vector\":{},\"count\":{}}", i, statistics.interrupts[i]);
    }
    {
        JsonList ports{context.out, "ports"};
        for (const auto& row : statistics.ports.rows())
            if (row.used)
                ports.item("{{\"port\":{},\"reads\":{},\"writes\":{}}", row.key, row.value.reads,
                           row.value.writes);
    }
    context.out.write("}\n");
}

} // namespace

void show_statistics(Context& context) {
    const Statistics& statistics = context.vm->recorder().statistics();
    print_exits(context, statistics);
    print_calls(context, statistics);
    print_rest(context, statistics);
    print_times(context, statistics);
}

void statistics_command(Context& context) {
    const std::string_view word = context.words.next();
    if (word.empty())
        return show_statistics(context);
    if (word == "json")
        return print_json(context, context.vm->recorder().statistics());
    if (word != "reset")
        return context.say("stats takes reset or json, not \"{}\"", word);
    context.vm->recorder().reset_statistics(context.vm->host().tsc());
    context.say("statistics start anew");
}

} // namespace vestige::monitor
