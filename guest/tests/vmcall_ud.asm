; SPDX-License-Identifier: BSD-2-Clause
; VMCALL and its kin outside the BIOS are invalid opcodes, reported at their own address.
; Module words: raw
    real_mode_start
    hook 6, invalid_opcode

; undefined "name", bytes: expects #UD at the instruction made of the bytes.
%macro undefined 2+
    mov word [expected], %%instruction
    mov word [continue_at], %%behind
    mov byte [seen], 0
%%instruction:
    db %2
%%behind:
    cmp byte [seen], 1
    check e, %1
    pass %1
%endmacro

    undefined "vmcall", 0x0f, 0x01, 0xc1
    undefined "vmmcall", 0x0f, 0x01, 0xd9
    undefined "vmlaunch", 0x0f, 0x01, 0xc2
    undefined "vmresume", 0x0f, 0x01, 0xc3
    undefined "vmxoff", 0x0f, 0x01, 0xc4
    undefined "vmfunc", 0x0f, 0x01, 0xd4
    undefined "vmxon", 0xf3, 0x0f, 0xc7, 0x36, 0x00, 0x50
    undefined "vmptrld", 0x0f, 0xc7, 0x36, 0x00, 0x50
    undefined "vmread", 0x0f, 0x78, 0xc0
    undefined "invept", 0x66, 0x0f, 0x38, 0x80, 0x06, 0x00, 0x50
    undefined "ud2", 0x0f, 0x0b
    finish

invalid_opcode:
    push bp
    mov bp, sp
    push ax
    mov ax, [expected]
    cmp [bp + 2], ax
    jne .other
    cmp word [bp + 4], 0
    jne .other
    mov byte [seen], 1
.other:
    mov ax, [continue_at]
    mov [bp + 2], ax
    pop ax
    pop bp
    iret

expected:       dw 0
continue_at:    dw 0
seen:           db 0
