; SPDX-License-Identifier: BSD-2-Clause
; The GDT's limit leaves its code descriptor out.
; Module words: raw
    real_mode_start
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
    dw 7
    dd gdt
