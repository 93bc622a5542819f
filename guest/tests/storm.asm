; SPDX-License-Identifier: BSD-2-Clause
; Writes all over the address space and the I/O ports, reads them back, with interrupts off, then
; ends with status 0. Ports that would end or reset the VM get harmless values, so that the
; storm comes to its end.
; Module words: raw
code32      equ 0x08
data32      equ 0x10
own_start   equ 0x7000          ; this guest and its stack
own_end     equ 0x9000

    real_mode_start
    mov ax, 0x2401
    int 0x15
    cli
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
    mov ss, ax
    mov esp, 0x7c00
    mov ebp, 0x2545f491         ; random numbers: xorshift

; Every dword below 1 MiB and a bit above, our own pages excepted: vectors, BIOS data, ROM, VGA.
    xor edi, edi
.low:
    cmp edi, own_start
    jne .write_low
    mov edi, own_end
.write_low:
    call random
    mov [edi], eax
    add edi, 4
    cmp edi, 0x140000
    jb .low
    pass "storm-low"

; Dwords all over the 4 GiB, at changing places in their pages, read, changed, written.
    mov edi, 0x140000
.high:
    call random
    xor [edi], eax
    mov al, [edi + 1]
    add edi, 0x41004
    jnc .high
    pass "storm-high"

; The last bytes below 4 GiB and accesses that straddle pages.
    call random
    mov [0xfffffffc], eax
    mov [0xfffffffd - 4], eax
    mov ax, [0xffff]
    mov eax, [0xbfffe]
    mov [0xbfffe], eax
    mov [0xfffe], ax
    pass "storm-edges"

; Ports: byte, word, dword; then read.
    mov edi, 2                  ; passes
.pass:
    xor edx, edx
.port:
    call random
    call tame
    out dx, al
    call random
    call tame
    out dx, ax
    call random
    call tame
    out dx, eax
    in al, dx
    in ax, dx
    in eax, dx
.skip:
    inc edx
    cmp edx, 0x1000             ; the ISA bus' devices are below: of the others every eleventh
    jb .port
    add edx, 10
    cmp edx, 0x10000
    jb .port
    dec edi
    jnz .pass
    pass "storm-ports"

; Strings of bytes at ports with and without a device.
    cld
    mov dx, 0x3f8
    mov esi, own_start
    mov ecx, 2000
    rep outsb
    mov dx, 0x1f0
    mov edi, 0x20000
    mov ecx, 2000
    rep insw
    mov dx, 0xcfc
    mov ecx, 100
    rep insd
    pass "storm-strings"
    finish

random:
    mov eax, ebp
    shl eax, 13
    xor ebp, eax
    mov eax, ebp
    shr eax, 17
    xor ebp, eax
    mov eax, ebp
    shl eax, 5
    xor ebp, eax
    mov eax, ebp
    ret

; Makes EAX harmless where the up to four ports from DX include one that ends or resets the VM:
; 64h, 92h, 604h (PM1 control), F4h, 8900h (one character is no word), CF9h. Port F4h itself is
; left out; so is E9h, which would only fill the log.
tame:
    mov ebx, edx
    and ebx, 0xffff
    cmp ebx, 0xe6
    jb .check_others
    cmp ebx, 0xf4
    ja .check_others
    cmp ebx, 0xed               ; EAh to EDh reach neither E9h nor F4h
    ja .zone
    cmp ebx, 0xea
    jae .check_others
.zone:
    add esp, 4                  ; out and in are skipped
    jmp protected.skip
.check_others:
    lea ecx, [ebx + 3]
    cmp ebx, 0x64
    ja .not_64
    cmp ecx, 0x64
    jae .quiet
.not_64:
    cmp ebx, 0x92
    ja .not_92
    cmp ecx, 0x92
    jae .quiet
.not_92:
    cmp ebx, 0x605
    ja .not_pm1
    cmp ecx, 0x604
    jae .quiet
.not_pm1:
    cmp ebx, 0xcf9
    ja .not_cf9
    cmp ecx, 0xcf9
    jae .quiet
.not_cf9:
    ret
.quiet:
    xor eax, eax
    ret

    align 8
gdt:
    dq 0
    dq 0x00cf9a000000ffff
    dq 0x00cf92000000ffff
gdt_end:
gdt_pointer:
    dw gdt_end - gdt - 1
    dd gdt
