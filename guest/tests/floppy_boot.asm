; SPDX-License-Identifier: BSD-2-Clause
; Boot sector that starts a raw guest on a machine with an ordinary BIOS: loads the sectors behind
; it to 0000:7C00 and jumps there. Assemble with -DSECTORS=count.
bits 16
org 0x0600

start:
    cli
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov sp, 0x0600
    cld
    mov si, 0x7c00
    mov di, 0x0600
    mov cx, 256
    rep movsw
    jmp 0:load

load:
    sti
    mov [drive], dl
    mov bx, 0x7c00
    mov si, 1                   ; sector on the disk, from 0
    mov bp, SECTORS
.next:
    mov ax, si
    mov cl, 18
    div cl                      ; AL: track, AH: sector in it
    mov cl, ah
    inc cl
    xor dh, dh
    shr al, 1
    adc dh, 0
    mov ch, al
    mov dl, [drive]
    mov ax, 0x0201
    int 0x13
    jc .next
    add bx, 512
    inc si
    dec bp
    jnz .next
    jmp 0:0x7c00

drive: db 0
    times 510 - ($ - $$) db 0
    dw 0xaa55
