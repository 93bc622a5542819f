// SPDX-License-Identifier: BSD-2-Clause
// One VM's end of the console: what its CPU and the console's CPU pass each other without waiting.
#pragma once

#include "vestige/base/format.hpp"
#include "vestige/base/spsc_ring.hpp"
#include "vestige/bios/environment.hpp"
#include "vestige/machine/backends.hpp"
#include "vestige/monitor/key_decoder.hpp"
#include "vestige/monitor/line_screen.hpp"
#include "vestige/monitor/screen_recorder.hpp"

#include <atomic>

namespace vestige::monitor {

/// Bytes from a VM. A full ring makes the sender wait.
template <std::size_t Capacity> class RingSink final : public machine::CharacterSink {
  public:
    [[nodiscard]] bool try_write(u8 byte) override { return ring_.push(byte); }
    SpscRing<u8, Capacity>& ring() { return ring_; }

  private:
    SpscRing<u8, Capacity> ring_;
};

/// Bytes to a VM.
template <std::size_t Capacity> class RingSource final : public machine::CharacterSource {
  public:
    [[nodiscard]] std::optional<u8> try_read() override {
        u8 byte = 0;
        return ring_.pop(byte) ? std::optional<u8>{byte} : std::nullopt;
    }
    SpscRing<u8, Capacity>& ring() { return ring_; }

  private:
    SpscRing<u8, Capacity> ring_;
};

/// The last bytes of a stream.
template <std::size_t Capacity> class Tail {
  public:
    void add(u8 byte) {
        bytes_[next_ % Capacity] = byte;
        ++next_;
    }
    [[nodiscard]] std::size_t size() const { return next_ < Capacity ? next_ : Capacity; }
    /// The i-th oldest byte that is kept.
    [[nodiscard]] u8 operator[](std::size_t i) const {
        return bytes_[(next_ - size() + i) % Capacity];
    }

  private:
    std::array<u8, Capacity> bytes_{};
    std::size_t next_ = 0;
};

/// A VM's console. The VM's CPU uses the first group of members, the console's CPU (which may be
/// the same) the second.
class VmConsole final : public bios::ScreenObserver {
  public:
    /// screen is where the VM's text screen is read from.
    VmConsole(std::string_view name, const TextScreen& screen) : name_{name}, screen_{screen} {}

    // --- the VM's CPU ---
    /// What the guest's COM1 sends to and receives from.
    [[nodiscard]] machine::CharacterSink& com1_out() { return com1_out_; }
    [[nodiscard]] machine::CharacterSource& com1_in() { return com1_in_; }
    /// What port E9h writes to; becomes log lines.
    [[nodiscard]] machine::CharacterSink& debug_out() { return debug_out_; }
    /// The next key for the keyboard; to be asked when the keyboard has delivered the last one.
    [[nodiscard]] std::optional<KeyCode> next_key();
    /// From the BIOS: keeps the row for a console that prints lines.
    void row_scrolled_off(std::span<const u16> cells) override;
    void screen_written() override {}

    // --- the console's CPU ---
    static constexpr std::size_t key_capacity = 1024;
    static constexpr std::size_t tail_capacity = 4096;

    [[nodiscard]] std::string_view name() const { return name_.view(); }
    [[nodiscard]] const TextScreen& screen() const { return screen_; }
    SpscRing<u8, 4096>& com1_bytes() { return com1_out_.ring(); }
    SpscRing<u8, 2048>& debug_bytes() { return debug_out_.ring(); }
    SpscRing<RowText, 64>& scrolled_rows() { return rows_; }
    SpscRing<KeyCode, key_capacity>& keys() { return keys_; }
    void type_on_com1(u8 byte);
    /// Rows that found the ring of scrolled rows full.
    [[nodiscard]] u32 rows_lost() const { return rows_lost_.load(std::memory_order_relaxed); }

    /// Whether the screen is recorded: from any CPU.
    void record(bool wanted) { record_.store(wanted, std::memory_order_relaxed); }
    [[nodiscard]] bool recorded() const { return record_.load(std::memory_order_relaxed); }

    ScreenRecorder recorder;
    Tail<tail_capacity> com1_tail;
    bool com1_was_last = false; ///< the guest wrote to COM1 after its screen
    RowText debug_line;         ///< what port E9h got since the last line end

  private:
    Text<16> name_;
    const TextScreen& screen_;
    RingSink<4096> com1_out_;
    RingSource<512> com1_in_;
    RingSink<2048> debug_out_;
    SpscRing<RowText, 64> rows_;
    SpscRing<KeyCode, key_capacity> keys_;
    std::atomic<u32> rows_lost_{0};
    std::atomic<bool> record_{false};
};

} // namespace vestige::monitor
