; SPDX-License-Identifier: BSD-2-Clause
; What CPUID and MSRs show, and what faults: in real mode with hooks on #UD and #GP.
; Module words: raw
    real_mode_start
    hook 6, invalid_opcode
    hook 13, protection_fault

; faults "name", vector, instruction: expects the exception at the instruction.
%macro faults 3+
    mov word [expected], %%instruction
    mov word [continue_at], %%behind
    mov byte [seen], 0
%%instruction:
    %3
%%behind:
    cmp byte [seen], %2
    check e, %1
    pass %1
%endmacro

; MSRs that exist.
    rdtsc
    mov ebx, eax
    rdtsc
    cmp eax, ebx
    check ne, "tsc stands still"
    mov ecx, 0x10
    rdmsr
    pass "tsc"
    mov ecx, 0x3b               ; TSC_ADJUST: sets the TSC forward and back
    mov edx, 0x100
    xor eax, eax
    wrmsr
    rdtsc
    cmp edx, 0x100
    check ae, "tsc-adjust does not reach the TSC"
    rdmsr
    cmp edx, 0x100
    check e, "tsc-adjust does not hold"
    xor edx, edx
    wrmsr
    rdtsc
    cmp edx, 0x100
    check b, "tsc-adjust does not go back"
    pass "tsc-adjust"
    mov ecx, 0x277              ; PAT
    rdmsr
    mov esi, eax
    xor eax, 0x01000000
    wrmsr
    mov ebx, eax
    rdmsr
    cmp eax, ebx
    check e, "pat does not hold"
    mov eax, esi
    wrmsr
    pass "pat"
    mov ecx, 0x175              ; SYSENTER_ESP
    mov eax, 0x1234
    xor edx, edx
    wrmsr
    xor eax, eax
    rdmsr
    cmp eax, 0x1234
    check e, "sysenter-esp does not hold"
    pass "sysenter-esp"
    mov ecx, 0x1b               ; APIC base: enabled, bootstrap processor
    rdmsr
    bt eax, 8
    check c, "apic-base not the bootstrap processor"
    pass "apic-base"
    mov ecx, 0xc0000080         ; EFER
    rdmsr
    test eax, 0x500
    check z, "efer LME or LMA is set"
    pass "efer"

; What is not there faults.
    mov ecx, 0x12345678
    faults "rdmsr-unknown", 13, rdmsr
    mov ecx, 0x12345678
    faults "wrmsr-unknown", 13, wrmsr
    mov ecx, 0xc0000080
    mov eax, 0xffffffff
    mov edx, 0xffffffff
    faults "efer-reserved", 13, wrmsr
    mov ecx, 0x277
    mov eax, 0x02020202
    mov edx, 0
    faults "pat-reserved", 13, wrmsr
    mov eax, cr4
    or eax, 1 << 13
    faults "cr4-vmxe", 13, mov cr4, eax
    mov eax, cr4
    bts eax, 31
    faults "cr4-reserved", 13, mov cr4, eax
    mov eax, cr0
    and eax, ~1
    or eax, 1 << 31
    faults "cr0-pg-without-pe", 13, mov cr0, eax
    mov eax, cr0
    or eax, 1 << 29
    and eax, ~(1 << 30)
    faults "cr0-nw-without-cd", 13, mov cr0, eax

