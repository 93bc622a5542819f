// SPDX-License-Identifier: BSD-2-Clause
// SDM 3A, "Task Switching"; the order of checks is that of its table "Exception Conditions Checked
// During a Task Switch".
#include "vestige/cpu/task_switch.hpp"

#include "task_state.hpp"
#include "vestige/cpu/control_registers.hpp"

#include <algorithm>

namespace vestige::cpu {
namespace {

constexpr u8 busy_bit = 2;
constexpr u8 wide_bit = 8;
constexpr u8 tss_type_mask = 0x15; // S and everything of the type but wide and busy
constexpr u8 tss_type = 1;
constexpr u8 ldt_type = 2;
constexpr u64 valid_flags = 0x3f7fd5;
constexpr u64 dr7_local_enables = 0x155;

constexpr SegmentName data_segments[] = {SegmentName::ds, SegmentName::es, SegmentName::fs,
                                         SegmentName::gs};

class TaskSwitch {
  public:
    TaskSwitch(LinearAccess& access, const TaskSwitchRequest& request)
        : access_{access}, state_{access.state()}, request_{request} {}

    Result<TaskSwitchDone, Event> run() {
        if (const auto done = prepare(); !done)
            return Error{done.error()};
        if (const auto done = leave_old_task(); !done)
            return Error{done.error()};
        enter_new_task();
        if (const auto done = load_segments(); !done)
            return Error{done.error()};
        if (request_.error_code)
            if (const auto done = push_error_code(*request_.error_code); !done)
                return Error{done.error()};
        return TaskSwitchDone{new_task_.debug_trap};
    }

  private:
    using Done = Result<Unit, Event>;

    [[nodiscard]] Error<Event> raise(Vector vector, u16 selector) const {
        const u32 index = selector & ~u32{selector_rpl};
        return Error{fault(vector, index | (request_.external ? 1U : 0U))};
    }
    [[nodiscard]] bool nests() const {
        return request_.source == TaskSwitchSource::call ||
               request_.source == TaskSwitchSource::task_gate;
    }
    [[nodiscard]] u8 new_access_byte() const { return BitField<47, 40, u8>::get(tss_.raw); }

    /// Everything that can still fault in the old task.
    Done prepare() {
        const u16 selector = request_.selector;
        const bool returning = request_.source == TaskSwitchSource::iret;
        const Vector invalid = returning ? exception::ts : exception::gp;
        if ((selector & selector_table) != 0)
            return raise(invalid, selector);
        const auto found = read_descriptor(access_, selector);
        if (!found)
            return Error{found.error()};
        if (!found.value())
            return raise(invalid, selector);
        tss_ = *found.value();
        const u8 rights = new_access_byte();
        const bool busy = (rights & busy_bit) != 0;
        if ((rights & tss_type_mask) != tss_type || busy != returning)
            return raise(invalid, selector);
        if (!tss_.present())
            return raise(exception::np, selector);
        wide_ = (rights & wide_bit) != 0;
        segment_ = tss_.segment(selector);
        if (segment_.limit < (wide_ ? tss32_size : tss16_size) - 1)
            return raise(exception::ts, selector);
        return read_new_task();
    }

    Done read_new_task() {
        const auto task = read_task(access_, Linear{segment_.base}, wide_);
        if (!task)
            return Error{task.error()};
        new_task_ = task.value();
        if (!wide_ || (state_.cr0() & cr0::pg) == 0)
            return Unit{};
        ControlFeatures features;
        features.physical_bits = access_.path().physical_bits;
        const auto directory = write_cr3(state_, features, access_.path(), new_task_.cr3);
        if (!directory)
            return Error{directory.error()};
        return Unit{};
    }

    [[nodiscard]] Done check_writable(Linear place) {
        const auto found =
            access_.translate(place, {AccessKind::write, Privilege::implicit_system});
        if (!found)
            return Error{found.error()};
        return Unit{};
    }

