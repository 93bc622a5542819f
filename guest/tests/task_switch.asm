; SPDX-License-Identifier: BSD-2-Clause
; Hardware task switches: JMP there and back, CALL with IRET, a task gate by INT, and #TS for a
; TSS that is too short.
; Module words: raw
code32      equ 0x08
data32      equ 0x10
main_tss    equ 0x18
jump_tss    equ 0x20
call_tss    equ 0x28
gate_tss    equ 0x30
short_tss   equ 0x38

    real_mode_start
    lgdt [gdt_pointer]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    jmp dword code32:protected

    bits 32
protected:
    mov ax, data32
    mov ds, ax
    mov es, ax
    mov fs, ax
    mov gs, ax
    mov ss, ax
    mov esp, 0x70000
    lidt [idt_pointer]
    mov ax, main_tss
    ltr ax

    mov ebx, 0x11112222
    mov esi, 0x33334444
    jmp jump_tss:0
    cmp ebx, 0x11112222
    check e, "task-jump EBX was not restored"
    cmp esi, 0x33334444
    check e, "task-jump ESI was not restored"
    cmp dword [jump_count], 1
    check e, "task-jump the other task did not run"
    cmp byte [gdt + main_tss + 5], 0x8b
    check e, "task-jump this task's TSS is not busy"
    cmp byte [gdt + jump_tss + 5], 0x89
    check e, "task-jump the other task's TSS is busy"
    mov eax, cr0
    test al, 8
    check nz, "task-jump TS is clear"
    pass "task-jump"

    mov dword [call_count], 0
    call call_tss:0
    cmp dword [call_count], 1
    check e, "task-call the called task did not run"
    cmp dword [call_link], main_tss
    check e, "task-call the back link is wrong"
    pushfd
    pop eax
    bt eax, 14
    check nc, "task-call NT stays set"
    cmp byte [gdt + call_tss + 5], 0x89
    check e, "task-call the called task's TSS is busy"
    call call_tss:0             ; goes on behind its IRET
    cmp dword [call_count], 2
    check e, "task-call the second call did not run"
    pass "task-call"

    int 0x40
    cmp dword [gate_count], 1
    check e, "task-gate the task did not run"
    pass "task-gate"

    mov dword [fault_return], .after_short
    jmp short_tss:0
    fail "task-short no fault"
.after_short:
    cmp dword [fault_error], short_tss
    check e, "task-short the error code is wrong"
    pass "task-short"
    finish

jump_task:
    inc dword [jump_count]
    mov ebx, 0
    jmp main_tss:0
    jmp jump_task

call_task:
    inc dword [call_count]
    movzx eax, word [call_state]
    mov [call_link], eax
    iretd
    jmp call_task

gate_task:
    inc dword [gate_count]
    iretd
    jmp gate_task

invalid_tss:
    pop dword [fault_error]
    push eax
    mov eax, [fault_return]
    mov [esp + 4], eax
    pop eax
    iretd

unexpected:
    fail "task-switch unexpected exception"

; descriptor of a TSS at an address with a limit
%macro tss_descriptor 2
    dw %2, %1
    db 0, 0x89, 0, 0
%endmacro

    align 8
gdt:
    dq 0
    dq 0x00cf9a000000ffff
    dq 0x00cf92000000ffff
    tss_descriptor main_state, 103
    tss_descriptor jump_state, 103
    tss_descriptor call_state, 103
    tss_descriptor gate_state, 103
    tss_descriptor jump_state, 102
gdt_end:
gdt_pointer:
    dw gdt_end - gdt - 1
    dd gdt

    align 8
idt:
%assign vector 0
%rep 0x41
    %if vector == 10
        dw invalid_tss, code32, 0x8e00, 0
    %elif vector == 0x40
        dw 0, gate_tss, 0x8500, 0
    %else
        dw unexpected, code32, 0x8e00, 0
    %endif
    %assign vector vector + 1
%endrep
idt_end:
idt_pointer:
    dw idt_end - idt - 1
    dd idt

; task_state ENTRY, STACK: a 32-bit TSS
%macro task_state 2
    times 8 dd 0                ; link, stacks of rings 0 to 2, CR3
    dd %1, 2                    ; EIP, EFLAGS
    times 4 dd 0
    dd %2, 0, 0, 0              ; ESP, EBP, ESI, EDI
    dd data32, code32, data32, data32, data32, data32
    dd 0                        ; LDT
    dw 0, 104
%endmacro
    align 16
main_state:     task_state 0, 0
    align 16
jump_state:     task_state jump_task, 0x71000
    align 16
call_state:     task_state call_task, 0x72000
    align 16
gate_state:     task_state gate_task, 0x73000
jump_count:     dd 0
call_count:     dd 0
call_link:      dd 0
gate_count:     dd 0
fault_error:    dd 0
fault_return:   dd 0
