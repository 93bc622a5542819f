; SPDX-License-Identifier: BSD-2-Clause
; The referee: makes the BIOS calls of a table, prints a line for each, ends the machine. The table
; is made from tests/referee/scripts by tests/referee/script.py, one image a script. Loaded at
; 1000:0000 by boot.asm. Memory from 2000:0000 to 9000:0000 is the script's to use.
;
; A line:  number row name f=FLAGS eax=... what else changed
bits 16
org 0

exit_port       equ 0xf4        ; Vestige, QEMU's isa-debug-exit
shutdown_port   equ 0x8900      ; Bochs
engine_stack    equ 0x0900      ; segment; the calls' own stack is 0800:0000-0FFF
hang_ticks      equ 110
machine_qemu    equ 1
machine_bochs   equ 2
machine_vestige equ 4

    jmp start

%include "output.asm"
%include "memory.asm"
%include "call.asm"
%include "watch.asm"
%include "operations.asm"
%include "routines.asm"
%include "windows.asm"
%include "protected.asm"
%include "tables.asm"

start:
    cli
    cld
    mov ax, cs
    mov ds, ax
    mov es, ax
    mov ax, engine_stack
    mov ss, ax
    mov sp, 0x3000
    mov [boot_drive], dl
    mov word [line_end], line
    call hook_watchdog
    sti
    call wait_for_tick
    call find_machine
    push 0
    pop es
    cmp word [es:0x5f0], boot_mark
    jne .first
    mov word [es:0x5f0], 0
    push 0
    pop ds
    mov si, kept_line
    call put_text
    push cs
    pop ds
    text " booted=1"
    call flush_line
    call snapshot
    mov si, [es:0x5f2]
    jmp .next
.first:
    text "REFEREE BEGIN"
    call flush_line
    call snapshot
    push 0x40
    pop es
    xor si, si
    mov cx, bda_size
    call put_bytes
    call flush_line
    mov si, table
.next:
    movzx bx, byte [si]
    inc si
    shl bx, 1
    call [operations + bx]
    jmp .next

; The end of the table.
op_end:
    text "REFEREE END"
    call flush_line
    mov al, 0
    out exit_port, al
    mov si, shutdown_word
    mov cx, 8
    mov dx, shutdown_port
    rep outsb
    cli
.stay:
    hlt
    jmp .stay
shutdown_word: db "Shutdown"

; Which machine this is, as op_skip's mask has it: a hypervisor's name tells, none is Bochs.
find_machine:
    mov eax, 1
    cpuid
    mov al, machine_bochs
    bt ecx, 31
    jnc .known
    mov eax, 0x40000000
    cpuid
    mov al, machine_vestige
    cmp ebx, "Vest"
    je .known
    mov al, machine_qemu
.known:
    mov [this_machine], al
    ret
this_machine: db 0

; Calls that do not come back are given up after a while: INT 1Ch counts, and goes on behind it.
hook_watchdog:
    push es
    xor ax, ax
    mov es, ax
    mov word [es:0x1c * 4], watchdog
    mov [es:0x1c * 4 + 2], cs
    pop es
    ret
watchdog:
    cmp byte [cs:in_call], 0
    je .leave
    dec word [cs:patience]
    jz abandon
.leave:
    iret

; Waits for the next tick, so that what follows starts at the same time after one.
wait_for_tick:
    push es
    push ax
    xor ax, ax
    mov es, ax
    mov ax, [es:0x46c]
.wait:
    hlt
    cmp ax, [es:0x46c]
    je .wait
    pop ax
    pop es
    ret

align 4
boot_drive:     db 0
in_call:        db 0
patience:       dw 0
line_end:       dw line
table:
%include TABLE

absolute $
line:           resb line_size
old_line:       resb line_size
colours:        resb 0x300
low_memory:     resb 0x400 + bda_size
end_of_engine:
