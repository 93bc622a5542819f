// SPDX-License-Identifier: BSD-2-Clause
// What the tables of the BIOS tell systems about the machine: its VM asks the board and the CPU.
#pragma once

#include "vestige/base/format.hpp"
#include "vestige/cpu/cpuid_policy.hpp"

namespace vestige::bios {

/// Devices that a board may lack.
struct BoardFacts {
    /// Local APIC at FEE00000h and I/O APIC at FEC00000h.
    bool apic = false;
    /// The low half of the HPET's capabilities register; 0 without an HPET at FED00000h.
    u32 hpet = 0;
    bool floppy_controller = false;
    bool parallel_port = false;
    bool mouse = false;
    u8 serial_ports = 1; ///< bit mask, COM1 in bit 0
};

/// The CPU as its guest sees it.
struct CpuFacts {
    u32 signature = 0; ///< CPUID leaf 1 EAX
    u32 features = 0;  ///< CPUID leaf 1 EDX
    Text<12> vendor;
    Text<48> brand; ///< without the blanks around it
};
[[nodiscard]] CpuFacts cpu_facts(const cpu::CpuidPolicy& cpuid);

struct MachineFacts {
    u64 memory_size = 0; ///< bytes of RAM
    BoardFacts board;
    CpuFacts cpu;
};

} // namespace vestige::bios
