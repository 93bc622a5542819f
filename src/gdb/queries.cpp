// SPDX-License-Identifier: BSD-2-Clause
// From a packet to what it asks for, and the questions about the target itself.
#include "vestige/gdb/stub.hpp"

#include <algorithm>

namespace vestige::gdb {

bool Stub::serve(PayloadReader in) {
    if (in.skip("?")) {
        write_stop(stopped_);
    } else if (in.skip("g")) {
        read_registers();
    } else if (in.skip("G")) {
        write_registers(in);
    } else if (in.skip("p")) {
        read_one(in);
    } else if (in.skip("P")) {
        write_one(in);
    } else if (in.skip("m")) {
        read_memory(in);
    } else if (in.skip("M")) {
        write_memory(in, false);
    } else if (in.skip("X")) {
        write_memory(in, true);
    } else if (in.skip("Z")) {
        point(in, true);
    } else if (in.skip("z")) {
        point(in, false);
    } else if (in.skip("H")) {
        choose_thread(in);
    } else if (in.skip("T")) {
        is_alive(in);
    } else if (in.skip("qRcmd,")) {
        return command(in);
    } else if (in.skip("q")) {
        return serve_query(in);
    } else if (in.skip("v")) {
        return serve_v(in);
    } else {
        return serve_set(in);
    }
    return true;
}

/// Packets that change what runs.
bool Stub::serve_set(PayloadReader in) {
    if (in.skip("c"))
        return resume(in, Motion::go_on);
    if (in.skip("s"))
        return resume(in, Motion::step);
    if (in.skip("C") || in.skip("S")) {
        const bool steps = reader_.payload().starts_with('S');
        static_cast<void>(in.until(';')); // the signal: guests take none
        return resume(in, steps ? Motion::step : Motion::go_on);
    }
    if (in.skip("D")) {
        detach();
        answer("OK");
        return true;
    }
    if (in.skip("k")) {
        end_all();
        return false;
    }
    return true; // empty: not known
}

bool Stub::serve_v(PayloadReader in) {
    if (in.skip("Cont?"))
        answer("vCont;c;C;s;S");
    else if (in.skip("Cont;"))
        return resume_by_actions(in);
    else if (in.skip("Kill")) {
        end_all();
        answer("OK");
    }
    return true;
}

bool Stub::serve_query(PayloadReader in) {
    if (in.skip("Supported")) {
        reports_kind_ = in.rest().find("hwbreak+") != std::string_view::npos;
        takes_exec_ = in.rest().find("exec-events+") != std::string_view::npos;
        supported();
    } else if (in.skip("Xfer:features:read:target.xml:")) {
        description(in);
    } else if (in.rest() == "C") {
        print(reply_, "QC{x}", thread_ + 1);
    } else if (in.rest() == "fThreadInfo") {
        threads();
    } else if (in.rest() == "sThreadInfo") {
        answer("l");
    } else if (in.skip("ThreadExtraInfo,")) {
        thread_info(in);
    } else if (in.rest().starts_with("Attached")) {
        answer("1");
    }
    return true;
}

void Stub::supported() {
    print(reply_, "PacketSize={x};qXfer:features:read+;vContSupported+;hwbreak+;exec-events+", longest_packet);
}

void Stub::description(PayloadReader in) {
    const auto from = in.number();
    const auto length = in.skip(",") ? in.number() : std::nullopt;
    if (!from || !length || *from > 1'000'000)
        return answer("E00");
    // The description has nothing in it that needs an escape.
    const std::size_t most = std::min<u64>(*length, longest_packet - 8);
    reply_.write("m");
    with(thread_, [&](vm::Vm& vm) { architecture_ = architecture_of(vm.cpu()); });
    if (write_description(architecture_, *from, most, reply_))
        reply_.begin_with('l');
}

void Stub::threads() {
    reply_.write("m");
    for (std::size_t i = 0; i < count_; ++i)
        if (alive(i))
            print(reply_, "{}{x}", reply_.view().size() > 1 ? "," : "", i + 1);
    if (reply_.view().size() == 1)
        answer("l");
}

void Stub::thread_info(PayloadReader in) {
    const auto number = thread_number(in);
    if (!number)
        return answer("E01");
    char text[80];
    const vm::VmConfig& config = guests_.machine(*number).config();
    reply_.hex(format_in(text, "VM {} on CPU {}", config.name.view(), config.cpu));
}

void Stub::choose_thread(PayloadReader in) {
    const bool registers = in.skip("g");
    if (!registers && !in.skip("c"))
        return answer("E01");
    if (in.skip("-1") || in.rest() == "0")
        return answer("OK");
    const auto number = thread_number(in);
    if (!number)
        return answer("E01");
    (registers ? thread_ : runner_) = *number;
    answer("OK");
}

void Stub::is_alive(PayloadReader in) {
    answer(thread_number(in) ? "OK" : "E01");
}

bool Stub::command(PayloadReader in) {
    char line[512];
    std::size_t size = 0;
    while (size < sizeof line) {
        const auto next = in.byte();
        if (!next)
            break;
        line[size++] = static_cast<char>(*next);
    }
    if (!in.empty()) {
        answer_error("the command is too long, or not hexadecimal");
        return true;
    }
    struct Output final : TextSink {
        explicit Output(Stub& to) : stub{to} {}
        void write(std::string_view text) override { stub.show(text); }
        Stub& stub;
    } output{*this};
    guests_.execute(thread_, {line, size}, output);
    answer("OK");
    bool goes_on = false;
    with(thread_, [&](vm::Vm& vm) { goes_on = vm.debugger().bound_to_stop(); });
    running_ = command_waits_ = goes_on;
    return !goes_on;
}

} // namespace vestige::gdb
