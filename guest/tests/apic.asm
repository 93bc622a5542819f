; SPDX-License-Identifier: BSD-2-Clause
; The local APIC as an operating system drives it: registers in memory, priorities, its timer,
; errors, and x2APIC mode and back. In real mode with FS reaching 4 GiB.
; Module words: raw
%define apic(offset) dword [fs:dword 0xfee00000 + (offset)]
%define vector_bit (1 << 17)    ; of 51h, in the words for 40h-5Fh
    real_mode_start
    fs_reaches_4_gib gdt_register
    jmp 0:.unreal
.unreal:
    mov al, 0xff                ; nothing from the 8259 pair
    out 0x21, al
    out 0xa1, al
    hook 0x51, interrupt
    hook 0x52, timer

    mov eax, apic(0x30)
    cmp eax, 0x00050014
    check e, "registers version"
    cmp byte [fs:dword 0xfee00030], 0x14
    check e, "registers a byte"
    cmp word [fs:dword 0xfee00032], 5
    check e, "registers the upper word"
    mov apic(0x20), ~0          ; neither can be written
    mov apic(0x30), ~0
    cmp apic(0x20), 0
    check e, "registers the ID was written"
    cmp apic(0x30), 0x00050014
    check e, "registers the version was written"
    mov apic(0xd0), ~0          ; logical destination: the upper byte
    cmp apic(0xd0), 0xff000000
    check e, "registers reserved bits hold"
    mov apic(0xd0), 0
    cmp apic(0xf0), 0x1ff
    check e, "registers not enabled by the BIOS"
    cmp dword [fs:dword 0xfee00024], 0
    check e, "registers between two"
    pass "registers"

    call send
    test apic(0x220), vector_bit
    check nz, "interrupt not requested"
    test apic(0x120), vector_bit
    check z, "interrupt in service too early"
    call let_in
    cmp byte [taken], 1
    check e, "interrupt not taken"
    test apic(0x120), vector_bit
    check z, "interrupt still in service"
    pass "interrupt"

    mov apic(0x80), 0x65
    cmp apic(0x80), 0x65
    check e, "priority does not hold"
    cmp apic(0xa0), 0x65
    check e, "priority not the processor's"
    call send
    call let_in
    cmp byte [taken], 1
    check e, "priority 6 lets 5 in"
    mov apic(0x80), 0x50
    call let_in
    cmp byte [taken], 1
    check e, "priority 5 lets 5 in"
    sti
    nop
    mov apic(0x80), 0x4f
    nop
    nop
    cli
    cmp byte [taken], 2
    check e, "priority 4 does not let 5 in at once"
    mov apic(0x80), 0
    call send
    mov apic(0x80), 0x90        ; raised when all was ready to deliver
    call let_in
    cmp byte [taken], 2
    check e, "priority raised, and the interrupt came"
    mov byte [fs:dword 0xfee00080], 0
    call let_in
    cmp byte [taken], 3
    check e, "priority lowered, and no interrupt"
    pass "priority"

    mov apic(0x300), 0x44005    ; vectors below 10h are errors
    mov apic(0x280), 0
    cmp apic(0x280), 0x20
    check e, "error not reported"
    mov apic(0x280), 0
    cmp apic(0x280), 0
    check e, "error does not go away"
    pass "error"

    mov apic(0x3e0), 0xb
    mov apic(0x320), 0x52
    mov apic(0x380), 250000     ; 10 ms
    cmp apic(0x380), 250000
    check e, "timer initial count does not hold"
    mov eax, apic(0x390)
    mov ecx, 1000
.while_it_counts:
    loop .while_it_counts
    cmp apic(0x390), eax
    check b, "timer stands still"
    sti
.wait:
    hlt
    cmp byte [timed], 0
    je .wait
    cli
    cmp apic(0x390), 0
    check e, "timer goes on"
    pass "timer"

    mov ecx, 0x1b
    rdmsr
    mov [base], eax
    or eax, 1 << 10
    wrmsr
    mov byte [x2apic], 1
    mov ecx, 0x803
    rdmsr
    cmp eax, 0x00050014
    check e, "x2apic version"
    mov ecx, 0x83f              ; to itself
    mov eax, 0x51
    xor edx, edx
    wrmsr
    call let_in
    cmp byte [taken], 4
    check e, "x2apic no interrupt"
    pass "x2apic"

    mov ecx, 0x1b
    mov eax, [base]
    and eax, ~(3 << 10)
    xor edx, edx
    wrmsr
    mov byte [x2apic], 0
    cmp apic(0x30), ~0
    check e, "off registers are still there"
    mov eax, [base]
    wrmsr
    cmp apic(0xf0), 0xff
    check e, "on again not reset"
    mov apic(0xf0), 0x1ff
    call send
    call let_in
    cmp byte [taken], 5
    check e, "on again no interrupt"
    pass "on-again"
    finish

send:
    mov apic(0x300), 0x44051
    ret

let_in:
    sti
    nop
    nop
    cli
    ret

interrupt:
    push eax
    push ecx
    push edx
    inc byte [taken]
    cmp byte [x2apic], 1
    je .msr
    test apic(0x120), vector_bit
    check nz, "interrupt not in service"
    test apic(0x220), vector_bit
    check z, "interrupt still requested"
    mov apic(0xb0), 0
    jmp .done
.msr:
    mov ecx, 0x80b
    xor eax, eax
    xor edx, edx
    wrmsr
.done:
    pop edx
    pop ecx
    pop eax
    iret

timer:
    inc byte [timed]
    mov apic(0xb0), 0
    iret

    align 8
gdt:
    dq 0
    dq 0x00cf92000000ffff
gdt_register:
    dw 15
    dd gdt
base:
    dd 0
taken:
    db 0
timed:
    db 0
x2apic:
    db 0
