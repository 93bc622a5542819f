// SPDX-License-Identifier: BSD-2-Clause
// What a VM's time went into, in ticks of the host's TSC.
#pragma once

#include "vestige/bios/trace.hpp"
#include "vestige/vm/exit_names.hpp"

#include <algorithm>

namespace vestige::vm {

/// How often something happened, and how long it took.
struct Spread {
    u64 count = 0;
    u64 total = 0;
    u64 least = ~u64{0};
    u64 most = 0;
    void add(u64 ticks) {
        ++count;
        total += ticks;
        least = std::min(least, ticks);
        most = std::max(most, ticks);
    }
    [[nodiscard]] u64 mean() const { return count == 0 ? 0 : total / count; }
};

/// A few counters by key. What comes when the table is full is counted together.
template <class Key, class Value, std::size_t Capacity> class CounterTable {
  public:
    struct Row {
        Key key{};
        Value value{};
        bool used = false;
    };
    /// The counter of key; hash spreads keys.
    [[nodiscard]] Value& at(const Key& key, std::size_t hash) {
        for (std::size_t i = 0; i < Capacity; ++i) {
            Row& row = rows_[(hash + i) % Capacity];
            if (!row.used) {
                row.key = key;
                row.used = true;
                return row.value;
            }
            if (row.key == key)
                return row.value;
        }
        return others_;
    }
    [[nodiscard]] const std::array<Row, Capacity>& rows() const { return rows_; }
    /// What found no row.
    [[nodiscard]] const Value& others() const { return others_; }

  private:
    std::array<Row, Capacity> rows_{};
    Value others_{};
};

/// A function of the BIOS: its row, or an interrupt without one.
struct BiosKey {
    u8 interrupt = 0;
    const bios::Service* service = nullptr;
    bool operator==(const BiosKey&) const = default;
};
struct PortCount {
    u64 reads = 0;
    u64 writes = 0;
};

struct Statistics {
    std::array<Spread, exit_kinds> exits{};
    /// BIOS calls that only return: served in a few instructions and not timed.
    std::array<u64, 256> quick_calls{};
    /// For single steps, hidden traps and reports of faults.
    u64 own_exits = 0;
    CounterTable<BiosKey, Spread, 128> calls;
    CounterTable<u16, PortCount, 128> ports;
    std::array<u64, 256> interrupts{}; ///< external ones, by vector
    u64 exceptions = 0;                ///< raised in the guest by us
    u64 nmis = 0;
    u64 guest = 0; ///< ticks in the guest
    u64 host = 0;  ///< ticks in our code
    u64 idle = 0;  ///< ticks asleep because the guest halted or is stopped
    u64 since = 0; ///< TSC of the start, or of the last reset

    [[nodiscard]] u64 all_quick_calls() const {
        u64 sum = 0;
        for (const u64 each : quick_calls)
            sum += each;
        return sum;
    }
    [[nodiscard]] u64 all_exits() const {
        u64 sum = all_quick_calls() + own_exits;
        for (const Spread& each : exits)
            sum += each.count;
        // Not an exit of its own: the way out of the vCPU after one that is counted.
        return sum - exits[exit_number<vcpu::ServedExit>()].count;
    }
};

} // namespace vestige::vm