    /// Saves the old task. Descriptors and the link are known to be writable before anything
    /// changes: a busy bit that stayed behind would make a second attempt fail.
    Done leave_old_task() {
        const Segment old = state_.segment(SegmentName::tr);
        const bool old_wide = (Segment::Type::get(old.access_rights) & wide_bit) != 0;
        const auto old_descriptor = read_descriptor(access_, old.selector);
        if (!old_descriptor)
            return Error{old_descriptor.error()};
        const auto& old_place = old_descriptor.value();
        for (const Linear place : {tss_.place + 5, Linear{segment_.base},
                                   old_place ? old_place->place + 5 : tss_.place + 5})
            if (const auto done = check_writable(place); !done)
                return done;
        if (const auto done = save_task(access_, Linear{old.base}, old_wide, old_task()); !done)
            return done;
        if (nests()) {
            std::byte link[2];
            store_le<u16>(link, 0, old.selector);
            if (const auto done =
                    access_.write(Linear{segment_.base}, link, Privilege::implicit_system);
                !done)
                return done;
        }
        if (request_.source != TaskSwitchSource::iret)
            if (const auto done =
                    write_access_byte(access_, tss_, static_cast<u8>(new_access_byte() | busy_bit));
                !done)
                return done;
        if (nests() || !old_place || old.selector == request_.selector)
            return Unit{};
        const u8 rights = BitField<47, 40, u8>::get(old_place->raw);
        return write_access_byte(access_, *old_place, static_cast<u8>(rights & ~busy_bit));
    }

    [[nodiscard]] TaskState old_task() const {
        TaskState task;
        task.eip = static_cast<u32>(state_.regs.rip + request_.instruction_length);
        task.eflags = static_cast<u32>(state_.regs.rflags);
        if (request_.source == TaskSwitchSource::iret)
            task.eflags &= ~static_cast<u32>(rflags::nt);
        for (unsigned i = 0; i < 8; ++i)
            task.gpr[i] = static_cast<u32>(state_.regs.gpr[i]);
        for (unsigned i = 0; i < 6; ++i)
            task.selectors[i] = state_.segment(static_cast<SegmentName>(i)).selector;
        return task;
    }

    /// From here on faults belong to the new task. Segment registers that have not been loaded yet
    /// hold their selectors; CS and SS are such that the CPU can run at the new privilege level
    /// and deliver a fault.
    void enter_new_task() {
        segment_.access_rights |= busy_bit;
        state_.set_segment(SegmentName::tr, segment_);
        state_.set_cr0(state_.cr0() | cr0::ts);
        if (wide_ && (state_.cr0() & cr0::pg) != 0)
            state_.set_cr3(new_task_.cr3);
        state_.set_dr7(state_.dr7() & ~dr7_local_enables);
        state_.regs.rip = new_task_.eip;
        u64 flags = (new_task_.eflags & valid_flags) | rflags::fixed_one;
        if (nests())
            flags |= rflags::nt;
        state_.regs.rflags = flags;
        for (unsigned i = 0; i < 8; ++i)
            state_.regs.gpr[i] = new_task_.gpr[i];
        v86_ = (flags & rflags::vm) != 0;
        if (v86_)
            return load_v86_segments();
        cpl_ = new_selector(SegmentName::cs) & selector_rpl;
        for (const SegmentName name : data_segments)
            state_.set_segment(name, {new_selector(name), 0, 0, access_rights_unusable});
        const u32 dpl = u32{cpl_} << 5;
        state_.set_segment(SegmentName::cs,
                           {new_selector(SegmentName::cs), 0, 0xffff,
                            (access_rights_real_code | dpl) | (wide_ ? 0x4000U : 0U)});
        state_.set_segment(SegmentName::ss,
                           {new_selector(SegmentName::ss), 0, 0,
                            access_rights_unusable | access_rights_real_data | dpl});
    }

    void load_v86_segments() {
        constexpr u32 rights = 0xf3;
        for (unsigned i = 0; i < 6; ++i) {
            const u16 selector = new_task_.selectors[i];
            state_.set_segment(static_cast<SegmentName>(i),
                               {selector, u64{selector} << 4, 0xffff, rights});
        }
    }

    [[nodiscard]] u16 new_selector(SegmentName name) const {
        return new_task_.selectors[static_cast<std::size_t>(name)];
    }

    Done load_segments() {
        if (const auto done = load_ldtr(); !done)
            return done;
        if (!v86_) {
            if (const auto done = load_code(); !done)
                return done;
            if (const auto done = load_stack(); !done)
                return done;
            for (const SegmentName name : data_segments)
                if (const auto done = load_data(name); !done)
                    return done;
        }
        if (state_.regs.rip > state_.segment(SegmentName::cs).limit)
            return Error{general_protection(request_.external ? 1 : 0)};
        return Unit{};
    }

