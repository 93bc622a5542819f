// SPDX-License-Identifier: BSD-2-Clause
#include "task_state.hpp"

namespace vestige::cpu {
namespace {

// SDM 3A, "Task-State Segment (TSS)" and "16-Bit Task-State Segment (TSS)": byte offsets.
namespace tss32 {
constexpr unsigned cr3 = 28;
constexpr unsigned eip = 32;
constexpr unsigned eflags = 36;
constexpr unsigned eax = 40;
constexpr unsigned es = 72;
constexpr unsigned ldtr = 96;
constexpr unsigned trap = 100;
} // namespace tss32
namespace tss16 {
constexpr unsigned ip = 14;
constexpr unsigned flags = 16;
constexpr unsigned ax = 18;
constexpr unsigned es = 34;
constexpr unsigned ldtr = 42;
constexpr unsigned segments = 4;
} // namespace tss16

} // namespace

Segment Descriptor::segment(u16 selector) const {
    const u64 base = BitField<39, 16>::get(raw) | BitField<63, 56>::get(raw) << 24;
    const u32 limit = BitField<15, 0, u32>::get(raw) | BitField<51, 48, u32>::get(raw) << 16;
    const u32 rights = BitField<47, 40, u32>::get(raw) | BitField<55, 52, u32>::get(raw) << 12;
    const bool pages = Segment::Granularity::get(rights);
    return {selector, base, pages ? limit << 12 | 0xfff : limit, rights};
}

Result<std::optional<Descriptor>, Event> read_descriptor(LinearAccess& access, u16 selector) {
    using Found = std::optional<Descriptor>;
    DescriptorTable table = access.state().gdtr();
    if ((selector & selector_table) != 0) {
        const Segment ldt = access.state().segment(SegmentName::ldtr);
        if (Segment::Unusable::get(ldt.access_rights))
            return Found{};
        table = {ldt.base, ldt.limit};
    }
    const u16 offset = selector & selector_index_mask;
    if (is_null(selector) || offset + 7U > table.limit)
        return Found{};
    std::byte raw[8];
    const Linear place{table.base + offset};
    if (const auto done = access.read(place, raw, Privilege::implicit_system); !done)
        return Error{done.error()};
    return Found{Descriptor{load_le<u64>(raw, 0), place}};
}

Result<Unit, Event> write_access_byte(LinearAccess& access, const Descriptor& descriptor,
                                      u8 value) {
    const std::byte raw[] = {static_cast<std::byte>(value)};
    return access.write(descriptor.place + 5, raw, Privilege::implicit_system);
}

Result<TaskState, Event> read_task(LinearAccess& access, Linear base, bool wide) {
    std::array<std::byte, tss32_size> raw{};
    const auto used = std::span{raw}.first(wide ? tss32_size : tss16_size);
    if (const auto done = access.read(base, used, Privilege::implicit_system); !done)
        return Error{done.error()};
    const auto word = [&](unsigned offset) { return load_le<u16>(raw, offset); };
    const auto dword = [&](unsigned offset) { return load_le<u32>(raw, offset); };
    TaskState task;
    if (wide) {
        task.cr3 = dword(tss32::cr3);
        task.eip = dword(tss32::eip);
        task.eflags = dword(tss32::eflags);
        for (unsigned i = 0; i < 8; ++i)
            task.gpr[i] = dword(tss32::eax + 4 * i);
        for (unsigned i = 0; i < 6; ++i)
            task.selectors[i] = word(tss32::es + 4 * i);
        task.ldtr = word(tss32::ldtr);
        task.debug_trap = (word(tss32::trap) & 1) != 0;
        return task;
    }
    task.eip = word(tss16::ip);
    task.eflags = word(tss16::flags);
    for (unsigned i = 0; i < 8; ++i)
        task.gpr[i] = word(tss16::ax + 2 * i);
    for (unsigned i = 0; i < tss16::segments; ++i)
        task.selectors[i] = word(tss16::es + 2 * i);
    task.ldtr = word(tss16::ldtr);
    return task;
}

Result<Unit, Event> save_task(LinearAccess& access, Linear base, bool wide, const TaskState& task) {
    std::array<std::byte, tss32_size> raw{};
    const auto word = [&](unsigned offset, u32 value) {
        store_le<u16>(raw, offset, static_cast<u16>(value));
    };
    if (!wide) {
        word(tss16::ip, task.eip);
        word(tss16::flags, task.eflags);
        for (unsigned i = 0; i < 8; ++i)
            word(tss16::ax + 2 * i, task.gpr[i]);
        for (unsigned i = 0; i < tss16::segments; ++i)
            word(tss16::es + 2 * i, task.selectors[i]);
        return access.write(base + tss16::ip,
                            std::span{raw}.subspan(tss16::ip, tss16::ldtr - tss16::ip),
                            Privilege::implicit_system);
    }
    store_le<u32>(raw, tss32::eip, task.eip);
    store_le<u32>(raw, tss32::eflags, task.eflags);
    for (unsigned i = 0; i < 8; ++i)
        store_le<u32>(raw, tss32::eax + 4 * i, task.gpr[i]);
    const auto registers = std::span{raw}.subspan(tss32::eip, tss32::es - tss32::eip);
    if (const auto done = access.write(base + tss32::eip, registers, Privilege::implicit_system);
        !done)
        return done;
    // The upper halves of the selectors' slots stay as they are.
    for (unsigned i = 0; i < 6; ++i) {
        std::byte selector[2];
        store_le<u16>(selector, 0, task.selectors[i]);
        const Linear slot = base + tss32::es + 4 * i;
        if (const auto done = access.write(slot, selector, Privilege::implicit_system); !done)
            return done;
    }
    return Unit{};
}

} // namespace vestige::cpu
