// SPDX-License-Identifier: BSD-2-Clause
#include "key_buffer.hpp"

namespace vestige::bios {
namespace {

constexpr Gpa segment{0x400};

u16 next(const Call& call, u16 at) {
    const u16 after = static_cast<u16>(at + 2);
    return after >= call.bda<u16>(bda::key_buffer_end) ? call.bda<u16>(bda::key_buffer_start)
                                                       : after;
}

} // namespace

bool push_key(Call& call, u16 word) {
    const u16 tail = call.bda<u16>(bda::key_tail);
    const u16 after = next(call, tail);
    if (after == call.bda<u16>(bda::key_head))
        return false;
    call.set_bda<u16>(segment + tail, word);
    call.set_bda<u16>(bda::key_tail, after);
    return true;
}

std::optional<u16> peek_key(const Call& call) {
    const u16 head = call.bda<u16>(bda::key_head);
    if (head == call.bda<u16>(bda::key_tail))
        return {};
    return call.bda<u16>(segment + head);
}

void drop_key(Call& call) {
    call.set_bda<u16>(bda::key_head, next(call, call.bda<u16>(bda::key_head)));
}

void clear_key_buffer(Call& call) {
    const u16 start = call.bda<u16>(bda::key_buffer_start);
    call.set_bda<u16>(bda::key_head, start);
    call.set_bda<u16>(bda::key_tail, start);
}

} // namespace vestige::bios
