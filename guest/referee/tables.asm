; SPDX-License-Identifier: BSD-2-Clause
; Tables in the ROM area: each is looked for on 16-byte boundaries of E0000-FFFFF and summed.

; find_table NAME, SIGNATURE, place of its length, bytes that the length counts in
%macro find_table 4
%1:
    mov si, %%signature
    mov cx, %%end - %%signature
    call find_signature
    mov si, %3
    mov cl, %4
    jmp show_table
%%signature: db %2
%%end:
%endmacro
    find_table find_acpi, "RSD PTR ", 0xffff, 20
    find_table find_smbios, "_SM_", 5, 1
    find_table find_bios32, "_32_", 9, 16
    find_table find_mp, "_MP_", 8, 16
    find_table find_pnp, "$PnP", 5, 1
    find_table find_routing, "$PIR", 6, 1
    find_table find_pmm, "$PMM", 5, 1

; The CX bytes at SI: ES is where they are, or 0.
find_signature:
    mov ax, 0xe000
.next:
    mov es, ax
    xor di, di
    pusha
    repe cmpsb
    popa
    je .found
    inc ax
    jnz .next
    mov es, ax
.found:
    ret

; Appends whether the table at ES:0 is there and its sum; its length stands at SI (FFFFh: CL itself)
; in units of CL.
show_table:
    xor eax, eax
    mov bx, es
    test bx, bx
    setnz al
    field "found"
    mov bx, es
    test bx, bx
    jz .end
    movzx cx, cl
    cmp si, 0xffff
    je .length_known
    movzx ax, byte [es:si]
    mul cx
    mov cx, ax
.length_known:
    xor si, si
    xor eax, eax
.next:
    add al, [es:si]
    inc si
    loop .next
    field "sum"
.end:
    push ds
    pop es
    ret

; APM's 16-bit protected mode entry: its version and the power status.
apm_protected:
    mov ax, 0x5301
    mov bx, 0
    int 0x15
    mov ax, 0x530e
    mov bx, 0
    mov cx, 0x102
    int 0x15
    mov ax, 0x5304
    mov bx, 0
    int 0x15
    mov ax, 0x5302
    mov bx, 0
    int 0x15
    mov [.entry], bx
    cmp ax, 0xf000
    je .connected
    field "segment"
    ret
.connected:
    mov word [.function], 0x530e
    call .call
    mov word [.function], 0x530a
    call .call
    mov ax, 0x5304
    mov bx, 0
    int 0x15
    ret
.call:
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
    mov eax, 0
    mov ax, [.function]
    mov ebx, 1
    mov ecx, 0x102
    mov edx, 0
    call far [.entry]
    pushf
    mov [.eax], eax
    mov [.ebx], ebx
    mov [.ecx], ecx
    pop word [.flags]
    call to_real
    sti
    mov eax, [.eax]
    field "eax"
    mov eax, [.ebx]
    field "ebx"
    mov eax, [.ecx]
    field "ecx"
    movzx eax, byte [.flags]
    and al, 1
    field "cf"
    ret
align 4
.eax:   dd 0
.ebx:   dd 0
.ecx:   dd 0
.flags: dw 0
.function: dw 0
.entry: dw 0, selector_bios
