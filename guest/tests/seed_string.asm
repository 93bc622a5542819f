; SPDX-License-Identifier: BSD-2-Clause
; A flat 16-bit program: reads a NUL-ended string byte by byte, writes it to port 3F8h, halts.
; Module words: raw
bits 16
org 0x7c00

start:
    xor ax, ax
    mov ds, ax
    mov si, text
    mov dx, 0x3f8
.next:
    mov al, [si]
    test al, al
    jz .end
    out dx, al
    inc si
    jmp .next
.end:
    cli
    hlt

text:
    db "Hello from real mode", 13, 10, 0
