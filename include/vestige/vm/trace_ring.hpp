// SPDX-License-Identifier: BSD-2-Clause
// The last events of a VM.
#pragma once

#include "vestige/vm/trace_event.hpp"

#include <algorithm>

namespace vestige::vm {

/// Written by the VM's CPU, read by jobs there.
class TraceRing {
  public:
    static constexpr std::size_t capacity = 4096;

    /// Keeps an event; one that only repeats the last is counted there: a guest that polls a port
    /// must not push everything else out.
    template <class What> TraceEvent& add(u64 time, u64 ip, const What& what) {
        TraceEvent& last = at(count_ - 1);
        What* const before = std::get_if<What>(&last.what);
        if (before != nullptr && last.ip == ip && count_ != 0 && repeats(*before, what)) {
            ++last.repeats;
            last.time = time;
            *before = what;
            return last;
        }
        TraceEvent& place = at(count_++);
        place.time = time;
        place.ip = ip;
        place.code.reset();
        place.repeats = 0;
        place.what.template emplace<What>(what);
        return place;
    }
    [[nodiscard]] std::size_t size() const { return std::min<std::size_t>(count_, capacity); }
    /// The event before which there are age younger ones; age is less than size().
    [[nodiscard]] const TraceEvent& from_last(std::size_t age) const {
        return events_[(count_ - 1 - age) % capacity];
    }
    void clear() { count_ = 0; }

  private:
    /// What a port gives may change, what is written to it tells something.
    static bool repeats(const PortEvent& a, const PortEvent& b) {
        return a.in && b.in && a.port == b.port && a.width == b.width && a.strings == b.strings;
    }
    static bool repeats(const bios::CallRecord& a, const bios::CallRecord& b) {
        return a.same_as(b);
    }
    template <class What> static bool repeats(const What& a, const What& b) { return a == b; }
    TraceEvent& at(std::size_t number) { return events_[number % capacity]; }

    std::array<TraceEvent, capacity> events_{};
    std::size_t count_ = 0; ///< events ever
};

} // namespace vestige::vm
