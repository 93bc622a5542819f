// SPDX-License-Identifier: BSD-2-Clause
// The PC BIOS of one VM.
#pragma once

#include "vestige/bios/service.hpp"

namespace vestige::bios {

class Bios {
  public:
    explicit Bios(const Environment& environment) : env_{environment} {}

    /// Serves the call whose stub was hit. RIP is still at the VMCALL; the VM moves it on when the
    /// outcome is done.
    [[nodiscard]] Outcome call(Stub stub);
    [[nodiscard]] Environment& environment() { return env_; }

  private:
    Environment env_;
};

/// The CPU runs 16-bit code, as our stubs are, or protected-mode code at an entry for it: in any
/// other mode a VMCALL is not a call of ours.
[[nodiscard]] bool callable_from(const cpu::CpuState& state, Entry entry);

} // namespace vestige::bios
