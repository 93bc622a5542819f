// SPDX-License-Identifier: BSD-2-Clause
// What a terminal gives its lines to.
#pragma once

#include "vestige/base/format.hpp"

namespace vestige::monitor {

class Interpreter {
  public:
    /// Runs one line; the answer is lines of text, each ended by '\n'. Bad input gets one line that
    /// says what is wrong. Any bytes are allowed.
    virtual void execute(std::string_view line, TextSink& out) = 0;
    /// Completes the last word of line: writes the characters that all candidates share behind it.
    /// When there is more than one, and nothing to add, they are listed on candidates.
    virtual void complete(std::string_view line, TextSink& addition,
                          TextSink& candidates) const = 0;
    /// Number of the VM that commands are about.
    [[nodiscard]] virtual unsigned vm() const = 0;
    virtual void select(unsigned vm) = 0;
    [[nodiscard]] virtual std::string_view prompt() const = 0;
    /// True once after "quit".
    [[nodiscard]] virtual bool take_leave() = 0;

  protected:
    ~Interpreter() = default;
};

} // namespace vestige::monitor
