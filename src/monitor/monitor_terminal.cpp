// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/monitor_terminal.hpp"

#include "vestige/config/words.hpp"

#include <algorithm>

namespace vestige::monitor {

void MonitorTerminal::open() {
    drawn_ = false;
    run("vm");
}

void MonitorTerminal::feed(u8 byte, OutputQueue& out) {
    switch (editor_.feed(byte, out)) {
    case LineEditor::Event::none:
        break;
    case LineEditor::Event::line:
        drawn_ = false;
        run(editor_.line());
        editor_.next();
        break;
    case LineEditor::Event::complete:
        complete(out);
        break;
    case LineEditor::Event::end:
        out.write("\r\n");
        drawn_ = false;
        run("quit");
        break;
    }
}

void MonitorTerminal::run(std::string_view line) {
    page_.clear();
    sent_ = 0;
    interpreter_.execute(line, page_);
}

void MonitorTerminal::complete(OutputQueue& out) {
    char text[64];
    TextBuffer addition{text};
    page_.clear();
    sent_ = 0;
    interpreter_.complete(editor_.before_cursor(), addition, page_);
    editor_.insert(addition.view(), out);
    if (!page_.view().empty())
        drawn_ = false;
}

void MonitorTerminal::show(OutputQueue& out, bool prompt) {
    const std::string_view page = page_.view();
    if (sent_ != page.size() && !mid_line())
        out.fresh_line();
    while (sent_ != page.size()) {
        if (out.room() < line_room)
            return;
        const std::string_view rest = config::part(page, sent_, line_room / 2);
        const std::size_t end = rest.find('\n');
        out.write(config::part(rest, 0, end));
        if (end != std::string_view::npos)
            out.write("\r\n");
        sent_ += std::min(end, rest.size() - 1) + 1;
        if (sent_ == page.size() && page_.truncated()) {
            out.fresh_line();
            out.write("... there is more than can be shown at once\r\n");
        }
    }
    if (!prompt || drawn_ || out.room() < line_room)
        return;
    out.fresh_line();
    editor_.set_prompt(interpreter_.prompt());
    editor_.draw(out);
    drawn_ = true;
}

} // namespace vestige::monitor
