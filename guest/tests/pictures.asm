; SPDX-License-Identifier: BSD-2-Clause
; Draws a picture in mode 13h, says so on port E9h and waits for a key; then one in VBE mode 142h
; (640x480, 32 bits) through the linear frame buffer, says so and halts. Also a boot sector.
; Module words: raw
bits 16
org 0x7c00

information equ 0x8000

start:
    cli
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov sp, 0x7c00
    sti
    cld
    mov ax, 0x0013
    int 0x10
    mov ax, 0xa000
    mov es, ax
    xor di, di
    xor bx, bx                  ; row
.row:
    xor cx, cx                  ; column
.pixel:
    mov ax, cx
    shr ax, 3
    mov dx, bx
    shr dx, 2
    xor al, dl
    add al, bl
    stosb
    inc cx
    cmp cx, 320
    jb .pixel
    inc bx
    cmp bx, 200
    jb .row
    mov dx, 0x3c8               ; some colours of our own
    mov al, 40
    out dx, al
    inc dx
    mov cx, 3 * 64
.colours:
    mov al, cl
    and al, 63
    out dx, al
    loop .colours
    mov si, first
    call write
    xor ax, ax
    int 0x16

    xor ax, ax
    mov es, ax
    mov ax, 0x4f01
    mov cx, 0x142
    mov di, information
    int 0x10
    cmp ax, 0x004f
    jne failed
    mov ax, 0x4f02
    mov bx, 0x4142
    int 0x10
    cmp ax, 0x004f
    jne failed

    cli
    fs_reaches_4_gib table
    xor ax, ax
    mov fs, ax
    sti

    mov edi, [information + 40]
    xor bx, bx
.line:
    xor cx, cx
.dot:
    movzx eax, cl               ; blue: columns
    shr al, 3
    shl al, 2
    mov ah, bl                  ; green: rows
    and ah, 0xf0
    mov dx, cx
    xor dx, bx
    and edx, 0x01f0             ; red: squares
    shl edx, 15
    or eax, edx
    mov [fs:edi], eax
    add edi, 4
    inc cx
    cmp cx, 640
    jb .dot
    inc bx
    cmp bx, 480
    jb .line
    mov si, second
    call write
.halt:
    hlt
    jmp .halt

failed:
    mov si, error
    call write
    jmp start.halt

write:
    lodsb
    test al, al
    jz .end
    out 0xe9, al
    jmp write
.end:
    ret

first: db "DRAWN 13h", 10, 0
second: db "DRAWN VBE", 10, 0
error: db "NO VBE", 10, 0

align 8
table:
    dw descriptors.end - descriptors - 1
    dd descriptors
descriptors:
    dq 0
    dq 0x00cf92000000ffff
.end:
    times 510 - ($ - $$) db 0
    dw 0xaa55
