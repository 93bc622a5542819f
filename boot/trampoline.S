// SPDX-License-Identifier: BSD-2-Clause
// What an application processor runs after SIPI: real mode to long mode. Copied to a page below
// 1 MiB; every address inside is relative to that page, whose segment is CS.

.section .rodata
.balign 16
.global trampoline_start, trampoline_end, trampoline_data
.code16
trampoline_start:
    cli
    cld
    mov %cs, %ax
    mov %ax, %ds
    movzwl %ax, %ebx
    shl $4, %ebx                     // linear address of this page
    lea (gdt - trampoline_start)(%ebx), %eax
    mov %eax, (gdt_pointer - trampoline_start + 2)
    lea (start32_ap - trampoline_start)(%ebx), %eax
    mov %eax, (far32 - trampoline_start)
    lea (start64_ap - trampoline_start)(%ebx), %eax
    mov %eax, (far64 - trampoline_start)
    lgdtl (gdt_pointer - trampoline_start)
    mov $0x11, %eax
    mov %eax, %cr0
    ljmpl *(far32 - trampoline_start)
.code32
start32_ap:
    mov $0x18, %eax
    mov %eax, %ds
    mov $0x20, %eax                  // PAE
    mov %eax, %cr4
    mov (cr3_value - trampoline_start)(%ebx), %eax
    mov %eax, %cr3
    mov $0xc0000080, %ecx
    mov $0x900, %eax                 // LME, NXE
    xor %edx, %edx
    wrmsr
    mov $0x80010033, %eax
    mov %eax, %cr0
    ljmpl *(far64 - trampoline_start)(%ebx)
.code64
start64_ap:
    mov $0x18, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov (stack_value - trampoline_start)(%rbx), %rsp
    mov (argument_value - trampoline_start)(%rbx), %rdi
    mov (entry_value - trampoline_start)(%rbx), %rax
    xor %ebp, %ebp
    call *%rax
1:  hlt
    jmp 1b

.balign 8
gdt:
    .quad 0, 0x00cf9b000000ffff, 0x00af9b000000ffff, 0x00cf93000000ffff
gdt_pointer:
    .short gdt_pointer - gdt - 1
    .long 0
far32:
    .long 0
    .short 0x08
far64:
    .long 0
    .short 0x10
.balign 8
trampoline_data:                     // host::TrampolineData
cr3_value: .quad 0
stack_value: .quad 0
argument_value: .quad 0
entry_value: .quad 0
trampoline_end:
