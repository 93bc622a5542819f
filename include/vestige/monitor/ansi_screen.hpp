// SPDX-License-Identifier: BSD-2-Clause
// Draws a guest's text screen on an ANSI terminal: cursor addressing, colours, only what changed.
#pragma once

#include "vestige/monitor/output_queue.hpp"
#include "vestige/monitor/screen_snapshot.hpp"

namespace vestige::monitor {

/// Knows what the terminal shows and writes what has to change. Guest bytes come out as glyphs
/// only, never as control characters.
class AnsiScreen {
  public:
    /// The next update() clears the terminal and draws everything.
    void restart() { state_ = State::unknown; }
    /// The next update() draws everything over what is there.
    void repaint();
    /// Brings the terminal to picture. False when out had no room for all of it: call again.
    bool update(const ScreenSnapshot& picture, OutputQueue& out);
    /// Moves to the part of the terminal below the picture, for lines of text that scroll there.
    void leave(OutputQueue& out);

  private:
    enum class State : u8 { unknown, covered, shown };
    struct Position {
        unsigned row = ~0U;
        unsigned column = ~0U;
        constexpr bool operator==(const Position&) const = default;
    };

    void begin(const ScreenSnapshot& picture, OutputQueue& out);
    void scroll(std::size_t rows, OutputQueue& out);
    void draw_row(const ScreenSnapshot& picture, unsigned row, OutputQueue& out);
    void place_cursor(const ScreenSnapshot& picture, OutputQueue& out);
    void move_to(Position target, OutputQueue& out);
    void set_attribute(u8 attribute, OutputQueue& out);

    ScreenSnapshot shown_;
    u32 drawn_ = 0; ///< version of the picture that is drawn completely; 0: none
    State state_ = State::unknown;
    Position position_;
    u8 attribute_ = 0;
    bool attribute_known_ = false;
};

} // namespace vestige::monitor
