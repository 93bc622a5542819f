// SPDX-License-Identifier: BSD-2-Clause
// What CPUID tells a guest: the host's features through an allow-list by leaf and bit.
#pragma once

#include "vestige/cpu/control_registers.hpp"

namespace vestige::cpu {

struct CpuidResult {
    u32 eax = 0;
    u32 ebx = 0;
    u32 ecx = 0;
    u32 edx = 0;
    constexpr bool operator==(const CpuidResult&) const = default;
};

/// The CPUID instruction of the CPU below us (or a dump of one).
class CpuidSource {
  public:
    [[nodiscard]] virtual CpuidResult cpuid(u32 leaf, u32 subleaf) const = 0;

  protected:
    ~CpuidSource() = default;
};

struct CpuidOptions {
    /// RDRAND and RDSEED. Off makes runs repeat; kernels without them start slowly and guessably.
    bool random_numbers = true;
    /// RDTSCP and RDPID: the back end lets the guest execute them and switches TSC_AUX.
    bool rdtscp = true;
    /// INVPCID: the back end lets the guest execute it.
    bool invpcid = true;
    /// The time-stamp counter's frequency and that of the crystal, which the local APIC's timer
    /// counts. 0: the guest has to measure them.
    u64 tsc_hertz = 0;
    u32 crystal_hertz = 0;
};

/// Guest state that CPUID reflects.
struct CpuidContext {
    u64 cr4 = 0;
    u64 xcr0 = 1;
    bool apic = true; ///< IA32_APIC_BASE enables the local APIC
};

class CpuidPolicy {
  public:
    /// Keeps a reference to host.
    explicit CpuidPolicy(const CpuidSource& host, CpuidOptions options = {});

    /// What the guest gets. Leafs beyond the ends give zeros.
    [[nodiscard]] CpuidResult read(u32 leaf, u32 subleaf, const CpuidContext& context) const;

    /// CR4, EFER and XCR0 bits that go with the features shown.
    [[nodiscard]] ControlFeatures control_features() const;
    /// MOVBE and 1 GiB pages, for the emulator and the page walk.
    [[nodiscard]] bool movbe() const;
    [[nodiscard]] bool huge_pages() const;
    [[nodiscard]] bool tsc_aux() const;
    /// CPUID leaf 1 EAX, the reset value of EDX.
    [[nodiscard]] u32 signature() const;

  private:
    [[nodiscard]] CpuidResult allowed(u32 leaf, u32 subleaf) const;
    [[nodiscard]] u32 last_basic() const;
    [[nodiscard]] CpuidResult xsave(u32 subleaf, u64 xcr0) const;
    [[nodiscard]] u32 xsave_size(u64 features, bool compacted) const;
    [[nodiscard]] u64 xcr0_allowed() const;

    const CpuidSource& host_;
    CpuidOptions options_;
    u32 last_basic_ = 0;
    u32 last_extended_ = 0;
};

} // namespace vestige::cpu
