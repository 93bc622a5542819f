// SPDX-License-Identifier: BSD-2-Clause
// Layouts of the exit-qualification and instruction-information fields, by exit reason.
#pragma once

#include "vestige/base/bit_field.hpp"
#include "vestige/base/number.hpp"

namespace vestige::vmx {

/// SDM 3C, "Exit Qualification for I/O Instructions".
struct IoQualification {
    using SizeMinusOne = BitField<2, 0, u8>;
    using In = FlagBit<3>;
    using String = FlagBit<4>;
    using Rep = FlagBit<5>;
    using PortNumber = BitField<31, 16, u16>;
};

/// SDM 3C, "Format of the VM-Exit Instruction-Information Field as Used for INS and OUTS".
struct StringIoInformation {
    using AddressSize = BitField<9, 7, u8>; ///< 0: 16, 1: 32, 2: 64 bits
    using Segment = BitField<17, 15, u8>;
};

/// SDM 3C, "Exit Qualification for Control-Register Accesses".
struct CrQualification {
    using RegisterNumber = BitField<3, 0, u8>;
    using AccessType = BitField<5, 4, u8>; ///< 0: MOV to, 1: MOV from, 2: CLTS, 3: LMSW
    using GprNumber = BitField<11, 8, u8>;
    using LmswSource = BitField<31, 16, u16>;
};

/// SDM 3C, "Exit Qualification for MOV DR".
struct DrQualification {
    using RegisterNumber = BitField<2, 0, u8>;
    using FromDr = FlagBit<4>;
    using GprNumber = BitField<11, 8, u8>;
};

/// SDM 3C, "Exit Qualification for Task Switches".
struct TaskSwitchQualification {
    using Selector = BitField<15, 0, u16>;
    using Source = BitField<31, 30, u8>; ///< 0: CALL, 1: IRET, 2: JMP, 3: task gate
};

/// SDM 3C, "Exit Qualification for EPT Violations".
struct EptViolation {
    using Read = FlagBit<0>;
    using Write = FlagBit<1>;
    using Fetch = FlagBit<2>;
    using LinearValid = FlagBit<7>;
    using FinalTranslation = FlagBit<8>; ///< not an access to a paging structure
    using NmiUnblocking = FlagBit<12>;
};

/// SDM 3C, "Exit Qualification for APIC-Access VM Exits"; of APIC writes only the offset.
struct ApicAccess {
    using Offset = BitField<11, 0, u16>;
    using Type = BitField<15, 12, u8>; ///< 0: read, 1: write, 2: fetch, others: not by an operand
};

/// SDM 3C, "Exit Qualification for Debug Exceptions": the bits of DR6 that the exception would set.
struct DebugQualification {
    using Breakpoints = BitField<3, 0, u8>;
    using GeneralDetect = FlagBit<13>;
    using SingleStep = FlagBit<14>;

    /// DR6 as the CPU leaves it when it delivers the exception itself.
    static constexpr u64 dr6_after(u64 old, u64 qualification) {
        constexpr u64 set = Breakpoints::mask | GeneralDetect::mask | SingleStep::mask;
        return (old & ~Breakpoints::mask) | (qualification & set);
    }
};

} // namespace vestige::vmx
