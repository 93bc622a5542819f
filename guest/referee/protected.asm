; SPDX-License-Identifier: BSD-2-Clause
; Calls from virtual-8086 mode and from 16-bit protected mode.

engine_base     equ 0x10000
selector_code   equ 0x08
selector_data   equ 0x10
selector_bios   equ 0x18
selector_flat   equ 0x20
selector_stack  equ 0x28
selector_task   equ 0x30
descriptors_at  equ 0xc700      ; linear: behind the engine's stack
gates_at        equ 0xc800
task_at         equ 0xd000      ; with a map of 64 K ports, all allowed
task_size       equ 0x68 + 0x2001
v86_return      equ 0xfe        ; the INT by which virtual-8086 mode is left
fault_vector    equ 13
opcode_hlt      equ 0xf4

align 8
descriptors:
    dq 0
    dq 0x00009b010000ffff       ; our code, 16 bits
    dq 0x000093010000ffff       ; our data
    dq 0x00009b0f0000ffff       ; F000
    dq 0x00cf93000000ffff       ; everything
    dq 0x000093009000ffff       ; our stack
    dq 0x0000890000000000 + ((task_at & 0xffff) << 16) + task_size - 1
descriptors_end:
descriptor_table:
    dw descriptors_end - descriptors - 1
    dd descriptors_at
gate_table:
    dw 256 * 8 - 1
    dd gates_at
real_table:
    dw 0x3ff
    dd 0

; Makes the tables; all general registers and ES are lost.
make_tables:
    cld
    push 0
    pop es
    mov si, descriptors
    mov di, descriptors_at
    mov cx, (descriptors_end - descriptors) / 2
    rep movsw
    mov di, gates_at
    mov ax, gate_entries
    mov cx, 256
.gate:
    stosw
    mov word [es:di], selector_code
    mov dword [es:di + 2], 0xee00       ; 32 bits, for everyone
    add di, 6
    add ax, gate_entries.second - gate_entries
    loop .gate
    mov di, task_at
    mov cx, task_size
    mov al, 0
    rep stosb
    mov byte [es:di - 1], 0xff
    mov word [es:task_at + 4], sp
    mov word [es:task_at + 8], selector_stack
    mov word [es:task_at + 0x66], 0x68
    ret

; Does the call of in_regs in virtual-8086 mode: goes on at make_call.int there. Interrupts are off.
enter_v86:
    call make_tables
    lgdt [descriptor_table]
    lidt [gate_table]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    jmp selector_code:.protected
.protected:
    mov ax, selector_data
    mov ds, ax
    mov ax, selector_stack
    mov ss, ax
    mov ax, selector_task
    ltr ax
    movzx eax, word [in_regs + regs.gs]
    push eax
    movzx eax, word [in_regs + regs.fs]
    push eax
    movzx eax, word [in_regs + regs.ds]
    push eax
    movzx eax, word [in_regs + regs.es]
    push eax
    movzx eax, word [in_regs + regs.ss]
    push eax
    push dword [in_regs + regs.esp]
    movzx eax, word [in_regs + regs.flags]
    or eax, 0x23002             ; virtual-8086 mode, IOPL 3
    push eax
    push dword engine_base >> 4
    push dword make_call.int
    mov eax, [in_regs + regs.eax]
    mov ebx, [in_regs + regs.ebx]
    mov ecx, [in_regs + regs.ecx]
    mov edx, [in_regs + regs.edx]
    mov esi, [in_regs + regs.esi]
    mov edi, [in_regs + regs.edi]
    mov ebp, [in_regs + regs.ebp]
    iretd

; If this is virtual-8086 mode: back to real mode with the same SP.
leave_v86:
    cmp byte [cs:way], way_v86
    jne .real
    int v86_return
.real:
    ret

; Places on the monitor's stack, behind pushad and the gate's number; a fault's are 4 higher.
%define frame_number    bp + 32
%define frame_ip        bp + 34
%define frame_cs        bp + 38
%define frame_flags     bp + 42
%define frame_sp        bp + 46
%define frame_ss        bp + 50

; One entry for each gate: interrupts and INTs go to the real-mode vector, as a monitor does it.
gate_entries:
    push strict word 0
    jmp near monitor
.second:
%assign number 1
%rep 255
    push strict word number
    jmp near monitor
%assign number number + 1
%endrep

monitor:
    pushad
    mov ax, selector_data
    mov ds, ax
    mov ax, selector_flat
    mov es, ax
    mov bp, sp
    movzx ebx, word [frame_number]
    cmp bx, v86_return
    je monitor_done
    cmp bx, fault_vector
    je monitor_fault
    movzx edx, word [frame_ss]
    shl edx, 4
    sub word [frame_sp], 6
    movzx ecx, word [frame_sp]
    add edx, ecx
    mov ax, [frame_ip]
    mov [es:edx], ax
    mov ax, [frame_cs]
    mov [es:edx + 2], ax
    mov ax, [frame_flags]
    mov [es:edx + 4], ax
    and word [frame_flags], 0xfcff
    mov eax, [es:ebx * 4]
    mov [frame_ip], ax
    shr eax, 16
    mov [frame_cs], ax
    popad
    add sp, 2
    iretd

