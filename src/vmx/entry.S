// SPDX-License-Identifier: BSD-2-Clause
// Into the guest and back: registers only, no decisions.
//
// Called by VmxVcpu::run() with RDI = the vCPU's registers; returns the exit reason in EAX, or all
// ones when the instruction itself failed, and RDI as it was. Every other register but RSP is lost:
// the caller, which has to save some in any case, saves what it needs.
//
// HOST_RSP is fixed and points into the vCPU, just behind the slot of RDI, so that the exit needs
// one push to have a register free. The places of all slots are asserted in vmx_vcpu.cpp.

#define GPR(number) (8 * number)
#define RIP GPR(16)
#define RFLAGS GPR(17)
#define HOST_STACK GPR(24)

#define FIELD_EXIT_REASON 0x4402
#define FIELD_GUEST_RSP 0x681c
#define FIELD_GUEST_RIP 0x681e
#define FIELD_GUEST_RFLAGS 0x6820
#define FIELD_HOST_RSP 0x6c14

    .text

// vmx_launch is for a VMCS that has not run yet, vmx_resume for all others.
.macro enter name, instruction
    .global \name
    .type \name, @function
    .balign 16
\name:
    mov %rsp, HOST_STACK(%rdi)
    mov GPR(0)(%rdi), %rax
    mov GPR(1)(%rdi), %rcx
    mov GPR(2)(%rdi), %rdx
    mov GPR(3)(%rdi), %rbx
    mov GPR(5)(%rdi), %rbp
    mov GPR(6)(%rdi), %rsi
    mov GPR(8)(%rdi), %r8
    mov GPR(9)(%rdi), %r9
    mov GPR(10)(%rdi), %r10
    mov GPR(11)(%rdi), %r11
    mov GPR(12)(%rdi), %r12
    mov GPR(13)(%rdi), %r13
    mov GPR(14)(%rdi), %r14
    mov GPR(15)(%rdi), %r15
    mov GPR(7)(%rdi), %rdi
    \instruction
    // The CPU refused: the guest did not run and its registers are in their slots still.
    mov $FIELD_HOST_RSP, %edi
    vmread %rdi, %rdi
    sub $GPR(8), %rdi
    xor %ebp, %ebp
    mov $-1, %eax
    ret
    .size \name, . - \name
.endm

    enter vmx_resume, vmresume
    enter vmx_launch, vmlaunch

// HOST_RIP.
    .global vmx_exit
    .type vmx_exit, @function
    .balign 16
vmx_exit:
    push %rdi
    lea -GPR(7)(%rsp), %rdi
    mov %rax, GPR(0)(%rdi)
    mov %rcx, GPR(1)(%rdi)
    mov %rdx, GPR(2)(%rdi)
    mov %rbx, GPR(3)(%rdi)
    mov %rbp, GPR(5)(%rdi)
    mov %rsi, GPR(6)(%rdi)
    mov %r8, GPR(8)(%rdi)
    mov %r9, GPR(9)(%rdi)
    mov %r10, GPR(10)(%rdi)
    mov %r11, GPR(11)(%rdi)
    mov %r12, GPR(12)(%rdi)
    mov %r13, GPR(13)(%rdi)
    mov %r14, GPR(14)(%rdi)
    mov %r15, GPR(15)(%rdi)
    // No value of the guest's stays where code of ours may use it by speculation: encodings and
    // zeros go over the scratch registers, run() restores the others. A back trace ends at RBP 0.
    mov $FIELD_GUEST_RSP, %ecx
    vmread %rcx, GPR(4)(%rdi)
    mov $FIELD_GUEST_RIP, %edx
    vmread %rdx, RIP(%rdi)
    mov $FIELD_GUEST_RFLAGS, %esi
    vmread %rsi, RFLAGS(%rdi)
    mov $FIELD_EXIT_REASON, %r8d
    vmread %r8, %rax
    xor %ebp, %ebp
    xor %r9d, %r9d
    xor %r10d, %r10d
    xor %r11d, %r11d
    mov HOST_STACK(%rdi), %rsp
    ret
    .size vmx_exit, . - vmx_exit

    .section .note.GNU-stack, "", @progbits
