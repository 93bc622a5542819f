; SPDX-License-Identifier: BSD-2-Clause
; Looks for traces of a debugger: flags and debug registers are the guest's own, instructions that
; hold traps back do what they should, and its own single steps and breakpoints work. Passes with and
; without a debugger that steps it.
; Module words: raw

trap_flag   equ 1 << 8
counter     equ 0x600
seen        equ 0x602

    real_mode_start
    pushf
    pop ax
    test ax, trap_flag
    check z, "flags image has TF set"
    pushfd
    pop eax
    test eax, trap_flag
    check z, "wide flags image has TF set"

    mov eax, dr7
    cmp eax, 0x400
    check e, "DR7 is not as after reset"
    mov eax, dr0
    test eax, eax
    check z, "DR0 is not as after reset"
    mov eax, dr6
    cmp eax, 0xffff0ff0
    check e, "DR6 is not as after reset"
    pass "hidden"

    hook 0x60, handler
    int 0x60
    cmp word [seen], 0x60
    check e, "INT did not run its handler"
    pass "int"

    ; MOV SS and POP SS hold everything back until the next instruction has run.
    mov ax, 0x1000
    mov bx, sp
    mov ss, ax
    mov sp, 0x100
    push word 0x55aa
    cmp word [ss:0xfe], 0x55aa
    check e, "MOV SS did not load the stack"
    pop ax
    xor ax, ax
    push ax
    pop ss
    mov sp, bx
    cmp sp, 0x7c00
    check e, "POP SS did not load the stack"
    pass "stack"

    ; REP is one instruction that is repeated.
    mov si, start_of_text
    mov di, 0x700
    mov cx, 5
    rep movsb
    test cx, cx
    check z, "REP did not finish"
    cmp dword [0x700], "abcd"
    check e, "REP MOVSB did not copy"
    sti
    nop
    cli
    pass "rep"

    ; The guest's own single steps: three NOPs between two POPFs.
    mov word [counter], 0
    hook 1, trap
    pushf
    pop ax
    mov bx, ax
    or ax, trap_flag
    push ax
    popf
    nop
    nop
    nop
    push bx
    popf
    cmp word [counter], 5       ; NOP, NOP, NOP, PUSH, POPF
    check e, "own single steps do not come one per instruction"
    mov eax, dr6
    test ax, 1 << 14
    check nz, "DR6.BS is clear after a single step"
    ; A trap follows each repetition, of an instruction that makes an exit as well.
    mov word [counter], 0
    mov si, start_of_text
    mov cx, 3
    mov dx, 0x80
    push ax
    popf
    rep outsb
    push bx
    popf
    cmp word [counter], 5       ; three of OUTSB, PUSH, POPF
    check e, "own single steps do not come one per repetition"
    test cx, cx
    check z, "REP OUTSB did not finish"
    pass "own-steps"

    ; The guest's own breakpoint.
    mov word [counter], 0
    mov eax, .here
    mov dr0, eax
    mov eax, 0x402
    mov dr7, eax
    nop
.here:
    nop
    xor eax, eax
    mov dr7, eax
    cmp word [counter], 1
    check e, "own breakpoint did not come once"
    mov eax, dr0
    cmp eax, .here
    check e, "DR0 lost its value"
    pass "own-breakpoint"

    push word 0x7202            ; IRET pops flags, CS, IP
    push word 0
    push word .returned
    and word [esp + 4], 0xffff & ~(1 << 9)
    iret
.returned:
    pushf
    pop ax
    test ax, trap_flag
    check z, "IRET left TF set"
    pass "iret"
    finish

trap:
    inc word [counter]
    push eax
    mov eax, dr7
    and al, 0xfc                ; once is enough
    mov dr7, eax
    pop eax
    iret

handler:
    push bp
    mov bp, sp
    test word [bp + 6], trap_flag
    check z, "INT pushed flags with TF set"
    pushf
    pop word [seen]
    test word [seen], trap_flag | 1 << 9
    check z, "handler runs with TF or IF"
    mov word [seen], 0x60
    pop bp
    iret

start_of_text:
    db "abcde"
