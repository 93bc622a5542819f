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

; INT 10h as systems reach it. The CPU itself is served at the OUT and goes on at the last byte, an
; IRET. A program that interprets the BIOS in software, and so has the registers, carries out the
; OUT like any other and takes the jump that the byte is a part of.
door_port   equ 0xbc
run_port    equ 0xbd                ; write: run the call; read: a byte for the caller's buffer
word_port   equ 0xbe                ; registers there and back, words for lengths
registers   equ 20                  ; bytes of the image that PUSHA and two segments make

entry 0x83
        jmp interpreted
entry 0xb0
video_door:
        out door_port, al
        db 0xeb, 0xcf               ; jmp short 0x83 of the block

interpreted:
        push ds
        push es
        pusha
        mov bp, sp
        mov dx, word_port
        xor si, si
.send:
        mov ax, [bp + si]
        out dx, ax
        inc si
        inc si
        cmp si, registers
        jne .send
        mov ax, [es:di]             ; what INT 10h AX=4F00h takes from the buffer
        out dx, ax
        mov ax, [es:di + 2]
        out dx, ax
        out run_port, al
        xor si, si
.receive:
        in ax, dx
        mov [bp + si], ax
        inc si
        inc si
        cmp si, registers
        jne .receive
        in ax, dx
        mov cx, ax
        jcxz .back
        cld
        mov di, [bp]
.copy:
        in al, run_port
        stosb
        loop .copy
.back:
        popa
        pop es
        pop ds
        iret
