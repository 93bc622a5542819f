// SPDX-License-Identifier: BSD-2-Clause
#include "protection_probe.hpp"

namespace vestige::host {

bool read_faults(u64 address) {
    u8 value = 0;
    bool faulted = false;
    asm volatile("1: movb (%2), %0\n"
                 "jmp 3f\n"
                 "2: movb $1, %1\n"
                 "3:\n"
                 ".pushsection .fixups, \"a\"\n"
                 ".quad 1b, 2b\n"
                 ".popsection"
                 : "+r"(value), "+r"(faulted)
                 : "r"(address)
                 : "memory");
    return faulted;
}

bool write_faults(u64 address) {
    u8 value = 0;
    bool faulted = false;
    asm volatile("movb (%2), %0\n"
                 "1: movb %0, (%2)\n"
                 "jmp 3f\n"
                 "2: movb $1, %1\n"
                 "3:\n"
                 ".pushsection .fixups, \"a\"\n"
                 ".quad 1b, 2b\n"
                 ".popsection"
                 : "+r"(value), "+r"(faulted)
                 : "r"(address)
                 : "memory");
    return faulted;
}

bool execution_of_data_faults() {
    bool faulted = false;
    // The call's return address is still on the stack when the fault is fixed up.
    asm volatile("lea 1f(%%rip), %%rax\n"
                 "call *%%rax\n"
                 "jmp 3f\n"
                 "2: add $8, %%rsp\n"
                 "movb $1, %0\n"
                 "3:\n"
                 ".pushsection .data\n"
                 "1: ret\n"
                 ".popsection\n"
                 ".pushsection .fixups, \"a\"\n"
                 ".quad 1b, 2b\n"
                 ".popsection"
                 : "+r"(faulted)
                 :
                 : "rax", "memory");
    return faulted;
}

} // namespace vestige::host
