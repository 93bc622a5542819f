// SPDX-License-Identifier: BSD-2-Clause
// Packets, threads, and what goes on and stops.
#include "vestige/gdb/stub.hpp"

#include "vestige/config/words.hpp"

#include "vestige/base/log.hpp"

#include <algorithm>

namespace vestige::gdb {
namespace {

constexpr unsigned signal_interrupt = 2, signal_trap = 5, signal_fault = 11;

unsigned signal_of(const vm::Stop& stop, bool interrupted) {
    if (stop.cause == vm::StopCause::fault)
        return signal_fault;
    return stop.cause == vm::StopCause::request && interrupted ? signal_interrupt : signal_trap;
}

} // namespace

bool Stub::start() {
    count_ = guests_.count();
    if (count_ > most_threads)
        return false;
    for (std::size_t i = 0; i < count_; ++i)
        if (!guests_.machine(i).debugger().listen(watchers_[i]))
            return false;
    return true;
}

void Stub::poll() {
    while (const auto next = line_.read())
        byte(*next);
    if (running_)
        report_events();
}

void Stub::byte(u8 byte) {
    using Found = PacketReader::Found;
    switch (reader_.feed(byte)) {
    case Found::nothing:
        break;
    case Found::accepted:
        last_packet_ = 0;
        break;
    case Found::refused:
        if (!running_)
            send();
        break;
    case Found::corrupt:
        line_.write("-");
        break;
    case Found::packet:
        line_.write("+");
        if (!is_repeated(reader_.payload()))
            packet(reader_.payload());
        break;
    case Found::interrupt:
        if (running_) {
            interrupted_ = true;
            stop_all(vm::StopCause::request);
        }
        break;
    }
}

/// GDB sends a packet again when our '+' is late; it has not seen the answer then.
bool Stub::is_repeated(std::string_view text) {
    u64 hash = 0xcbf29ce484222325; // FNV-1a
    for (const char c : text)
        hash = (hash ^ static_cast<u8>(c)) * 0x100000001b3;
    const bool same = hash == last_packet_;
    last_packet_ = hash;
    return same;
}

void Stub::packet(std::string_view text) {
    // Packets while the guests run come from a GDB that has begun anew.
    if (!attached_ || running_ || text.starts_with("qSupported"))
        attach();
    reply_.clear();
    if (serve(PayloadReader{text}))
        send();
}

void Stub::answer(std::string_view text) {
    reply_.clear();
    reply_.write(text);
}

void Stub::answer_error(std::string_view why) {
    reply_.clear();
    print(reply_, "E.{}", why);
}

bool Stub::alive(std::size_t number) const {
    return guests_.machine(number).end() == vm::End::running;
}

void Stub::attach() {
    if (!attached_)
        log(LogArea::host, LogLevel::info, "gdb: attached");
    attached_ = true;
    running_ = false;
    stop_waits_ = command_waits_ = false;
    unreported_ = {};
    interrupted_ = false;
    stop_all(vm::StopCause::request);
    for (std::size_t i = 0; i < count_; ++i) {
        static_cast<void>(watchers_[i].take());
        with(i, [](vm::Vm& vm) {
            vm.debugger().remove_all(vm::BreakOwner::gdb);
            vm.debugger().hold_faults(true);
        });
    }
    for (std::size_t i = count_; i-- != 0;)
        if (alive(i))
            thread_ = runner_ = stopped_ = i;
    with(thread_, [&](vm::Vm& vm) { architecture_ = architecture_of(vm.cpu()); });
}

void Stub::stop_all(vm::StopCause cause) {
    for (std::size_t i = 0; i < count_; ++i)
        with(i, [&](vm::Vm& vm) { vm.debugger().stop(cause, "GDB", vm::BreakOwner::gdb); });
}

/// A VM that has stopped, or the end of the last one.
void Stub::report_events() {
    if (!attached_ || !running_)
        return;
    for (std::size_t i = 0; i < count_; ++i) {
        if (!watchers_[i].take())
            continue;
        bool stopped = false;
        if (with(i, [&](vm::Vm& vm) { stopped = vm.debugger().stopped(); }) && stopped)
            return report_stop(i);
    }
    for (std::size_t i = 0; i < count_; ++i)
        if (alive(i))
            return;
    running_ = false;
    reply_.clear();
    if (command_waits_)
        answer("OK");
    else
        print(reply_, "W{02x}", guests_.machine(stopped_).status());
    send();
    attached_ = command_waits_; // then the next packet hears it
    command_waits_ = false;
}

/// Those that have stopped at the same time for reasons of their own are reported one by one.
void Stub::note_other_stops(std::size_t number) {
    for (std::size_t i = 0; i < count_; ++i)
        if (i != number)
            with(i, [&](vm::Vm& vm) {
                unreported_[i] = vm.debugger().stopped() &&
                                 vm.debugger().last_stop().cause != vm::StopCause::request;
            });
}

void Stub::report_stop(std::size_t number) {
    note_other_stops(number);
    stop_all(vm::StopCause::request);
    for (Watcher& watcher : watchers_)
        static_cast<void>(watcher.take());
    running_ = false;
    thread_ = runner_ = stopped_ = number;
    vm::Stop stop;
    with(number, [&](vm::Vm& vm) { stop = vm.debugger().last_stop(); });
    if (stop.cause == vm::StopCause::fault || stop.owner == vm::BreakOwner::user)
        if (stop.cause != vm::StopCause::step && stop.cause != vm::StopCause::request) {
            show(stop.text.view());
            show("\n");
        }
    if (command_waits_) {
        command_waits_ = false;
        answer("OK");
        return send();
    }
    reply_.clear();
    if (!tell_architecture())
        write_stop(number);
    send();
}

/// GDB asks for the registers' description again when it hears that another program runs; then it
/// lets the guests go on, and gets the stop that this one stands for.
bool Stub::tell_architecture() {
    Architecture now = architecture_;
    with(thread_, [&](vm::Vm& vm) { now = architecture_of(vm.cpu()); });
    if (now == architecture_ || !takes_exec_)
        return false;
    architecture_ = now;
    stop_waits_ = true;
    print(reply_, "T05thread:{x};exec:", thread_ + 1);
    reply_.hex("/guest code, ");
    reply_.hex(name_of(now));
    reply_.write(";");
    return true;
}

void Stub::write_stop(std::size_t number) {
    vm::Stop stop;
    if (!with(number, [&](vm::Vm& vm) { stop = vm.debugger().last_stop(); }))
        return print(reply_, "W{02x}", guests_.machine(number).status());
    print(reply_, "T{02x}thread:{x};", signal_of(stop, interrupted_), number + 1);
    if (stop.owner != vm::BreakOwner::gdb)
        return;
    if (stop.cause == vm::StopCause::breakpoint && reports_kind_)
        reply_.write("hwbreak:;");
    if (stop.cause == vm::StopCause::watchpoint)
        print(reply_, "{}:{x};",
              stop.watch == vm::WatchKind::write  ? "watch"
              : stop.watch == vm::WatchKind::read ? "rwatch"
                                                  : "awatch",
              stop.address);
}

/// Text on GDB's console; only while GDB waits for a stop or for a command's answer.
void Stub::show(std::string_view text) {
    constexpr std::size_t piece = longest_packet / 2 - 16;
    while (!text.empty()) {
        reply_.clear();
        reply_.write("O");
        reply_.hex(config::part(text, 0, piece));
        send();
        text.remove_prefix(std::min(text.size(), piece));
    }
}

bool Stub::resume(PayloadReader in, Motion motion) {
    if (const auto address = in.number())
        with(runner_, [&](vm::Vm& vm) {
            // Both descriptions have the program counter behind eight or sixteen registers.
            const unsigned pc = architecture_ == Architecture::x86_64 ? 16 : 8;
            static_cast<void>(write_register(vm.cpu(), architecture_, pc, *address));
        });
    std::array<Motion, most_threads> motions{};
    for (std::size_t i = 0; i < count_; ++i)
        motions[i] = i == runner_ ? motion : Motion::go_on;
    set_all_going(motions);
    return false;
}

/// vCont;ACTION[:THREAD][;...]: the first action that names a thread, or none, counts.
bool Stub::resume_by_actions(PayloadReader in) {
    std::array<Motion, most_threads> motions{};
    bool any = false;
    while (!in.empty()) {
        PayloadReader action{in.until(';')};
        if (action.empty())
            continue;
        const bool steps = action.skip("s") || action.skip("S");
        if (!steps && !action.skip("c") && !action.skip("C")) {
            answer_error("vCont knows c, C, s and S");
            return true;
        }
        static_cast<void>(action.number()); // a signal: guests take none
        const Motion motion = steps ? Motion::step : Motion::go_on;
        const bool named = action.skip(":") && !action.skip("-1");
        const auto number = named ? thread_number(action) : std::nullopt;
        for (std::size_t i = 0; i < count_; ++i)
            if (motions[i] == Motion::none && (!named || number == i)) {
                motions[i] = motion;
                any = true;
            }
    }
    if (!any) {
        answer_error("no such thread");
        return true;
    }
    set_all_going(motions);
    return false;
}

void Stub::set_all_going(std::span<const Motion> motions) {
    if (stop_waits_) {
        stop_waits_ = false;
        reply_.clear();
        write_stop(stopped_);
        return send();
    }
    running_ = true;
    interrupted_ = false;
    for (std::size_t i = 0; i < count_; ++i)
        if (unreported_[i] && alive(i)) {
            unreported_[i] = false;
            return report_stop(i);
        }
    for (std::size_t i = 0; i < count_; ++i)
        with(i, [&](vm::Vm& vm) {
            vm.resume(); // over the monitor's pause
            if (motions[i] == Motion::go_on)
                vm.debugger().resume();
            if (motions[i] == Motion::step)
                vm.debugger().step(1, vm::BreakOwner::gdb);
        });
}

void Stub::detach() {
    for (std::size_t i = 0; i < count_; ++i)
        with(i, [](vm::Vm& vm) {
            vm.debugger().hold_faults(false);
            vm.debugger().leave(vm::BreakOwner::gdb);
        });
    attached_ = false;
    log(LogArea::host, LogLevel::info, "gdb: detached");
}

void Stub::end_all() {
    detach();
    for (std::size_t i = 0; i < count_; ++i)
        guests_.machine(i).order(vm::Order::stop);
}

std::optional<std::size_t> Stub::thread_number(PayloadReader& in) const {
    const auto number = in.number();
    if (!number || *number == 0 || *number > count_ || !alive(*number - 1))
        return {};
    return *number - 1;
}

} // namespace vestige::gdb
