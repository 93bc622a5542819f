; SPDX-License-Identifier: BSD-2-Clause
; Code in the ROM that is more than a VMCALL. Entry points are 16 bytes apart: see rom.hpp.
cpu 386
org 0xb000

pci_entry equ 0x9820

%macro entry 1                      ; at offset %1 of the block
        times %1 - ($ - $$) db 0xff
%endmacro

; BIOS32 Service Directory: EAX is the service, BL the function. AL is the status; for the PCI
; BIOS EBX is the base of its code, ECX its length, EDX the entry point's offset.
bits 32
bios32_directory:
        test bl, bl
        jnz .unimplemented
        cmp eax, '$PCI'
        jne .absent
        mov ebx, 0xf0000
        mov ecx, 0x10000
        mov edx, pci_entry
        mov al, 0x00
        retf
.absent:
        mov al, 0x80
        retf
.unimplemented:
        mov al, 0x81
        retf

; Plug and Play, in real and 16-bit protected mode: FUNCTION_NOT_SUPPORTED.
entry 0x40
bits 16
plug_and_play:
        mov ax, 0x82
        retf
