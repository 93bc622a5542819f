; SPDX-License-Identifier: BSD-2-Clause
; Code is put at 1 MiB and called there with A20 off: what runs is the vector table.
; Module words: raw
%include "protected.inc"

    real_mode_start
    hook 0, 0x0b0f              ; somebody's handler: as code it is UD2
    mov si, move_table
    mov cx, 8
    mov ah, 0x87
    int 0x15
    mov ax, 0x2400
    int 0x15
    cli
    enter_protected protected

    bits 32
protected:
    flat_data
    mov esp, 0x7c00
    jmp 0x100000

high_code:
    hlt
    times 16 db 0x90

    align 8
move_table:
    times 16 db 0
    dw 0xffff, high_code
    db 0, 0x93, 0, 0
    dw 0xffff, 0
    db 0x10, 0x93, 0, 0
    times 16 db 0
