; SPDX-License-Identifier: BSD-2-Clause
; Every CPU mode that a guest may use, one after the other, and back to real mode: real, unreal,
; protected 16 bit, protected 32 bit, paging, PAE, long (with PG and NE set in one write), v86 with
; a BIOS call from inside it.
; Module words: raw

code16      equ 0x08            ; selectors
data16      equ 0x10
code32      equ 0x18
data32      equ 0x20
code64      equ 0x28
tss_sel     equ 0x30

page_dir    equ 0x20000         ; page tables, zeroed at the start
page_table  equ 0x21000
pae_pdpt    equ 0x22000
pae_dir     equ 0x23000
pml4        equ 0x24000
long_pdpt   equ 0x25000
long_dir    equ 0x26000
tables_end  equ 0x27000
alias_frame equ 0x30000
ring0_stack equ 0x70000
v86_stack   equ 0x6f00

cr0_pe      equ 1 << 0
cr0_ne      equ 1 << 5
cr0_pg      equ 1 << 31
cr4_pse     equ 1 << 4
cr4_pae     equ 1 << 5
efer        equ 0xc0000080
efer_lme    equ 1 << 8
efer_lma    equ 1 << 10

    real_mode_start
    smsw ax
    test al, cr0_pe
    check z, "real PE is set at the start"
    pass "real"

    mov ax, 0x2401              ; A20 on
    int 0x15
    lgdt [gdt_pointer]

; --- unreal mode: FS keeps a 4 GiB limit in real mode
    mov eax, cr0
    or al, cr0_pe
    mov cr0, eax
    jmp short $ + 2
    mov bx, data32
    mov fs, bx
    and al, 0xff & ~cr0_pe
    mov cr0, eax
    jmp 0:.unreal
.unreal:
    mov edi, 0x110000
    mov dword [fs:edi], 0x12345678
    mov dword [dword fs:0x10000], 0
    cmp dword [fs:edi], 0x12345678
    check e, "unreal memory above 1 MiB does not hold"
    pass "unreal"

; --- 16-bit protected mode
    mov eax, cr0
    or al, cr0_pe
    mov cr0, eax
    jmp code16:protected16
protected16:
    mov ax, data16
    mov ds, ax
    mov ss, ax
    mov es, ax
    mov ax, data16
    lsl bx, ax
    check z, "pm16 LSL refused a good selector"
    cmp bx, 0xffff
    check e, "pm16 LSL gave a wrong limit"
    sidt [saved_idt]
    pass "pm16"

; --- 32-bit protected mode
    jmp dword code32:protected32
    bits 32
protected32:
    mov ax, data32
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov esp, ring0_stack
    lidt [idt_pointer]
    mov ecx, (tables_end - page_dir) / 4
    mov edi, page_dir
    xor eax, eax
    rep stosd
    pushfd
    pop eax
    test eax, 1 << 9
    check z, "pm32 interrupts are on"
    pass "pm32"

; --- paging: 4 MiB identity, linear 400000h is alias_frame, 401000h is not present
    mov edi, page_table
    mov eax, 3
    mov ecx, 1024
.fill:
    stosd
    add eax, 0x1000
    loop .fill
    mov dword [page_dir], page_table + 3
    mov dword [page_dir + 4], alias_frame + 0x1000 + 3
    mov dword [alias_frame + 0x1000], alias_frame + 3
    mov dword [alias_frame], 0xcafe0001
    mov eax, page_dir
    mov cr3, eax
    mov eax, cr0
    or eax, cr0_pg
    mov cr0, eax
    jmp short $ + 2
    cmp dword [0x400000], 0xcafe0001
    check e, "paging the alias shows other memory"
    mov dword [fault_return], .after_fault
    mov dword [fault_error], 0xffffffff
    mov dword [0x401234], 1
    fail "paging no page fault"
.after_fault:
    mov eax, cr2
    cmp eax, 0x401234
    check e, "paging CR2 is wrong"
    cmp dword [fault_error], 2  ; write, not present, supervisor
    check e, "paging error code is wrong"
    pass "paging"

; --- PAE: 2 MiB pages, linear 400000h shows physical 0
    mov eax, cr0
    and eax, ~cr0_pg
    mov cr0, eax
    mov dword [pae_pdpt], pae_dir + 1
    mov dword [pae_dir], 0x83
    mov dword [pae_dir + 16], 0x83
    mov eax, cr4
    or eax, cr4_pae
    mov cr4, eax
    mov eax, pae_pdpt
    mov cr3, eax
    mov eax, cr0
    or eax, cr0_pg
    mov cr0, eax
    jmp short $ + 2
    cmp dword [0x400000 + alias_frame], 0xcafe0001
    check e, "pae the alias shows other memory"
    pass "pae"

; --- long mode: LME, then PG and NE in one write
    mov eax, cr0
    and eax, ~(cr0_pg | cr0_ne)
    mov cr0, eax
    mov dword [pml4], long_pdpt + 3
    mov dword [long_pdpt], long_dir + 3
    mov dword [long_dir], 0x83
    mov dword [long_dir + 16], 0x83
    mov eax, pml4
    mov cr3, eax
    mov ecx, efer
    rdmsr
    or eax, efer_lme
    wrmsr
    mov eax, cr0
    or eax, cr0_pg | cr0_ne
    mov cr0, eax
    jmp short $ + 2
    mov ecx, efer
    rdmsr
    test eax, efer_lma
    check nz, "long EFER.LMA is clear"
    mov eax, cr0
    and eax, cr0_pg | cr0_ne
    cmp eax, cr0_pg | cr0_ne
    check e, "long CR0 does not read PG and NE"
    pass "compatibility"
    jmp code64:long64
    bits 64
long64:
    mov rax, 0x123456789abcdef0
    mov r15, rax
    shr r15, 32
    cmp r15d, 0x12345678
    check e, "long registers have no upper half"
    mov r14, 0x400000 + alias_frame
    cmp dword [r14], 0xcafe0001
    check e, "long the alias shows other memory"
    lea rax, [rel long64]
    cmp rax, long64
    check e, "long RIP is wrong"
    mov ebx, 0x9                ; the task priority of the local APIC
    mov cr8, rbx
    mov rbx, cr8
    cmp rbx, 0x9
    check e, "long CR8 does not hold"
    xor ebx, ebx
    mov cr8, rbx
    pass "long"
    push qword code32           ; back through compatibility mode
    lea rax, [rel back32]
    push rax
    retfq
    bits 32
back32:
    mov eax, cr0
    and eax, ~cr0_pg
    mov cr0, eax
    mov ecx, efer
    rdmsr
    test eax, efer_lma
    check z, "back32 EFER.LMA is still set"
    and eax, ~efer_lme
    wrmsr
    mov eax, cr4
    and eax, ~cr4_pae
    mov cr4, eax
    pass "back32"

; --- v86: INT 12h goes through the monitor below to the BIOS, which answers with the memory size
    mov ax, tss_sel
    ltr ax
    mov dword [tss.esp0], ring0_stack
    xor eax, eax
    push eax                    ; GS, FS, DS, ES
    push eax
    push eax
    push eax
    push eax                    ; SS:ESP
    push dword v86_stack
    push dword (1 << 17) | (3 << 12) | 2
    push eax                    ; CS:EIP
    push dword v86_code
    iretd
    bits 16
v86_code:
    mov dword [v86_word], 0x600d600d
    mov ax, 0xffff
    int 0x12
    mov [v86_result], ax
    int 0xfe                    ; to the end of the monitor
    bits 32
v86_done:
    mov esp, ring0_stack
    mov ax, data32
    mov ds, ax
    mov es, ax
    cmp dword [v86_word], 0x600d600d
    check e, "v86 the code did not run"
    mov ax, [v86_result]
    cmp ax, [0x413]
    check e, "v86 INT 12h gave another memory size"
    pass "v86"

; --- back to real mode
    jmp code16:back16
    bits 16
back16:
    mov ax, data16
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov fs, ax
    mov gs, ax
    lidt [saved_idt]
    mov eax, cr0
    and al, 0xff & ~cr0_pe
    mov cr0, eax
    jmp 0:real_again
real_again:
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov fs, ax
    mov gs, ax
    mov sp, 0x7c00
    int 0x12
    cmp ax, [0x413]
    check e, "real-again INT 12h gave another memory size"
    pass "real-again"
    finish

    bits 32
; #PF: notes the error code and goes on at fault_return.
page_fault:
    pop dword [fault_error]
    push eax
    mov eax, [fault_return]
    mov [esp + 4], eax
    pop eax
    iretd

unexpected:
    fail "modes unexpected exception"

; The v86 monitor: INT 12h is reflected to its real-mode handler.
reflect_int12:
    push eax
    push ebx
    mov ax, data32
    mov ds, ax
    ; Frame above the two saved registers: EIP CS EFLAGS ESP SS ES DS FS GS
    sub word [esp + 20], 6
    movzx ebx, word [esp + 24]
    shl ebx, 4
    add ebx, [esp + 20]
    mov ax, [esp + 16]
    mov [ebx + 4], ax
    mov ax, [esp + 12]
    mov [ebx + 2], ax
    mov ax, [esp + 8]
    mov [ebx], ax
    movzx eax, word [0x12 * 4]
    mov [esp + 8], eax
    movzx eax, word [0x12 * 4 + 2]
    mov [esp + 12], eax
    pop ebx
    pop eax
    iretd

    align 8
gdt:
    dq 0
    dq 0x00009a000000ffff       ; code16
    dq 0x000092000000ffff       ; data16
    dq 0x00cf9a000000ffff       ; code32
    dq 0x00cf92000000ffff       ; data32
    dq 0x00209a0000000000       ; code64
    dw tss_end - tss - 1, tss   ; TSS
    db 0, 0x89, 0, 0
gdt_end:
gdt_pointer:
    dw gdt_end - gdt - 1
    dd gdt
saved_idt:
    dw 0
    dd 0
fault_return:   dd 0
fault_error:    dd 0
v86_word:       dd 0
v86_result:     dw 0

    align 8
idt:
%assign vector 0
%rep 256
    %if vector == 14
        dw page_fault, code32, 0x8e00, 0
    %elif vector == 0x12
        dw reflect_int12, code32, 0xee00, 0
    %elif vector == 0xfe
        dw v86_done, code32, 0xee00, 0
    %else
        dw unexpected, code32, 0x8e00, 0
    %endif
    %assign vector vector + 1
%endrep
idt_end:
idt_pointer:
    dw idt_end - idt - 1
    dd idt

tss:
    dd 0
.esp0:
    dd 0
    dd data32
    times 102 - ($ - tss) db 0
    dw tss_end - tss            ; no I/O bitmap
tss_end:
