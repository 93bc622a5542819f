; SPDX-License-Identifier: BSD-2-Clause
; Time passes and hooks run while the guest sits in BIOS calls, even if it calls them with
; interrupts off.
; Module words: raw
    real_mode_start

    ; INT 1Ah AH=00h with IF = 0 sees the tick count move.
    call wait_polling
    check nc, "ticks-if0 no tick seen in INT 1Ah with interrupts off"
    pass "ticks-if0"

    ; INT 16h AH=01h with IF = 0 lets ticks through as well.
    mov bx, [0x46c]
    mov ecx, 200000000
.poll_keys:
    mov ah, 1
    int 0x16
    cmp bx, [0x46c]
    jne .key_poll_good
    dec ecx
    jnz .poll_keys
    fail "keys-if0 no tick seen in INT 16h with interrupts off"
.key_poll_good:
    pass "keys-if0"

    ; A hook of INT 1Ch is called once per tick and chains to the one before it.
    mov eax, [0x1c * 4]
    mov [old_tick], eax
    hook 0x1c, first_hook
    mov eax, [0x1c * 4]
    mov [chained_tick], eax
    hook 0x1c, second_hook
    sti
    mov bx, [0x46c]
    mov [began], bx
    mov word [first_count], 0
    mov word [second_count], 0
.wait_hooks:
    hlt
    cmp word [second_count], 5
    jb .wait_hooks
    cli
    mov ax, [first_count]
    cmp ax, [second_count]
    check e, "tick-hook the chained hook was not called as often"
    mov ax, [0x46c]
    sub ax, [began]
    sub ax, [second_count]
    inc ax                      ; one tick may have come between the two reads
    cmp ax, 2
    check be, "tick-hook called more or less than once per tick"
    pass "tick-hook"

    ; INT 16h AH=00h blocks while ticks run: the hook types a key after five of them.
    mov bx, [0x46c]
    mov [began], bx
    mov word [second_count], 0
    mov byte [type_after], 5
    mov ah, 0
    int 0x16
    cmp ax, 0x2d78
    check e, "blocking-read wrong key"
    mov ax, [0x46c]
    sub ax, [began]
    cmp ax, 4
    check ae, "blocking-read ticks stood still"
    pass "blocking-read"

    ; INT 15h AH=86h waits the time that it is told: 110 ms are two ticks, give or take one.
    mov bx, [0x46c]
    mov ah, 0x86
    mov cx, 1
    mov dx, 0xadb0
    int 0x15
    check nc, "wait refused"
    mov ax, [0x46c]
    sub ax, bx
    cmp ax, 1
    check ae, "wait too short"
    cmp ax, 4
    check be, "wait too long"
    pass "wait"

    ; HLT with interrupts on is woken by the next tick.
    sti
    mov bx, [0x46c]
.sleep:
    hlt
    cmp bx, [0x46c]
    je .sleep
    cli
    pass "halt"
    finish

; CF clear once INT 1Ah has shown two different counts.
wait_polling:
    mov ah, 0
    int 0x1a
    mov bx, dx
    mov ecx, 200000000
.again:
    push ecx
    mov ah, 0
    int 0x1a
    pop ecx
    cmp dx, bx
    jne .moved
    dec ecx
    jnz .again
    stc
    ret
.moved:
    clc
    ret

first_hook:
    inc word [cs:first_count]
    jmp far [cs:old_tick]

second_hook:
    inc word [cs:second_count]
    cmp byte [cs:type_after], 0
    je .chain
    dec byte [cs:type_after]
    jnz .chain
    pusha
    mov ah, 5                   ; puts a key into the buffer: x
    mov cx, 0x2d78
    int 0x16
    popa
.chain:
    pushf
    call far [cs:chained_tick]
    iret

    align 4
old_tick:       dd 0
chained_tick:   dd 0
first_count:    dw 0
second_count:   dw 0
began:          dw 0
type_after:     db 0