; A HLT goes on with interrupts on; anything else ends the call.
monitor_fault:
    movzx edx, word [frame_cs + 4]
    shl edx, 4
    movzx ecx, word [frame_ip + 4]
    cmp byte [es:edx + ecx], opcode_hlt
    jne .stop
    inc word [frame_ip + 4]
    or word [frame_flags + 4], 0x200
    popad
    add sp, 6
    iretd
.stop:
    mov word [v86_ip], abandon.no_eoi
    mov ax, [engine_sp]
    mov [v86_sp], ax
    jmp monitor_done.real
monitor_done:
    mov ax, [frame_ip]
    mov [v86_ip], ax
    mov ax, [frame_sp]
    mov [v86_sp], ax
.real:
    mov byte [way], way_int
    call to_real
    mov sp, [v86_sp]
    jmp [v86_ip]
v86_ip: dw 0
v86_sp: dw 0

; From 16-bit protected mode to real mode; SP stays as it is.
to_real:
    mov ax, selector_data
    mov ds, ax
    mov es, ax
    mov fs, ax
    mov gs, ax
    mov ax, selector_stack
    mov ss, ax
    mov eax, cr0
    and al, 0xfe
    mov cr0, eax
    jmp engine_base >> 4:.real
.real:
    mov ax, cs
    mov ds, ax
    mov es, ax
    mov fs, ax
    mov gs, ax
    mov ax, engine_stack
    mov ss, ax
    lidt [real_table]
    ret

; The PCI BIOS from 16-bit protected mode: present; the first word of the host bridge; no function.
pci_protected:
    mov eax, 0xb101
    mov edi, 0
    call call_protected
    mov eax, 0xb109
    mov edi, 0
    call call_protected
    mov eax, 0xb1ff
    mov edi, 0
; INT 1Ah's entry with EAX and EDI as given, EBX 0; shows EAX, ECX, EDX, CF.
call_protected:
    mov [.eax], eax
    mov [.edi], edi
    push es
    push 0
    pop es
    mov ax, [es:0x1a * 4]
    mov [.entry], ax
    pop es
    push es
    call make_tables
    pop es
    cli
    lgdt [descriptor_table]
    lidt [gate_table]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    jmp selector_code:.protected
.protected:
    mov ax, selector_data
    mov ds, ax
    mov es, ax
    mov ax, selector_stack
    mov ss, ax
    mov eax, [.eax]
    mov edi, [.edi]
    xor ebx, ebx
    xor ecx, ecx
    xor edx, edx
    pushf
    call far [.entry]
    pushf
    mov [.eax], eax
    mov [.ecx], ecx
    mov [.edx], edx
    pop word [.flags]
    call to_real
    sti
    mov eax, [.eax]
    field "eax"
    mov eax, [.ecx]
    field "ecx"
    mov eax, [.edx]
    field "edx"
    movzx eax, byte [.flags]
    and al, 1
    field "cf"
    ret
align 4
.eax:   dd 0
.ecx:   dd 0
.edx:   dd 0
.edi:   dd 0
.flags: dw 0
.entry: dw 0, selector_bios

; INT 15h/89h: protected mode with the caller's descriptors, PICs at 50h and 58h; then back.
enter_protected:
    mov [.sp], sp
    in al, 0x21
    mov [.masks], al
    in al, 0xa1
    mov [.masks + 1], al
    cli
    mov ax, 0x8900
    mov bx, 0x5058
    push ds
    pop es
    mov si, .descriptors
    int 0x15
    pushf
    pop word [.flags]
    mov [.ax], ax
    mov [.cs], cs
    mov [.ds], ds
    mov [.es], es
    mov [.ss], ss
    smsw [.msw]
    cld
    test byte [.msw], 1
    jz .refused
    mov ax, 0x18
    mov es, ax
    mov eax, cr0
    and al, 0xfe
    mov cr0, eax
    jmp engine_base >> 4:.real
.real:
    mov ax, cs
    mov ds, ax
    mov es, ax
    mov fs, ax
    mov gs, ax
    mov ax, engine_stack
    mov ss, ax
    mov sp, [.sp]
    lidt [real_table]
    call reset_pics
.refused:
    mov al, [.masks]
    out 0x21, al
    mov al, [.masks + 1]
    out 0xa1, al
    sti
    movzx eax, word [.ax]
    field "ax"
    movzx eax, byte [.flags]
    and al, 1
    field "cf"
    mov eax, [.cs]
    field "cs-ds"
    mov eax, [.es]
    field "es-ss"
    movzx eax, byte [.msw]
    and al, 1
    field "protected"
    ret
align 8
.descriptors:
    dq 0
    dw 8 * 8 - 1, .descriptors, 0x9300 + (engine_base >> 16), 0
    dq 0x00000000000003ff       ; the real-mode vectors: nothing may happen
    dq 0x000093010000ffff
    dq 0x000093010000ffff
    dq 0x000093009000ffff
    dq 0x00009b010000ffff
    dq 0
.cs:    dw 0
.ds:    dw 0
.es:    dw 0
.ss:    dw 0
.ax:    dw 0
.flags: dw 0
.msw:   dw 0
.sp:    dw 0
.masks: dw 0

reset_pics:
    mov al, 0x11
    out 0x20, al
    out 0xa0, al
    mov al, 0x08
    out 0x21, al
    mov al, 0x70
    out 0xa1, al
    mov al, 4
    out 0x21, al
    mov al, 2
    out 0xa1, al
    mov al, 1
    out 0x21, al
    out 0xa1, al
    ret
