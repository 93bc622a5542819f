// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vm/guest_view.hpp"

#include <algorithm>

namespace vestige::vm {

std::optional<Gpa> GuestView::translate(Linear address) const {
    const auto gpa =
        cpu::translate(state_, path_, address,
                       {cpu::AccessKind::read, cpu::Privilege::implicit_system},
                       cpu::WalkEffect::none);
    if (!gpa)
        return {};
    return gpa.value();
}

std::size_t GuestView::read(Linear start, std::span<std::byte> out) const {
    const bool wide = cpu::mode_of(state_) == cpu::Mode::long64;
    std::size_t done = 0;
    while (done < out.size()) {
        const u64 address = (start.value() + done) & (wide ? ~u64{0} : 0xffffffff);
        const std::size_t here =
            std::min<std::size_t>(out.size() - done, page_size - address % page_size);
        const auto gpa = translate(Linear{address});
        const std::size_t got = gpa ? read(*gpa, out.subspan(done, here)) : 0;
        done += got;
        if (got != here)
            break;
    }
    return done;
}

std::size_t GuestView::read(Gpa start, std::span<std::byte> out) const {
    const auto whole = path_.memory.view(start, out.size());
    if (!whole.empty()) {
        std::ranges::copy(whole, out.begin());
        return out.size();
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto byte = path_.memory.view(start + i, 1);
        if (byte.empty())
            return i;
        out[i] = byte[0];
    }
    return out.size();
}

std::size_t GuestView::write(Linear start, std::span<const std::byte> data) const {
    for (std::size_t i = 0; i < data.size(); ++i) {
        const auto gpa = translate(start + i);
        if (!gpa || write(*gpa, data.subspan(i, 1)) == 0)
            return i;
    }
    return data.size();
}

std::size_t GuestView::write(Gpa start, std::span<const std::byte> data) const {
    for (std::size_t i = 0; i < data.size(); ++i) {
        if (!path_.memory.is_ram(start + i, 1))
            return i;
        path_.memory.write(start + i, data.subspan(i, 1));
    }
    return data.size();
}

} // namespace vestige::vm
