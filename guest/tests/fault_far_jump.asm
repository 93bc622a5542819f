; SPDX-License-Identifier: BSD-2-Clause
; Protected mode without the far jump into a 32-bit code segment.
; Module words: raw
    real_mode_start
    lgdt [gdt_register]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    jmp protected

    bits 32
protected:
    mov ax, 0x10
    mov ds, ax
    mov esp, 0x7c00
    ud2

    align 8
gdt:
    dq 0
    dq 0x00cf9a000000ffff
    dq 0x00cf92000000ffff
gdt_register:
    dw 23
    dd gdt
