// SPDX-License-Identifier: BSD-2-Clause
// The monitor: lines of text in, answers out. Whoever has a line to read from has a session.
#pragma once

#include "vestige/monitor/interpreter.hpp"
#include "vestige/monitor/machine.hpp"
#include "vestige/monitor/picture_text.hpp"

namespace vestige::monitor {

/// How x shows memory: as GDB's x/NFU.
struct ExamineFormat {
    unsigned count = 1;
    char format = 'x'; ///< x d u o t c a i s
    u8 unit = 4;       ///< bytes: 1, 2, 4, 8
};

/// Runs commands against one VM at a time. Everything that the next command may take up from the
/// last one is kept here.
class Session final : public Interpreter {
  public:
    explicit Session(Machine& machine, unsigned vm = 0) : machine_{machine}, vm_{vm} {}

    void execute(std::string_view line, TextSink& out) override;
    void complete(std::string_view line, TextSink& addition, TextSink& candidates) const override;
    [[nodiscard]] unsigned vm() const override { return vm_; }
    void select(unsigned vm) override;
    [[nodiscard]] std::string_view prompt() const override;
    [[nodiscard]] bool take_leave() override {
        const bool leave = leave_;
        leave_ = false;
        return leave;
    }

    [[nodiscard]] Machine& machine() { return machine_; }
    void leave() { leave_ = true; }

    ExamineFormat examine;               ///< of the last x or xp
    std::optional<u64> next_data;        ///< where x goes on
    std::optional<u64> next_instruction; ///< where u goes on
    ScreenSnapshot screen;               ///< too large for a stack
    PictureRows picture_rows;            ///< the same

  private:
    Machine& machine_;
    unsigned vm_;
    bool leave_ = false;
};

} // namespace vestige::monitor