; What works.
    mov eax, cr0
    or eax, 1 << 5
    mov cr0, eax
    mov eax, cr0
    bt eax, 5
    check c, "ne does not hold"
    and eax, ~(1 << 5)
    mov cr0, eax
    mov eax, cr0
    bt eax, 5
    check nc, "ne does not clear"
    pass "ne"
    mov eax, cr0
    or eax, 1 << 30
    mov cr0, eax
    wbinvd
    and eax, ~(3 << 29)         ; NW without CD is not allowed
    mov cr0, eax
    wbinvd
    pass "wbinvd"
    mov eax, cr0
    or al, 8
    mov cr0, eax
    clts
    smsw ax
    test al, 8
    check z, "clts leaves TS set"
    pass "clts"
    sgdt [table]
    sidt [table + 8]
    lgdt [table]
    lidt [table + 8]
    cmp word [table + 8], 0x3ff
    check ae, "sidt limit is too small"
    pass "tables"
    mov eax, 0x1234
    mov dr0, eax
    xor eax, eax
    mov eax, dr0
    cmp eax, 0x1234
    check e, "dr0 does not hold"
    mov eax, dr6
    and eax, 0xffff0ff0
    cmp eax, 0xffff0ff0
    check e, "dr6 reads wrong"
    pass "debug-registers"

; Single step: TF traps behind each instruction, a BIOS call counts as one.
    hook 1, single_step
    mov word [steps], 0
    pushf
    or word [esp], 0x100
    popf
    nop
    nop
    nop
    pushf
    and word [esp], 0xfeff
    popf
    mov ax, [steps]
    cmp ax, 6
    check e, "single-step wrong number of traps"
    pass "single-step"

; XSETBV: only where CPUID and CR4 say so.
    mov eax, 1
    cpuid
    bt ecx, 26
    jnc .no_xsave
    mov eax, cr4
    and eax, ~(1 << 18)
    mov cr4, eax
    xor ecx, ecx
    mov eax, 1
    xor edx, edx
    faults "xsetbv-without-osxsave", 6, xsetbv
    mov eax, cr4
    or eax, 1 << 18
    mov cr4, eax
    xor ecx, ecx
    mov eax, 3
    xor edx, edx
    xsetbv
    xor eax, eax
    xgetbv
    cmp eax, 3
    check e, "xsetbv does not hold"
    pass "xsetbv"
    xor ecx, ecx
    mov eax, 2                  ; SSE without x87
    xor edx, edx
    faults "xsetbv-without-x87", 13, xsetbv
    mov ecx, 1
    mov eax, 1
    faults "xsetbv-unknown", 13, xsetbv
.no_xsave:

; CPUID: a hypervisor is named, VMX is hidden. Last, for bare machines fail here.
    mov eax, 1
    cpuid
    bt ecx, 31
    check c, "hypervisor-bit is clear"
    bt ecx, 5
    check nc, "vmx-hidden VMX is shown"
    pass "cpuid-1"
    mov eax, 0x40000000
    cpuid
    cmp eax, 0x40000000
    check ae, "cpuid-40000000 no hypervisor leaf"
    say "INFO hypervisor "
    mov [text], ebx
    mov [text + 4], ecx
    mov [text + 8], edx
    mov si, text
    mov cx, 12
.write:
    lodsb
    out debug_port, al
    loop .write
    end_line
    pass "cpuid-40000000"
    mov eax, 0x80000000
    cpuid
    cmp eax, 0x80000001
    check ae, "cpuid-80000000 no extended leaves"
    pass "cpuid-80000000"
    finish

invalid_opcode:
    push bp
    mov bp, sp
    mov byte [cs:found], 6
    jmp fault
protection_fault:
    push bp
    mov bp, sp
    mov byte [cs:found], 13
fault:
    push ax
    mov ax, [cs:expected]
    cmp [bp + 2], ax
    jne stray
    mov al, [cs:found]
    mov [cs:seen], al
    mov ax, [cs:continue_at]
    mov [bp + 2], ax
    pop ax
    pop bp
    iret

stray:
    movzx eax, word [bp + 2]
    say "INFO fault at "
    movzx eax, word [bp + 2]
    call print_decimal
    end_line
    fail "stray-fault an instruction that must work faulted"

%include "print16.inc"

single_step:
    inc word [cs:steps]
    iret

expected:       dw 0
continue_at:    dw 0
steps:          dw 0
seen:           db 0
found:          db 0
text:           times 12 db 0
    align 4
table:          times 16 db 0