    Done load_ldtr() {
        const u16 selector = new_task_.ldtr;
        state_.set_segment(SegmentName::ldtr, {selector, 0, 0, access_rights_unusable});
        if (is_null(selector))
            return Unit{};
        if ((selector & selector_table) != 0)
            return raise(exception::ts, selector);
        const auto found = read_descriptor(access_, selector);
        if (!found)
            return Error{found.error()};
        if (!found.value() || found.value()->code_or_data() || found.value()->type() != ldt_type ||
            !found.value()->present())
            return raise(exception::ts, selector);
        state_.set_segment(SegmentName::ldtr, found.value()->segment(selector));
        return Unit{};
    }

    /// Sets the accessed bit in memory and loads the register.
    Done load(SegmentName name, Descriptor descriptor) {
        constexpr u64 accessed = bit(40);
        if ((descriptor.raw & accessed) == 0) {
            descriptor.raw |= accessed;
            const u8 rights = BitField<47, 40, u8>::get(descriptor.raw);
            if (const auto done = write_access_byte(access_, descriptor, rights); !done)
                return done;
        }
        state_.set_segment(name, descriptor.segment(new_selector(name)));
        return Unit{};
    }

    Done load_code() {
        const u16 selector = new_selector(SegmentName::cs);
        const auto found = read_descriptor(access_, selector);
        if (!found)
            return Error{found.error()};
        if (!found.value() || !found.value()->code())
            return raise(exception::ts, selector);
        const Descriptor& code = *found.value();
        if (code.conforming() ? code.dpl() > cpl_ : code.dpl() != cpl_)
            return raise(exception::ts, selector);
        if (!code.present())
            return raise(exception::np, selector);
        return load(SegmentName::cs, code);
    }

    Done load_stack() {
        const u16 selector = new_selector(SegmentName::ss);
        const auto found = read_descriptor(access_, selector);
        if (!found)
            return Error{found.error()};
        if (!found.value() || !found.value()->writable_data() ||
            (selector & selector_rpl) != cpl_ || found.value()->dpl() != cpl_)
            return raise(exception::ts, selector);
        if (!found.value()->present())
            return raise(exception::ss, selector);
        return load(SegmentName::ss, *found.value());
    }

    Done load_data(SegmentName name) {
        const u16 selector = new_selector(name);
        if (is_null(selector))
            return Unit{};
        const auto found = read_descriptor(access_, selector);
        if (!found)
            return Error{found.error()};
        if (!found.value() || !found.value()->code_or_data() || !found.value()->readable())
            return raise(exception::ts, selector);
        const Descriptor& data = *found.value();
        const auto rpl = static_cast<u8>(selector & selector_rpl);
        if (!data.conforming() && data.dpl() < std::max(rpl, cpl_))
            return raise(exception::ts, selector);
        if (!data.present())
            return raise(exception::np, selector);
        return load(name, data);
    }

    /// Onto the new task's stack, in the size that the new TSS has.
    Done push_error_code(u32 code) {
        const u32 rights = state_.segment(SegmentName::ss).access_rights;
        const Width pointer = !v86_ && Segment::Default32::get(rights) ? Width::dword : Width::word;
        const unsigned size = wide_ ? 4 : 2;
        const u64 top = (state_.regs.get(Gpr::rsp) - size) & all_ones(pointer);
        std::byte raw[4];
        store_le<u32>(raw, 0, code);
        const auto done = access_.write(SegmentName::ss, top, std::span{raw}.first(size));
        if (done)
            state_.regs.set(Gpr::rsp, pointer, top);
        return done;
    }

    LinearAccess& access_;
    CpuState& state_;
    const TaskSwitchRequest& request_;
    Descriptor tss_;
    Segment segment_;
    TaskState new_task_;
    bool wide_ = false;
    bool v86_ = false;
    u8 cpl_ = 0;
};

} // namespace

Result<TaskSwitchDone, Event> switch_task(LinearAccess& access, const TaskSwitchRequest& request) {
    return TaskSwitch{access, request}.run();
}

} // namespace vestige::cpu
