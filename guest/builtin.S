// SPDX-License-Identifier: BSD-2-Clause
// The built-in guest's code as data of the hypervisor.
.section .rodata
.balign 16
.global builtin_guest, builtin_guest_end
builtin_guest:
    .incbin "guest/builtin.bin"
builtin_guest_end:
