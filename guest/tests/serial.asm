; SPDX-License-Identifier: BSD-2-Clause
; Writes a line to COM1, which takes it whether it leads anywhere or not; reads of it find nothing.
; Module words: raw
    real_mode_start
    mov si, text
.next:
    mov dx, 0x3fd
    mov ecx, 100000
.wait:
    in al, dx
    test al, 0x20
    jnz .send
    dec ecx
    jnz .wait
    fail "serial the transmitter stays busy"
.send:
    lodsb
    test al, al
    jz .sent
    mov dx, 0x3f8
    out dx, al
    jmp .next
.sent:
    mov dx, 0x3fd
    in al, dx
    test al, 1
    check z, "serial a byte came from nowhere"
    pass "serial"
    finish

text:   db "SERIAL-TEXT", 13, 10, 0
