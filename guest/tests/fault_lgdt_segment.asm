; SPDX-License-Identifier: BSD-2-Clause
; LGDT reads its operand through a data segment that is not where it lies.
; Module words: raw
    real_mode_start
    mov ax, 0x1000
    mov ds, ax
    lgdt [gdt_register]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    jmp 0x08:protected

protected:
    hlt

    align 8
gdt:
    dq 0
    dq 0x00cf9a000000ffff
gdt_register:
    dw 15
    dd gdt
