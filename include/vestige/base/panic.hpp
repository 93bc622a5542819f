// SPDX-License-Identifier: BSD-2-Clause
// The end of the road for bugs of our own; never reached because of something a guest did.
#pragma once

namespace vestige {

/// Reports reason with registers and a back trace and stops the machine (hosted: aborts).
/// Defined once per build: by host/ in the hypervisor, by the test support when hosted.
[[noreturn]] void panic(const char* reason);

} // namespace vestige
