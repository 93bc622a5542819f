// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/cpu/linear_access.hpp"

#include <algorithm>

namespace vestige::cpu {
namespace {

bool is_protected(Mode mode) {
    return mode != Mode::real && mode != Mode::v86;
}

/// Type check of SDM 3A, "Type Checking", for a segment that is usable.
bool type_allows(const Segment& segment, AccessKind kind) {
    constexpr u8 code = 8;
    constexpr u8 readable_or_writable = 2;
    const u8 type = Segment::Type::get(segment.access_rights);
    switch (kind) {
    case AccessKind::read:
        return (type & code) == 0 || (type & readable_or_writable) != 0;
    case AccessKind::write:
        return (type & code) == 0 && (type & readable_or_writable) != 0;
    default:
        return true;
    }
}

bool is_expand_down(const Segment& segment) {
    constexpr u8 code_or_expand_down = 0xc;
    return Segment::CodeOrData::get(segment.access_rights) &&
           (Segment::Type::get(segment.access_rights) & code_or_expand_down) == 4;
}

/// All of [offset, offset + size) lies in the segment; size is not 0.
bool limit_allows(const Segment& segment, u64 offset, u64 size) {
    u64 first = 0;
    u64 last = segment.limit;
    if (is_expand_down(segment)) {
        first = last + 1;
        last = Segment::Default32::get(segment.access_rights) ? 0xffffffff : 0xffff;
    }
    return offset >= first && offset <= last && size - 1 <= last - offset;
}

} // namespace

Privilege LinearAccess::privilege() const {
    return cpl_of(state_) == 3 ? Privilege::user : Privilege::supervisor;
}

Linear LinearAccess::wrap(Linear address) const {
    return (state_.efer() & efer::lma) != 0 ? address : Linear{address.value() & 0xffffffff};
}

bool LinearAccess::is_known(Linear address, PageAccess access) const {
    return known_.kind != AccessKind::execute && access.kind != AccessKind::execute &&
           (access.kind == AccessKind::read || known_.kind == AccessKind::write) &&
           access.privilege != Privilege::implicit_system &&
           (address.value() ^ known_.address.value()) < page_size;
}

Result<Gpa, Event> LinearAccess::translate(Linear address, PageAccess access) {
    if (is_known(address, access))
        return known_.place - known_.place.offset_in(page_size) + address.offset_in(page_size);
    const auto found = cpu::translate(state_, path_, address, access);
    if (found)
        return found.value();
    state_.set_cr2(found.error().address.value());
    return Error{page_fault(found.error())};
}

Result<Unit, Event> LinearAccess::read(Linear address, std::span<std::byte> out,
                                       Privilege privilege) {
    while (!out.empty()) {
        address = wrap(address);
        const auto place = translate(address, {AccessKind::read, privilege});
        if (!place)
            return Error{place.error()};
        const u64 piece = std::min(page_size - address.offset_in(page_size), u64{out.size()});
        path_.memory.read(place.value(), out.first(piece));
        out = out.subspan(piece);
        address += piece;
    }
    return Unit{};
}

Result<Unit, Event> LinearAccess::check_write(Linear address, u64 size, Privilege privilege) {
    while (size != 0) {
        address = wrap(address);
        const auto place = translate(address, {AccessKind::write, privilege});
        if (!place)
            return Error{place.error()};
        const u64 piece = std::min(page_size - address.offset_in(page_size), size);
        size -= piece;
        address += piece;
    }
    return Unit{};
}

Result<Unit, Event> LinearAccess::write(Linear address, std::span<const std::byte> data,
                                        Privilege privilege) {
    if (address.offset_in(page_size) + data.size() > page_size)
        if (const auto checked = check_write(address, data.size(), privilege); !checked)
            return checked;
    while (!data.empty()) {
        address = wrap(address);
        const auto place = translate(address, {AccessKind::write, privilege});
        if (!place)
            return Error{place.error()};
        const u64 piece = std::min(page_size - address.offset_in(page_size), u64{data.size()});
        path_.memory.write(place.value(), data.first(piece));
        data = data.subspan(piece);
        address += piece;
    }
    return Unit{};
}

Result<Linear, Event> LinearAccess::linear(SegmentName segment, u64 offset, u64 size,
                                           AccessKind kind) const {
    const Event refused =
        segment == SegmentName::ss ? fault(exception::ss, 0) : general_protection();
    const Mode mode = mode_of(state_);
    const Segment cached = state_.segment(segment);
    if (mode == Mode::long64) {
        const bool based = segment == SegmentName::fs || segment == SegmentName::gs;
        const u64 first = offset + (based ? cached.base : 0);
        const u64 last = first + (size == 0 ? 0 : size - 1);
        if (!is_canonical(first) || !is_canonical(last))
            return Error{refused};
        return Linear{first};
    }
    if (is_protected(mode) &&
        (Segment::Unusable::get(cached.access_rights) || !type_allows(cached, kind)))
        return Error{refused};
    if (!limit_allows(cached, offset, std::max(size, u64{1})))
        return Error{refused};
    return Linear{(cached.base + offset) & 0xffffffff};
}

Result<Unit, Event> LinearAccess::read(SegmentName segment, u64 offset, std::span<std::byte> out) {
    const auto address = linear(segment, offset, out.size(), AccessKind::read);
    if (!address)
        return Error{address.error()};
    return read(address.value(), out, privilege());
}

Result<Unit, Event> LinearAccess::write(SegmentName segment, u64 offset,
                                        std::span<const std::byte> data) {
    const auto address = linear(segment, offset, data.size(), AccessKind::write);
    if (!address)
        return Error{address.error()};
    return write(address.value(), data, privilege());
}

Result<Unit, Event> LinearAccess::read_wrapping(SegmentName segment, u16 offset,
                                                std::span<std::byte> out) {
    while (!out.empty()) {
        const u64 piece = std::min(0x10000 - u64{offset}, u64{out.size()});
        if (const auto done = read(segment, offset, out.first(piece)); !done)
            return done;
        out = out.subspan(piece);
        offset = static_cast<u16>(offset + piece);
    }
    return Unit{};
}

Result<Unit, Event> LinearAccess::write_wrapping(SegmentName segment, u16 offset,
                                                 std::span<const std::byte> data) {
    u16 at = offset;
    for (u64 left = data.size(); left != 0;) {
        const u64 piece = std::min(0x10000 - u64{at}, left);
        const auto address = linear(segment, at, piece, AccessKind::write);
        if (!address)
            return Error{address.error()};
        if (const auto checked = check_write(address.value(), piece, privilege()); !checked)
            return checked;
        left -= piece;
        at = static_cast<u16>(at + piece);
    }
    while (!data.empty()) {
        const u64 piece = std::min(0x10000 - u64{offset}, u64{data.size()});
        if (const auto done = write(segment, offset, data.first(piece)); !done)
            return done;
        data = data.subspan(piece);
        offset = static_cast<u16>(offset + piece);
    }
    return Unit{};
}

} // namespace vestige::cpu
