; SPDX-License-Identifier: BSD-2-Clause
; The BIOS32 Service Directory and the PCI BIOS behind it, called from 32-bit code as systems do:
; flat without paging, then through page tables that show the first 4 MiB at 3 GiB.
; Module words: raw

code32      equ 0x08
data32      equ 0x10
page_dir    equ 0x20000
alias       equ 0xc0000000
cr0_pe      equ 1 << 0
cr0_pg      equ 1 << 31
cr4_pse     equ 1 << 4

    real_mode_start
    mov ax, 0x2401              ; A20 on
    int 0x15
    lgdt [gdt_pointer]
    mov eax, cr0
    or al, cr0_pe
    mov cr0, eax
    jmp dword code32:protected

    bits 32
protected:
    mov ax, data32
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov esp, 0x70000

    mov esi, 0xe0000
.scan:
    cmp dword [esi], '_32_'
    je .found
    add esi, 16
    cmp esi, 0x100000
    jb .scan
    fail "bios32 no service directory"
.found:
    xor eax, eax
    mov ecx, 16
.sum:
    add al, [esi + ecx - 1]
    loop .sum
    test al, al
    check z, "bios32 the directory has a bad checksum"
    mov ebp, [esi + 4]

    mov eax, '$XYZ'
    xor ebx, ebx
    push cs
    call ebp
    cmp al, 0x80
    check e, "bios32 an unknown service was found"
    mov eax, '$PCI'
    mov ebx, 1
    push cs
    call ebp
    cmp al, 0x81
    check e, "bios32 an unknown function was done"
    pass "bios32-directory"

    xor edi, edi                ; where the first MiB is seen
    call pci_calls
    pass "bios32-flat"

    mov edi, page_dir
    xor eax, eax
    mov ecx, 1024
    rep stosd
    mov dword [page_dir], 0x83
    mov dword [page_dir + (alias >> 20)], 0x83
    mov eax, cr4
    or eax, cr4_pse
    mov cr4, eax
    mov eax, page_dir
    mov cr3, eax
    mov eax, cr0
    or eax, cr0_pg
    mov cr0, eax
    jmp short $ + 2
    mov edi, alias
    call pci_calls
    pass "bios32-paging"
    finish

; The PCI BIOS of the directory whose entry is EBP, with the first MiB at EDI.
pci_calls:
    mov eax, '$PCI'
    xor ebx, ebx
    lea esi, [ebp + edi]
    push cs
    call esi
    test al, al
    check z, "bios32 no PCI BIOS"
    cmp ebx, 0xf0000
    check e, "bios32 the PCI BIOS is not in the ROM"
    lea esi, [ebx + edx]
    add esi, edi

    mov eax, 0xb101
    xor edx, edx
    stc
    push cs
    call esi
    check nc, "bios32 PCI is not present"
    cmp edx, 'PCI '
    check e, "bios32 PCI present has no signature"
    test ah, ah
    check z, "bios32 PCI present has an error"

    mov eax, 0xb10a             ; read vendor and device of the host bridge
    xor ebx, ebx
    push edi
    xor edi, edi
    push cs
    call esi
    pop edi
    check nc, "bios32 the configuration space cannot be read"
    mov eax, 0x80000000
    mov dx, 0xcf8
    out dx, eax
    mov dx, 0xcfc
    in eax, dx
    cmp eax, ecx
    check e, "bios32 the configuration space is another one"

    mov eax, 0xb103             ; a class that no device has
    mov ecx, 0xffeedd
    push esi
    xor esi, esi
    pop ebx
    push ebx
    push cs
    call ebx
    pop esi
    check c, "bios32 found a device that is not there"
    cmp ah, 0x86
    check e, "bios32 a missing device has another error"
    ret

    align 8
gdt:
    dq 0
    dq 0x00cf9b000000ffff
    dq 0x00cf93000000ffff
gdt_pointer:
    dw $ - gdt - 1
    dd gdt
