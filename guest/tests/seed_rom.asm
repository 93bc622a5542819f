; SPDX-License-Identifier: BSD-2-Clause
; A 64 KiB boot ROM, started at the reset vector F000:FFF0 with no BIOS below it: sets up COM1 and
; prints a greeting.
; Module words: rom
bits 16
org 0

com1        equ 0x3f8

start:
    mov dx, com1 + 3        ; line control: divisor latch
    mov al, 0x80
    out dx, al
    mov dx, com1            ; 115200 baud
    mov al, 1
    out dx, al
    mov dx, com1 + 1
    mov al, 0
    out dx, al
    mov dx, com1 + 3        ; 8 data bits, no parity, 1 stop bit
    mov al, 3
    out dx, al
    mov dx, com1 + 2        ; FIFOs on and empty
    mov al, 7
    out dx, al
    mov dx, com1 + 4        ; DTR, RTS
    mov al, 3
    out dx, al
    mov si, text
.next:
    cs lodsb
    test al, al
    jz .end
    mov ah, al
    mov dx, com1 + 5
.wait:
    in al, dx               ; until the transmitter takes a byte
    test al, 0x20
    jz .wait
    mov al, ah
    mov dx, com1
    out dx, al
    jmp .next
.end:
    cli
    hlt
    jmp .end

text:
    db "bhyve!", 13, 10, 0

    times 0xfff0 - ($ - $$) db 0xff
reset:
    jmp 0xf000:start
    times 0x10000 - ($ - $$) db 0xff
