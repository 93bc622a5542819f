// SPDX-License-Identifier: BSD-2-Clause
// Accesses that must fault: proof that the address space protects what it says it does.
#pragma once

#include "vestige/base/number.hpp"

namespace vestige::host {

/// Whether reading a byte at this linear address faults.
[[nodiscard]] bool read_faults(u64 address);
/// Whether writing a byte back to where it was read from faults.
[[nodiscard]] bool write_faults(u64 address);
/// Whether executing an instruction in our data faults.
[[nodiscard]] bool execution_of_data_faults();

} // namespace vestige::host
