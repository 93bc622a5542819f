// SPDX-License-Identifier: BSD-2-Clause
// Entry stubs of the host's exceptions and interrupts: save everything, call host_trap(frame).

.altmacro
.macro trap_stub vector
    .balign 16
    .if \vector == 8 || (\vector >= 10 && \vector <= 14) || \vector == 17 || \vector == 21 || \vector == 29 || \vector == 30
    .else
    push $0                          // in place of an error code
    .endif
    push $\vector
    jmp trap_common
.endm

.text
.balign 16
.global trap_stubs
trap_stubs:
.set vector, 0
.rept 256
    trap_stub %vector
    .set vector, vector + 1
.endr

.balign 16
trap_common:
    cld
    push %r15
    push %r14
    push %r13
    push %r12
    push %r11
    push %r10
    push %r9
    push %r8
    push %rdi
    push %rsi
    push %rbp
    push %rbx
    push %rdx
    push %rcx
    push %rax
    mov %rsp, %rdi
    call host_trap
    pop %rax
    pop %rcx
    pop %rdx
    pop %rbx
    pop %rbp
    pop %rsi
    pop %rdi
    pop %r8
    pop %r9
    pop %r10
    pop %r11
    pop %r12
    pop %r13
    pop %r14
    pop %r15
    add $16, %rsp
    iretq
