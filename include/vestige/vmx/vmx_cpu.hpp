// SPDX-License-Identifier: BSD-2-Clause
// VMX operation of the CPU that calls.
#pragma once

#include "vestige/base/result.hpp"
#include "vestige/vmx/page_source.hpp"
#include "vestige/vmx/report.hpp"

namespace vestige::vmx {

/// What this CPU says about itself. Safe on any x86-64 CPU.
[[nodiscard]] CpuFacts read_cpu_facts();

/// Turns VMX on: sets and locks IA32_FEATURE_CONTROL if firmware left it open, brings CR0 and CR4
/// into the form that VMX and guests' FPU state need, VMXON. facts must be ready (see readiness()).
[[nodiscard]] Result<Unit, const char*> turn_vmx_on(const CpuFacts& facts, PageSource& pages);
/// VMXOFF; no vCPU may run on this CPU afterwards.
void turn_vmx_off();

} // namespace vestige::vmx
