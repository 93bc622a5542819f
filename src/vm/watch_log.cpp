// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vm/watch_log.hpp"

#include "vestige/vm/instruction_kind.hpp"

#include <algorithm>

namespace vestige::vm {
namespace {

bool wanted(WatchKind kind, const cpu::DataAccess& access) {
    return (access.write && kind != WatchKind::read) || (access.read && kind != WatchKind::write);
}

} // namespace

std::optional<Trap> trap_of(const BreakSpec& spec) {
    switch (spec.kind) {
    case BreakKind::linear:
        return Trap{spec.address, 1, TrapKind::execute};
    case BreakKind::far:
        return Trap{spec.far.linear(), 1, TrapKind::execute};
    case BreakKind::watch:
        return Trap{spec.address, spec.length,
                    spec.watch == WatchKind::write  ? TrapKind::write
                    : spec.watch == WatchKind::read ? TrapKind::read
                                                    : TrapKind::access};
    default:
        return {};
    }
}

void WatchLog::begin(std::span<const Breakpoint> all) {
    any_ = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const BreakSpec& spec = all[i].spec;
        places_[i] = {};
        if (spec.kind != BreakKind::watch)
            continue;
        Place& place = places_[i];
        place.digest = digest(spec);
        place.at = spec.address;
        place.size = std::min(spec.length, longest_value);
        if (spec.length <= longest_value)
            place.before = value(place.at, place.size);
    }
}

void WatchLog::note(std::span<const Breakpoint> all, const cpu::DataAccess& access, bool before) {
    for (std::size_t i = 0; i < all.size(); ++i) {
        const BreakSpec& spec = all[i].spec;
        Place& place = places_[i];
        if (spec.kind != BreakKind::watch || !all[i].enabled || seen(i))
            continue;
        const u64 start = std::max(access.address.value(), spec.address.value());
        const u64 end = std::min(access.address.value() + access.length,
                                 spec.address.value() + spec.length);
        if (start >= end || !wanted(spec.watch, access))
            continue;
        any_ = true;
        place.seen = Seen::instruction;
        place.kind = access.write ? Kind::write : Kind::read;
        if (spec.length <= longest_value)
            continue; // the watched bytes themselves are shown
        place.at = Linear{start};
        place.size = std::min(end - start, longest_value);
        place.before = before ? std::optional{value(place.at, place.size)} : std::nullopt;
    }
}

void WatchLog::note(std::span<const Breakpoint> all, const Trap& trap) {
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto own = trap_of(all[i].spec);
        if (all[i].spec.kind != BreakKind::watch || !all[i].enabled || seen(i) || own != trap)
            continue;
        any_ = true;
        places_[i].seen = Seen::instruction;
        places_[i].kind = trap.kind == TrapKind::write ? Kind::write : Kind::unknown;
    }
}

void WatchLog::note_changes(std::span<const Breakpoint> all) {
    for (std::size_t i = 0; i < all.size(); ++i) {
        const BreakSpec& spec = all[i].spec;
        if (spec.kind != BreakKind::watch || spec.watch == WatchKind::read)
            continue;
        const u64 now = digest(spec);
        if (now == places_[i].digest)
            continue;
        places_[i].digest = now;
        if (seen(i) || !all[i].enabled)
            continue;
        any_ = true;
        places_[i].seen = Seen::outside;
    }
}

void WatchLog::forget_instruction() {
    any_ = false;
    for (Place& each : places_) {
        if (each.seen == Seen::instruction)
            each.seen = Seen::nothing;
        any_ = any_ || each.seen != Seen::nothing;
    }
}

void WatchLog::describe(std::span<const Breakpoint> all, std::size_t number, TextSink& out) const {
    const Place& place = places_[number];
    const bool wide = all[number].spec.length > longest_value;
    if (place.seen == Seen::outside && wide)
        return out.write("changed, not by an instruction");
    const u64 now = value(place.at, place.size);
    const bool changed = place.before && *place.before != now;
    if (changed)
        print(out, "{x}h -> ", *place.before);
    print(out, "{x}h", now);
    if (wide)
        print(out, " at {x}", place.at);
    if (place.seen == Seen::outside)
        out.write(", not by an instruction");
    else if (!changed)
        out.write(place.kind == Kind::read    ? ", read"
                  : place.kind == Kind::write ? ", written"
                                              : ", not changed");
}

u64 WatchLog::value(Linear at, u64 size) const {
    std::array<std::byte, longest_value> raw{};
    static_cast<void>(read_code(*cpu_, path_, at, std::span{raw}.first(size)));
    return load_le<u64>(raw, 0);
}

/// FNV-1a.
u64 WatchLog::digest(const BreakSpec& spec) const {
    u64 hash = 0xcbf29ce484222325;
    std::array<std::byte, 64> piece{};
    for (u64 done = 0; done < spec.length; done += piece.size()) {
        const auto here = std::span{piece}.first(std::min<u64>(piece.size(), spec.length - done));
        std::ranges::fill(here, std::byte{0xff});
        static_cast<void>(read_code(*cpu_, path_, spec.address + done, here));
        for (const std::byte each : here)
            hash = (hash ^ std::to_integer<u64>(each)) * 0x100000001b3;
    }
    return hash;
}

} // namespace vestige::vm
