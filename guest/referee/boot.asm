; SPDX-License-Identifier: BSD-2-Clause
; Boot sector of the referee's images: loads the engine that follows it to 1000:0000. Built for a
; 1.44 MB floppy (tracks of 18 sectors), for a hard disk (EDD) or, with the whole image already
; loaded behind it, for a CD without emulation. -DMEDIUM=0, 1 or 2; -DSECTORS=count.
bits 16
org 0x7c00
engine_segment  equ 0x1000

    jmp 0:start
start:
    cli
    cld
    xor ax, ax
    mov ds, ax
    mov ss, ax
    mov sp, 0x7c00
    sti
    mov [drive], dl
%if MEDIUM == 0
    mov ax, engine_segment
    mov es, ax
    mov si, 1                   ; sector on the disk, from 0
    mov bp, SECTORS
.next:
    mov ax, si
    mov cl, 18
    div cl                      ; AL: track, AH: sector in it
    mov cl, ah
    inc cl
    mov bl, 18
    sub bl, ah                  ; to the end of the track
    mov bh, 0
    cmp bx, bp
    jbe .whole
    mov bx, bp
.whole:
    xor dh, dh
    shr al, 1
    adc dh, 0
    mov ch, al
    mov di, bx
    mov ax, bx
    mov ah, 2
    xor bx, bx
    mov dl, [drive]
    push si
    push di
    push bp
    int 0x13
    pop bp
    pop di
    pop si
    jc .next
    add si, di
    sub bp, di
    shl di, 5
    mov ax, es
    add ax, di
    mov es, ax
    test bp, bp
    jnz .next
%elif MEDIUM == 1
    mov bp, SECTORS
.next:
    mov si, packet
    mov ah, 0x42
    mov dl, [drive]
    int 0x13
    add word [packet + 6], 32   ; one sector further
    inc dword [packet + 8]
    dec bp
    jnz .next
%else
    std                         ; the copy overlaps: from its end
    mov bp, SECTORS
    mov ax, engine_segment + (SECTORS - 1) * 32
    mov bx, 0x7e0 + (SECTORS - 1) * 32
.next:
    mov es, ax
    mov ds, bx
    mov cx, 256
    mov si, 510
    mov di, si
    rep movsw
    sub ax, 32
    sub bx, 32
    dec bp
    jnz .next
    cld
%endif
    mov dl, [cs:drive]
    jmp engine_segment:0

drive: db 0
    align 4
packet: db 16, 0
    dw 1, 0, engine_segment
    dd 1, 0
    times 510 - ($ - $$) db 0
    dw 0xaa55
