// SPDX-License-Identifier: BSD-2-Clause
// Hosted panic: a bug found by a test ends it at once, so that death tests can see it.
#include "vestige/base/panic.hpp"

#include <cstdio>
#include <cstdlib>

namespace vestige {

void panic(const char* reason) {
    std::fprintf(stderr, "panic: %s\n", reason);
    std::abort();
}

} // namespace vestige
