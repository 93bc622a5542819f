// SPDX-License-Identifier: BSD-2-Clause
// A VMCS as text.
#pragma once

#include "vestige/base/format.hpp"
#include "vestige/vmx/vmcs.hpp"

namespace vestige::vmx {

/// One line a field that is not 0: the manual's name and the value, controls with their bits' names.
void print_vmcs(TextSink& out, const VmcsImage& image);

} // namespace vestige::vmx
