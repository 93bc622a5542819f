; SPDX-License-Identifier: BSD-2-Clause
; INT 10h as a program sees it that interprets the BIOS in software: the same code, with the CPU
; elsewhere. A copy of the ROM's segment stands in for the interpreter.
; Module words: raw

copy        equ 0x3000              ; segment
video_entry equ 0xf065

%macro video 0
    pushf
    call copy:video_entry
%endmacro

    real_mode_start
    mov ax, 0xf000
    mov ds, ax
    mov ax, copy
    mov es, ax
    xor si, si
    xor di, di
    mov cx, 0x8000
    rep movsw
    xor ax, ax
    mov ds, ax
    mov es, ax

    mov ax, 0x0003
    int 0x10
    mov ax, 0x0200                  ; cursor to row 5, column 7
    xor bx, bx
    mov dx, 0x0507
    int 0x10

    mov ax, 0x0300
    xor bx, bx
    mov cx, 0xffff
    mov dx, 0xffff
    mov si, 0x1234
    mov di, 0x5678
    mov bp, 0x9abc
    stc
    video
    check c, "interpreted the flags of the caller are lost"
    cmp dx, 0x0507
    check e, "interpreted the cursor is elsewhere"
    cmp si, 0x1234
    check e, "interpreted SI is lost"
    cmp di, 0x5678
    check e, "interpreted DI is lost"
    cmp bp, 0x9abc
    check e, "interpreted BP is lost"
    mov ax, es
    test ax, ax
    check z, "interpreted ES is lost"
    pass "interpreted-registers"

    mov ax, 0x0e58                  ; 'X' at the cursor
    xor bx, bx
    video
    mov ax, 0xb800
    mov es, ax
    cmp byte [es:(5 * 80 + 7) * 2], 'X'
    check e, "interpreted teletype wrote nothing"
    pass "interpreted-output"

    mov ax, 0x0f00                  ; the CPU itself, at the same place
    int 0x10
    cmp ax, 0x5003
    check e, "interpreted the CPU's own call has another answer"
    pass "interpreted-own"
    finish
