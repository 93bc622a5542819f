// SPDX-License-Identifier: BSD-2-Clause
// What watchpoints have seen since the guest last stood: which were hit, where, and what changed.
#pragma once

#include "vestige/cpu/data_accesses.hpp"
#include "vestige/cpu/page_walk.hpp"
#include "vestige/vm/breakpoint.hpp"
#include "vestige/vm/hidden_traps.hpp"

namespace vestige::vm {

/// What a breakpoint needs the CPU to trap; nothing for one that is found by exits alone.
[[nodiscard]] std::optional<Trap> trap_of(const BreakSpec& spec);

/// Knows breakpoints by their place in the list that each function is given.
class WatchLog {
  public:
    static constexpr std::size_t most_places = 256;

    explicit WatchLog(const cpu::PhysicalPath& path) : path_{path} {}
    void connect(const vcpu::Vcpu& cpu) { cpu_ = &cpu; }

    /// Nothing is seen yet, and the watched bytes are as they are now.
    void begin(std::span<const Breakpoint> all);
    /// An instruction reaches memory. before: it has not run yet.
    void note(std::span<const Breakpoint> all, const cpu::DataAccess& access, bool before);
    /// An instruction has run into one of HiddenTraps' debug registers.
    void note(std::span<const Breakpoint> all, const Trap& trap);
    /// Bytes that our BIOS or a device has written show only in their value.
    void note_changes(std::span<const Breakpoint> all);
    /// The instruction that was noted has not run: it raised an exception.
    void forget_instruction();
    [[nodiscard]] bool any() const { return any_; }
    [[nodiscard]] bool seen(std::size_t place) const {
        return places_[place].seen != Seen::nothing;
    }
    /// "0h -> 1234h", "41h at b8004, read": what became of the bytes that were reached.
    void describe(std::span<const Breakpoint> all, std::size_t place, TextSink& out) const;

  private:
    enum class Seen : u8 { nothing, instruction, outside };
    enum class Kind : u8 { unknown, read, write };
    struct Place {
        u64 digest = 0; ///< of all watched bytes
        Linear at;      ///< the bytes that describe() shows
        u64 size = 0;
        std::optional<u64> before; ///< their value, little-endian
        Seen seen = Seen::nothing;
        Kind kind = Kind::unknown;
    };
    /// What describe() shows as one number.
    static constexpr u64 longest_value = 8;

    [[nodiscard]] u64 value(Linear at, u64 size) const;
    [[nodiscard]] u64 digest(const BreakSpec& spec) const;

    const cpu::PhysicalPath& path_;
    const vcpu::Vcpu* cpu_ = nullptr;
    std::array<Place, most_places> places_{};
    bool any_ = false;
};

} // namespace vestige::vm
