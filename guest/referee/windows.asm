; SPDX-License-Identifier: BSD-2-Clause
; Time that passes while a program with interrupts off asks for it, and calls made from hooks.

poll_most       equ 3000000     ; calls, until a loop is given up

; Sets vector %1 to %2, the old one to %3.
%macro hook 3
    push es
    push 0
    pop es
    mov eax, [es:%1 * 4]
    mov [%3], eax
    mov word [es:%1 * 4], %2
    mov [es:%1 * 4 + 2], cs
    pop es
%endmacro
%macro unhook 2
    push es
    push 0
    pop es
    mov eax, [%2]
    mov [es:%1 * 4], eax
    pop es
%endmacro

; A loop on INT 1Ah/00h with interrupts off.
poll_ticks:
    cli
    mov ah, 0
    int 0x1a
    mov bp, dx
    mov edi, poll_most
.next:
    mov ah, 0
    int 0x1a
    cmp dx, bp
    jne .passed
    dec edi
    jnz .next
.passed:
    xor eax, eax
    cmp edi, 0
    setne al
    sti
    field "passed"
    ret

; A loop on INT 16h/01h with interrupts off, for a key that comes meanwhile; then it is fetched.
poll_keys:
    mov si, .codes
    cli
    call send_key
    mov edi, poll_most
.next:
    mov ah, 1
    int 0x16
    jnz .there
    dec edi
    jnz .next
.there:
    push ax
    pushf
    pop ax
    and ax, 0x240
    mov [.flags], ax
    pop ax
    sti
    mov edx, edi
    movzx eax, ax
    test edx, edx
    jz .lost
    field "key"
    mov ah, 0
    int 0x16
    movzx eax, ax
    field "fetched"
.lost:
    movzx eax, word [.flags]
    field "flags"
    ret
.codes: db 0x2c
.flags: dw 0

; The scan code at SI as if from the keyboard; interrupts stay as they are.
send_key:
    call wait_controller
    mov al, 0xd2
    out 0x64, al
    call wait_controller
    lodsb
    out 0x60, al
    ret

; INT 16h/00h with interrupts off; a hook of 1Ch pushes a key with INT 16h/05h at its third tick.
wait_for_pushed_key:
    mov byte [.left], 3
    hook 0x1c, .tick, old_vector
    cli
    mov ah, 0
    int 0x16
    sti
    movzx eax, ax
    field "key"
    unhook 0x1c, old_vector
    ret
.tick:
    dec byte [cs:.left]
    jnz .go_on
    pusha
    mov ah, 5
    mov cx, 0x1234
    int 0x16
    popa
.go_on:
    jmp far [cs:old_vector]
.left: db 0

; A hook of 1Ch that makes calls while INT 15h/86h waits.
wait_with_ticks:
    mov word [nested], 0
    mov word [nested_bad], 0
    hook 0x1c, .tick, old_vector
    mov ax, 0x8600
    mov cx, 3                   ; a quarter of a second
    mov dx, 0xd090
    mov bx, 0x1111
    mov bp, 0x2222
    int 0x15
    mov [.bx], bx
    mov [.bp], bp
    unhook 0x1c, old_vector
    movzx eax, word [.bx]
    field "bx"
    movzx eax, word [.bp]
    field "bp"
    xor eax, eax
    cmp word [nested], 3
    setae al
    field "ticked"
    movzx eax, word [nested_bad]
    field "bad"
    ret
.tick:
    pusha
    inc word [cs:nested]
    call nested_calls
    popa
    pushf
    call far [cs:old_vector]
    iret
.bx: dw 0
.bp: dw 0

; Calls as a resident program makes them from a hook; counts wrong answers.
nested_calls:
    mov ah, 0x0f
    int 0x10
    cmp ah, 80
    je .mode_right
    inc word [cs:nested_bad]
.mode_right:
    mov ax, 0x41aa
    mov bx, 0x55aa
    mov dl, 0x80
    int 0x13
    jc .disk_wrong
    cmp bx, 0xaa55
    je .disk_right
.disk_wrong:
    inc word [cs:nested_bad]
.disk_right:
    int 0x12
    cmp ax, 600
    ja .memory_right
    inc word [cs:nested_bad]
.memory_right:
    ret
align 4
nested:         dw 0
nested_bad:     dw 0
old_vector:     dd 0
older_vector:   dd 0

; The keyboard intercept: a becomes b, s is swallowed; the hook makes calls and chains the rest.
intercept_keys:
    mov word [nested_bad], 0
    hook 0x15, .intercept, old_vector
    mov si, .codes
    mov cx, 6
.next:
    push cx
    call send_key
    mov cx, 2
    call op_ticks.next
    pop cx
    loop .next
    unhook 0x15, old_vector
.fetch:
    mov ah, 1
    int 0x16
    jz .empty
    mov ah, 0
    int 0x16
    movzx eax, ax
    field "key"
    jmp .fetch
.empty:
    movzx eax, word [nested_bad]
    field "bad"
    ret
.codes: db 0x1e, 0x9e, 0x1f, 0x9f, 0x20, 0xa0
.intercept:
    cmp ah, 0x4f
    jne .chain
    pusha
    call nested_calls
    popa
    cmp al, 0x1e
    jne .not_a
    mov al, 0x30
    jmp .keep
