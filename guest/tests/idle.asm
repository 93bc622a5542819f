; SPDX-License-Identifier: BSD-2-Clause
; A guest that does nothing: it waits for a key in the BIOS, ticks on; then it halts with nothing
; but the clock's interrupt once a second, until a key comes. A dot is a second of either. A tick that follows the one
; before too early or too late by the time-stamp counter is an error: a VM that was paused has none.
; Module words: raw
    real_mode_start
    mov eax, [0x1c * 4]
    mov [old_tick], eax
    hook 0x1c, tick
    sti
    say "WAITS"
    end_line
    mov ah, 0
    int 0x16
    cli
    cmp byte [irregular], 0
    check e, "ticks came too early or too late"
    cmp word [ticks], 60
    check ae, "ticks stood still"
    pass "ticks"

    mov al, 0xff                ; the 8259 pair: nothing but the clock, through the cascade
    out 0xa1, al
    mov al, 0xf9                ; ... and the keyboard
    out 0x21, al
    hook 0x70, second
    mov al, 0x0b
    out 0x70, al
    mov al, 0x12                ; 24 hours, interrupt after each update
    out 0x71, al
    mov al, 0x0c
    out 0x70, al
    in al, 0x71
    mov al, 0xfe
    out 0xa1, al
    say "HALTS"
    end_line
    sti
.sleep:
    hlt
    mov ax, [0x41a]
    cmp ax, [0x41c]
    je .sleep
    cli
    finish

; Every 18th tick shows a dot. A period is 65536 / 1193182 s; half of it and twice of it are the
; bounds, in TSC ticks by what the first periods took.
tick:
    pushad
    push ds
    xor ax, ax
    mov ds, ax
    inc word [ticks]
    rdtsc
    mov ebx, eax
    sub eax, [last]
    mov [last], ebx
    cmp word [ticks], 3
    jb .known
    ja .judge
    mov [period], eax
.judge:
    mov ebx, [period]
    lea ecx, [ebx * 2]
    shr ebx, 1
    cmp eax, ebx
    jb .wrong
    cmp eax, ecx
    jbe .known
.wrong:
    mov byte [irregular], 1
.known:
    inc byte [phase]
    cmp byte [phase], 18
    jb .chain
    mov byte [phase], 0
    say "."
    end_line
.chain:
    pop ds
    popad
    jmp far [cs:old_tick]

second:
    push ax
    mov al, 0x0c
    out 0x70, al
    in al, 0x71
    say "."
    end_line
    mov al, 0x20
    out 0xa0, al
    out 0x20, al
    pop ax
    iret

    align 4
old_tick:   dd 0
last:       dd 0
period:     dd 0
ticks:      dw 0
phase:      db 0
irregular:  db 0
