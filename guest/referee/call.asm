; SPDX-License-Identifier: BSD-2-Clause
; One call: registers as the table has them, INT, registers as they came back.

; The registers of a call, as the table stores them.
struc regs
.eax    resd 1
.ebx    resd 1
.ecx    resd 1
.edx    resd 1
.esi    resd 1
.edi    resd 1
.ebp    resd 1
.esp    resd 1
.ds     resw 1
.es     resw 1
.fs     resw 1
.gs     resw 1
.ss     resw 1
.flags  resw 1
.size:
endstruc
%define regs_size regs.size

; How a call is made.
way_int         equ 0
way_far_call    equ 1           ; pushf; cli; call far [vector], as chainers do
way_far_jump    equ 2           ; jmp far from an INT handler of ours
way_v86         equ 3           ; INT in virtual-8086 mode

align 4
in_regs:        times regs_size db 0
out_regs:       times regs_size db 0
way:            db way_int
vector_target:  dd 0

; Makes the call of in_regs; fills out_regs. CF set: it did not come back.
make_call:
    pushad
    push ds
    push es
    push fs
    push gs
    mov al, [interrupt_number]
    mov [make_call.int + 1], al
    movzx bx, al
    shl bx, 2
    push es
    xor ax, ax
    mov es, ax
    mov eax, [es:bx]
    mov [vector_target], eax
    pop es
    mov word [patience], hang_ticks
    mov byte [in_call], 1
    mov [engine_sp], sp
    cmp byte [way], way_far_jump
    jne .no_hook
    call hook_number
.no_hook:
    cli
    cmp byte [way], way_v86
    je enter_v86
    mov ss, [in_regs + regs.ss]
    mov esp, [in_regs + regs.esp]
    push word [in_regs + regs.flags]
    mov eax, [in_regs + regs.eax]
    mov ebx, [in_regs + regs.ebx]
    mov ecx, [in_regs + regs.ecx]
    mov edx, [in_regs + regs.edx]
    mov esi, [in_regs + regs.esi]
    mov edi, [in_regs + regs.edi]
    mov ebp, [in_regs + regs.ebp]
    mov es, [in_regs + regs.es]
    mov fs, [in_regs + regs.fs]
    mov gs, [in_regs + regs.gs]
    cmp byte [way], way_far_call
    mov ds, [in_regs + regs.ds]
    je .far_call
    popf
.int:
    int 0
    jmp after_call
.far_call:
    popf
    pushf
    cli
    call far [cs:vector_target]
after_call:
    mov [cs:out_regs + regs.eax], eax
    mov [cs:out_regs + regs.ebx], ebx
    mov [cs:out_regs + regs.ecx], ecx
    mov [cs:out_regs + regs.edx], edx
    mov [cs:out_regs + regs.esi], esi
    mov [cs:out_regs + regs.edi], edi
    mov [cs:out_regs + regs.ebp], ebp
    mov [cs:out_regs + regs.esp], esp
    mov [cs:out_regs + regs.ds], ds
    mov [cs:out_regs + regs.es], es
    mov [cs:out_regs + regs.fs], fs
    mov [cs:out_regs + regs.gs], gs
    mov [cs:out_regs + regs.ss], ss
    mov ax, engine_stack
    mov ss, ax
    movzx esp, word [cs:engine_sp]
    pushf
    pop word [cs:out_regs + regs.flags]
    mov byte [cs:in_call], 0
    cld
    call leave_v86
    cmp byte [cs:way], way_far_jump
    jne .no_hook
    call unhook_number
.no_hook:
    clc
leave_call:
    pop gs
    pop fs
    pop es
    pop ds
    sti
    popad
    ret

; From the timer, when a call has taken too long.
abandon:
    cli
    mov ax, engine_stack
    mov ss, ax
    movzx esp, word [cs:engine_sp]
    mov al, 0x20
    out 0x20, al
    out 0xa0, al
    call leave_v86
.no_eoi:
    mov byte [cs:in_call], 0
    cld
    cmp byte [cs:way], way_far_jump
    jne .no_hook
    call unhook_number
.no_hook:
    stc
    jmp leave_call

; A hook of ours that goes on to the old handler by a far jump.
hook_number:
    push es
    push 0
    pop es
    movzx bx, byte [interrupt_number]
    shl bx, 2
    mov word [es:bx], jumping_hook
    mov [es:bx + 2], cs
    pop es
    ret
unhook_number:
    push es
    push 0
    pop es
    movzx bx, byte [cs:interrupt_number]
    shl bx, 2
    mov eax, [cs:vector_target]
    mov [es:bx], eax
    pop es
    ret
jumping_hook:
    jmp far [cs:vector_target]

align 4
interrupt_number: db 0
engine_sp:      dw 0

; Appends flags and the registers that are not as they were given.
put_registers:
    pushad
    text " f="
    mov ax, [out_regs + regs.flags]
    call put_word
    xor bx, bx
    mov si, register_names
.next:
    mov eax, [in_regs + bx]
    cmp eax, [out_regs + bx]
    je .same
    mov al, ' '
    call put
    push si
    call put_text
    pop si
    mov al, '='
    call put
    mov eax, [out_regs + bx]
    call put_dword
.same:
    add si, 4
    add bx, 4
    cmp bx, regs.ds
    jb .next
.next_segment:
    mov ax, [in_regs + bx]
    cmp ax, [out_regs + bx]
    je .same_segment
    mov al, ' '
    call put
    push si
    call put_text
    pop si
    mov al, '='
    call put
    mov ax, [out_regs + bx]
    call put_word
.same_segment:
    add si, 3
    add bx, 2
    cmp bx, regs.flags
    jb .next_segment
    popad
    ret
register_names:
    db "eax", 0, "ebx", 0, "ecx", 0, "edx", 0, "esi", 0, "edi", 0, "ebp", 0, "esp", 0
    db "ds", 0, "es", 0, "fs", 0, "gs", 0, "ss", 0
