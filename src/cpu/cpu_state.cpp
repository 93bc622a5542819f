// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/cpu/cpu_state.hpp"

namespace vestige::cpu {

Mode mode_of(const CpuState& state) {
    if ((state.cr0() & cr0::pe) == 0)
        return Mode::real;
    if ((state.regs.rflags & rflags::vm) != 0)
        return Mode::v86;
    const u32 rights = state.segment(SegmentName::cs).access_rights;
    if ((state.efer() & efer::lma) != 0)
        return Segment::Long::get(rights) ? Mode::long64 : Mode::long_compatibility;
    return Segment::Default32::get(rights) ? Mode::protected32 : Mode::protected16;
}

unsigned cpl_of(const CpuState& state) {
    switch (mode_of(state)) {
    case Mode::real:
        return 0;
    case Mode::v86:
        return 3;
    default:
        return Segment::Dpl::get(state.segment(SegmentName::ss).access_rights);
    }
}

Linear linear_rip(const CpuState& state) {
    if (mode_of(state) == Mode::long64)
        return Linear{state.regs.rip};
    const u64 base = state.segment(SegmentName::cs).base;
    return Linear{(base + state.regs.rip) & 0xffffffff};
}

} // namespace vestige::cpu