.not_a:
    cmp al, 0x1f
    jne .chain
    stc
    cmc                         ; CF clear: the key is done with
    retf 2
.keep:
    stc
    retf 2
.chain:
    jmp far [cs:old_vector]

; INT 13h through two hooks: the outer one jumps far, the inner one calls far and makes calls.
read_through_hooks:
    mov word [nested], 0
    mov word [nested_bad], 0
    hook 0x13, .inner, old_vector
    hook 0x13, .outer, older_vector
    push es
    push 0x3000
    pop es
    mov di, 0
    mov cx, 0x200
    mov al, 0xaa
    rep stosb
    mov ax, 0x201
    mov bx, 0
    mov cx, 2
    mov dx, 0x80
    int 0x13
    pushf
    pop word [.flags]
    push ax
    xor si, si
    mov cx, 0x200
    call digest
    pop si
    pop es
    field "read"
    movzx eax, si
    field "ax"
    movzx eax, word [.flags]
    and ax, 1
    field "cf"
    unhook 0x13, older_vector
    unhook 0x13, old_vector
    movzx eax, word [nested]
    field "hooked"
    movzx eax, word [nested_bad]
    field "bad"
    ret
.outer:
    jmp far [cs:older_vector]
.inner:
    cmp ah, 2
    jne .chain
    inc word [cs:nested]
    pusha
    call nested_calls
    popa
    pushf
    call far [cs:old_vector]
    pushf
    pusha
    call nested_calls
    popa
    popf
    sti                         ; what the caller had; the flags of the call are gone
    retf 2
.chain:
    jmp far [cs:old_vector]
.flags: dw 0

; Keys that call programs: Print Screen, Ctrl-Break, SysReq.
keys_that_call:
    mov dword [.counts], 0
    hook 0x05, .print, old_vector
    hook 0x1b, .break, older_vector
    hook 0x15, .system, .old_system
    mov si, .codes
    mov cx, .codes_end - .codes
.next:
    push cx
    call send_key
    mov cx, 1
    call op_ticks.next
    pop cx
    loop .next
    unhook 0x15, .old_system
    unhook 0x1b, older_vector
    unhook 0x05, old_vector
    push es
    push 0x40
    pop es
    movzx eax, byte [es:0x71]
    mov byte [es:0x71], 0
    pop es
    field "471"
    mov eax, [.counts]
    field "counts"
.drain:
    mov ah, 1
    int 0x16
    jz .done
    mov ah, 0
    int 0x16
    movzx eax, ax
    field "key"
    jmp .drain
.done:
    ret
.print:
    inc byte [cs:.counts]
    iret
.break:
    inc byte [cs:.counts + 1]
    iret
.system:
    cmp ah, 0x85
    jne .not_system
    inc byte [cs:.counts + 2]
    iret
.not_system:
    jmp far [cs:.old_system]
.codes: db 0xe0, 0x2a, 0xe0, 0x37, 0xe0, 0xb7, 0xe0, 0xaa
    db 0x1d, 0xe0, 0x46, 0xe0, 0xc6, 0x9d
    db 0x38, 0x54, 0xd4, 0xb8
.codes_end:
align 4
.counts: dd 0
.old_system: dd 0

; The alarm: INT 4Ah is called two seconds after noon.
alarm:
    mov dword [.rung], 0
    hook 0x4a, .ring, old_vector
    mov ax, 0x300
    mov cx, 0x1200
    mov dx, 0
    int 0x1a
    mov ah, 6
    mov cx, 0x1200
    mov dx, 0x0200
    int 0x1a
    mov bp, 90
.wait:
    call wait_for_tick
    cmp dword [.rung], 0
    jne .rang
    dec bp
    jnz .wait
.rang:
    mov ah, 7
    int 0x1a
    unhook 0x4a, old_vector
    mov eax, [.rung]
    field "rung"
    ret
.ring:
    inc dword [cs:.rung]
    iret
align 4
.rung: dd 0

; Pause, and three ticks later a key from a hook of 1Ch: whether the machine stood still meanwhile.
pause_key:
    mov byte [.left], 3
    hook 0x1c, .tick, old_vector
    call wait_for_tick
    mov si, .codes
    mov cx, 6
.next:
    push cx
    call send_key
    call wait_until_taken
    pop cx
    loop .next
    movzx eax, byte [.left]
    cmp al, 1
    sbb eax, eax
    neg eax
    field "stood-still"
    mov cx, 4
    call op_ticks.next
    unhook 0x1c, old_vector
.drain:
    mov ah, 1
    int 0x16
    jz .done
    mov ah, 0
    int 0x16
    movzx eax, ax
    field "key"
    jmp .drain
.done:
    ret
.tick:
    cmp byte [cs:.left], 0
    je .go_on
    dec byte [cs:.left]
    jnz .go_on
    pusha
    push ds
    push cs
    pop ds
    mov si, .end_code
    call send_key
    pop ds
    popa
.go_on:
    jmp far [cs:old_vector]
.left: db 0
.codes: db 0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5
.end_code: db 0x1e
