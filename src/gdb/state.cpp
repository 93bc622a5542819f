// SPDX-License-Identifier: BSD-2-Clause
// Registers, memory and breakpoints.
#include "vestige/gdb/stub.hpp"

#include <algorithm>

namespace vestige::gdb {

void Stub::read_registers() {
    const bool done = with(thread_, [&](vm::Vm& vm) {
        for (unsigned i = 0; i < register_count(architecture_); ++i) {
            const unsigned size = register_size(architecture_, i);
            if (const auto value = read_register(vm.cpu(), architecture_, i))
                reply_.hex(*value, size);
            else
                for (unsigned digit = 0; digit < 2 * size; ++digit)
                    reply_.write("x");
        }
    });
    if (!done)
        answer("E01");
}

void Stub::write_registers(PayloadReader in) {
    bool good = true;
    const bool done = with(thread_, [&](vm::Vm& vm) {
        for (unsigned i = 0; i < register_count(architecture_) && !in.empty(); ++i) {
            const auto value = in.little_endian(register_size(architecture_, i));
            if (value && read_register(vm.cpu(), architecture_, i) &&
                !write_register(vm.cpu(), architecture_, i, *value))
                good = false;
        }
    });
    answer(done && good ? "OK" : "E01");
}

void Stub::read_one(PayloadReader in) {
    const auto number = in.number();
    if (!number || *number >= register_count(architecture_))
        return answer("E01");
    const auto index = static_cast<unsigned>(*number);
    const unsigned size = register_size(architecture_, index);
    std::optional<u64> value;
    if (!with(thread_, [&](vm::Vm& vm) { value = read_register(vm.cpu(), architecture_, index); }))
        return answer("E01");
    if (value)
        return reply_.hex(*value, size);
    for (unsigned digit = 0; digit < 2 * size; ++digit)
        reply_.write("x");
}

void Stub::write_one(PayloadReader in) {
    const auto number = in.number();
    if (!number || *number >= register_count(architecture_) || !in.skip("="))
        return answer("E01");
    const auto index = static_cast<unsigned>(*number);
    const auto value = in.little_endian(register_size(architecture_, index));
    bool good = false;
    if (!value || !with(thread_, [&](vm::Vm& vm) {
            good = write_register(vm.cpu(), architecture_, index, *value);
        }))
        return answer("E01");
    if (!good)
        return answer_error("this register cannot have this value now");
    answer("OK");
}

void Stub::read_memory(PayloadReader in) {
    const auto address = in.number();
    const auto length = in.skip(",") ? in.number() : std::nullopt;
    if (!address || !length)
        return answer("E01");
    const auto wanted = std::span{data_}.first(std::min<u64>(*length, longest_packet / 2));
    std::size_t got = 0;
    with(thread_, [&](vm::Vm& vm) {
        got = vm::GuestView{vm.cpu(), vm.path()}.read(Linear{*address}, wanted);
    });
    if (got == 0 && *length != 0)
        return answer("E0e"); // EFAULT: no memory there
    reply_.hex(wanted.first(got));
}

void Stub::write_memory(PayloadReader in, bool binary) {
    const auto address = in.number();
    const auto length = in.skip(",") ? in.number() : std::nullopt;
    if (!address || !length || !in.skip(":"))
        return answer("E01");
    std::size_t size = 0;
    if (binary) {
        size = std::min(in.rest().size(), data_.size());
        std::ranges::copy(std::as_bytes(std::span{in.rest()}).first(size), data_.begin());
    } else {
        while (const auto next = in.byte())
            data_[size++] = std::byte{*next};
    }
    if (size != *length)
        return answer("E01");
    std::size_t put = 0;
    with(thread_, [&](vm::Vm& vm) {
        put = vm::GuestView{vm.cpu(), vm.path()}.write(Linear{*address},
                                                       std::span{data_}.first(size));
    });
    if (put != size)
        return answer("E0e");
    answer("OK");
}

/// TYPE,ADDRESS,KIND: breakpoints of both kinds are alike, the guest's memory is never changed.
void Stub::point(PayloadReader in, bool insert) {
    const auto type = in.number();
    const auto address = in.skip(",") ? in.number() : std::nullopt;
    const auto kind = in.skip(",") ? in.number() : std::nullopt;
    if (!type || *type > 4 || !address || !kind)
        return; // empty: not known
    vm::BreakSpec spec;
    spec.owner = vm::BreakOwner::gdb;
    spec.address = Linear{*address};
    if (*type >= 2) {
        constexpr std::array kinds{vm::WatchKind::write, vm::WatchKind::read,
                                   vm::WatchKind::access};
        spec.kind = vm::BreakKind::watch;
        spec.watch = kinds[*type - 2];
        spec.length = *kind;
    }
    if (!insert) {
        remove_everywhere(spec);
        return answer("OK");
    }
    remove_everywhere(spec); // a packet that came twice
    if (const char* const problem = insert_everywhere(spec)) {
        remove_everywhere(spec);
        return answer_error(problem);
    }
    answer("OK");
}

const char* Stub::insert_everywhere(const vm::BreakSpec& spec) {
    const char* problem = nullptr;
    for (std::size_t i = 0; i < count_; ++i)
        with(i, [&](vm::Vm& vm) {
            const auto done = vm.debugger().add(spec);
            if (!done)
                problem = done.error();
        });
    return problem;
}

void Stub::remove_everywhere(const vm::BreakSpec& spec) {
    for (std::size_t i = 0; i < count_; ++i)
        with(i, [&](vm::Vm& vm) {
            for (const vm::Breakpoint& each : vm.debugger().breakpoints()) {
                const vm::BreakSpec& other = each.spec;
                if (other.owner == spec.owner && other.kind == spec.kind &&
                    other.address == spec.address && other.length == spec.length &&
                    other.watch == spec.watch) {
                    static_cast<void>(vm.debugger().remove(each.number));
                    break;
                }
            }
        });
}

} // namespace vestige::gdb
