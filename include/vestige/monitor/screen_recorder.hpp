// SPDX-License-Identifier: BSD-2-Clause
// A record of what a VM's screen shows, as lines of text with the time.
#pragma once

#include "vestige/base/format.hpp"
#include "vestige/machine/clock.hpp"
#include "vestige/monitor/screen_snapshot.hpp"

namespace vestige::monitor {

class ScreenRecorder {
  public:
    /// Room that a line needs.
    static constexpr std::size_t longest_line = 3 * most_columns + 40;

    /// Begins with all of the screen, or ends.
    void enable(bool wanted) {
        on_ = wanted;
        known_ = false;
    }
    [[nodiscard]] bool on() const { return on_; }
    /// Looks at the screen, which may be a moment old when next_line() shows it.
    void look(const TextScreen& screen);
    /// Writes what has changed since the last line, one change each, without a line end:
    /// "12.340 05| text of row 5", "12.340 scrolled 1", "12.340 text 80x25", "12.340 graphics
    /// 640x480". False when there is nothing left to tell.
    [[nodiscard]] bool next_line(machine::Nanoseconds now, TextSink& out);

  private:
    [[nodiscard]] bool text_line(TextSink& out);

    bool on_ = false;
    bool known_ = false; ///< shown_ and picture_ have been told
    bool text_ = false;  ///< fresh_ counts, picture_ does not
    bool shown_text_ = false;
    PictureSize picture_;
    PictureSize shown_picture_;
    ScreenSnapshot fresh_;
    ScreenSnapshot shown_;
};

} // namespace vestige::monitor
