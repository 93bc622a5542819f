; SPDX-License-Identifier: BSD-2-Clause
; A boot floppy to be looked at with a debugger: a far jump, a stack that is not in segment 0, a
; write, a BIOS call, a routine, and the ways into 32-bit and 64-bit code. It waits in a loop until
; somebody writes 1 to 0:0610. What is interesting lies at round addresses.
; Drive: floppy

bits 16
org 0x7c00

watched     equ 0x600
go_on       equ 0x610
scratch     equ 0x620
pml4        equ 0x20000
exit_port   equ 0xf4
cr0_pe      equ 1 << 0
cr0_pg      equ 1 << 31
cr4_pae     equ 1 << 5
efer        equ 0xc0000080
efer_lme    equ 1 << 8

; pad_to OFFSET: goes on at 7c00h + OFFSET.
%macro pad_to 1
    times %1 - ($ - $$) nop
%endmacro

start:
    cli
    jmp 0x07c0:moved - $$

    pad_to 0x10
moved:
    mov ax, 0x1000
    mov ss, ax
    mov sp, 0x0200
    push word 0x2222
    push word 0x1111

    pad_to 0x20
stacked:
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov word [watched], 0x1234
    pad_to 0x30
    mov ax, 0x0e41              ; teletype output of an A
    mov bx, 7
    int 0x10
    pad_to 0x40
    call routine
    pad_to 0x48
    mov di, scratch
    mov cx, 3
    rep stosb
    pad_to 0x50
waiting:
    cmp byte [go_on], 1
    jne waiting

    lgdt [gdt_pointer]
    mov eax, cr0
    or al, cr0_pe
    mov cr0, eax
    pad_to 0x68
    jmp dword 0x08:code32

routine:
    nop
    ret

    pad_to 0x80
bits 32
code32:
    mov ax, 0x10
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov esp, 0x70000
    push dword 0x33333333
    pad_to 0xa0
    mov eax, 0x12345678
    mov edi, pml4               ; one page of 2 MiB, where it is
    xor eax, eax
    mov ecx, 0x3000 / 4
    rep stosd
    mov dword [pml4], pml4 + 0x1003
    mov dword [pml4 + 0x1000], pml4 + 0x2003
    mov dword [pml4 + 0x2000], 0x83
    mov eax, cr4
    or eax, cr4_pae
    mov cr4, eax
    mov eax, pml4
    mov cr3, eax
    mov ecx, efer
    rdmsr
    or eax, efer_lme
    wrmsr
    mov eax, cr0
    or eax, cr0_pg
    mov cr0, eax
    jmp 0x18:code64

    pad_to 0x120
bits 64
code64:
    mov rax, 0x1122334455667788
    mov r8, rax
    push rax
    pad_to 0x140
    mov al, 0
    out exit_port, al
.stay:
    hlt
    jmp .stay

gdt:
    dq 0
    dq 0x00cf9b000000ffff       ; 08h: 32-bit code
    dq 0x00cf93000000ffff       ; 10h: data
    dq 0x00af9b000000ffff       ; 18h: 64-bit code
gdt_pointer:
    dw gdt_pointer - gdt - 1
    dd gdt

    times 510 - ($ - $$) db 0
    db 0x55, 0xaa
    times 1474560 - ($ - $$) db 0
