// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/output_queue.hpp"

#include <algorithm>

namespace vestige::monitor {

void OutputQueue::write(std::string_view text) {
    for (const char c : text) {
        if (used_ == capacity) {
            ++dropped_;
            continue;
        }
        bytes_[(head_ + used_++) % capacity] = static_cast<u8>(c);
    }
    if (mirror_ != nullptr)
        mirror_->write(text);
    if (!text.empty())
        at_line_start_ = text.back() == '\n';
}

void OutputQueue::fresh_line() {
    if (!at_line_start_)
        write("\r\n");
}

void OutputQueue::pump(TerminalPort& port) {
    while (used_ != 0) {
        const std::size_t piece = std::min(used_, capacity - head_);
        const std::size_t taken = port.write(std::span{bytes_}.subspan(head_, piece));
        head_ = (head_ + taken) % capacity;
        used_ -= taken;
        if (taken < piece)
            return;
    }
}

} // namespace vestige::monitor
