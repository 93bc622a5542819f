; SPDX-License-Identifier: BSD-2-Clause
; Reaches memory in every way that a watchpoint has to see, to be looked at with a debugger: each way
; starts at a round address, so that a stop behind its first instruction is easy to tell. In the end
; it looks for traces of the debugger.
; Module words: raw

byte_read   equ 0x5000
area        equ 0x5010
source      equ 0x5100
trap_flag   equ 1 << 8

; pad_to OFFSET: goes on at 7c00h + OFFSET.
%macro pad_to 1
    times %1 - ($ - $$) nop
%endmacro

    real_mode_start
    mov byte [byte_read], 0x5a
    mov dword [source], "abcd"
    mov bx, byte_read

    pad_to 0x40
    mov al, [bx]
    pad_to 0x48
    mov byte [area + 1], 0x41
    pad_to 0x50
    add byte [area + 1], 1
    pad_to 0x58
    mov si, source
    mov di, area + 4
    mov cx, 3
    pad_to 0x68
    rep movsb
    pad_to 0x70
    push word [area]
    pop ax
    pad_to 0x78
    mov di, area + 8
    mov cx, 2
    mov dx, 0x80
    pad_to 0x88
    rep insb                    ; executed by the hypervisor
    pad_to 0x90
    mov ax, 0x0200              ; set the cursor: the BIOS writes 0040:0050
    mov dx, 0x0305
    xor bx, bx
    pad_to 0xa0
    int 0x10
    pad_to 0xa8
    mov ax, 0x0012              ; graphics in planes: device memory
    int 0x10
    mov ax, 0xa000
    mov es, ax
    mov si, byte_read
    xor di, di
    pad_to 0xc0
    mov byte [es:di], 0xff
    pad_to 0xc8
    movsb                       ; from the watched byte
    pad_to 0xd0

    mov ax, 0x0003
    int 0x10
    pushf
    pop ax
    test ax, trap_flag
    check z, "flags image has TF set"
    mov eax, dr7
    cmp eax, 0x400
    check e, "DR7 is not as after reset"
    cmp word [area], 0x4200
    check e, "the area's first word"
    cmp word [area + 4], "ab"
    check e, "the area's copied bytes"
    pass "watched"
    finish
