// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/cpu/bus_access.hpp"

#include <algorithm>

namespace vestige::cpu {

Result<LocatedOperand, Event> BusAccess::locate(SegmentName segment, u64 offset, Width width,
                                                AccessKind kind) {
    const auto address = access_.linear(segment, offset, bytes(width), kind);
    if (!address)
        return Error{address.error()};
    const u64 room = page_size - address.value().offset_in(page_size);
    LocatedOperand result;
    result.width = width;
    result.in_first = static_cast<unsigned>(std::min(room, u64{bytes(width)}));
    const auto first = access_.translate(address.value(), access_.data(kind));
    if (!first)
        return Error{first.error()};
    result.first = first.value();
    if (result.in_first == bytes(width))
        return result;
    Linear rest = address.value() + result.in_first;
    if (mode_of(access_.state()) != Mode::long64)
        rest = Linear{rest.value() & 0xffffffff};
    const auto second = access_.translate(rest, access_.data(kind));
    if (!second)
        return Error{second.error()};
    result.second = second.value();
    return result;
}

u64 BusAccess::read(const LocatedOperand& operand) {
    if (operand.in_first == bytes(operand.width))
        return bus_.read(operand.first, operand.width) & all_ones(operand.width);
    u64 value = 0;
    for (unsigned i = 0; i < bytes(operand.width); ++i) {
        const Gpa place =
            i < operand.in_first ? operand.first + i : operand.second + (i - operand.in_first);
        value |= (bus_.read(place, Width::byte) & 0xff) << (8 * i);
    }
    return value;
}

void BusAccess::write(const LocatedOperand& operand, u64 value) {
    if (operand.in_first == bytes(operand.width))
        return bus_.write(operand.first, operand.width, value & all_ones(operand.width));
    for (unsigned i = 0; i < bytes(operand.width); ++i) {
        const Gpa place =
            i < operand.in_first ? operand.first + i : operand.second + (i - operand.in_first);
        bus_.write(place, Width::byte, value >> (8 * i) & 0xff);
    }
}

Result<u64, Event> BusAccess::load(SegmentName segment, u64 offset, Width width) {
    const auto place = locate(segment, offset, width, AccessKind::read);
    if (!place)
        return Error{place.error()};
    return read(place.value());
}

Result<Unit, Event> BusAccess::store(SegmentName segment, u64 offset, Width width, u64 value) {
    const auto place = locate(segment, offset, width, AccessKind::write);
    if (!place)
        return Error{place.error()};
    write(place.value(), value);
    return Unit{};
}

} // namespace vestige::cpu
