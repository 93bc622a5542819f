// SPDX-License-Identifier: BSD-2-Clause
// The monitor's lines on the machine's own screen: a small terminal of 80 columns and 25 rows.
#pragma once

#include "vestige/base/format.hpp"
#include "vestige/monitor/screen_snapshot.hpp"

namespace vestige::monitor {

/// Takes what is sent to the operator's terminal; knows the sequences that the line editor sends.
class TerminalScreen final : public TextSink {
  public:
    void clear();
    void write(std::string_view text) override;
    [[nodiscard]] const ScreenSnapshot& picture() const { return picture_; }
    /// Whether anything was written since the last call.
    [[nodiscard]] bool take_changed();

  private:
    enum class State : u8 { ground, escape, csi, string, string_end };

    void byte(u8 byte);
    void ground(u8 byte);
    void csi(u8 byte);
    void put(u8 character);
    void next_row();

    ScreenSnapshot picture_;
    State state_ = State::ground;
    unsigned number_ = 0; ///< of the sequence that is being read
    bool changed_ = false;
};

} // namespace vestige::monitor
