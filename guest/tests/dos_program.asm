; SPDX-License-Identifier: BSD-2-Clause
; A little DOS: it takes INT 20h, 21h and 1Ch, 08h, 09h, 13h, 15h, 16h as DOS, its drivers and resident
; programs do, always chaining, and runs programs behind a PSP that use the BIOS under these hooks.
; Medium: floppy0, any PC
%include "floppy.inc"
    floppy_start 16

program_segment equ 0x2000
disk_buffer     equ 0x3000          ; segment

    hook 0x20, dos_terminate
    hook 0x21, dos_call

    ; A program that returns by RET over the INT 20h of its PSP.
    mov si, hello
    mov cx, hello_end - hello
    call run_program
    cmp byte [ended_by], 0x20
    check e, "com the program did not end by INT 20h"
    pass "com"

    ; Resident hooks, the later one first.
    cli
    mov eax, [0x08 * 4]
    mov [old_08], eax
    hook 0x08, hook_08
    mov eax, [0x1c * 4]
    mov [old_1c], eax
    hook 0x1c, hook_1c
    mov eax, [0x1c * 4]
    mov [older_1c], eax
    hook 0x1c, second_1c
    mov eax, [0x09 * 4]
    mov [old_09], eax
    hook 0x09, hook_09
    mov eax, [0x13 * 4]
    mov [old_13], eax
    hook 0x13, hook_13
    mov eax, [0x15 * 4]
    mov [old_15], eax
    hook 0x15, hook_15
    mov eax, [0x16 * 4]
    mov [old_16], eax
    hook 0x16, hook_16
    sti

    ; The timer's hooks are called once a tick, whatever the program does meanwhile.
    mov si, busy
    mov cx, busy_end - busy
    call run_program
    cmp byte [ended_by], 0x4c
    check e, "busy the program did not end by AH=4Ch"
    cmp byte [exit_code], 42
    check e, "busy the program's exit code"
    cli
    mov ax, [count_08]
    mov dx, [count_1c]
    mov bx, [count_second]
    sti
    cmp ax, 6
    check ae, "ticks INT 08h was not called"
    cmp ax, dx
    check e, "ticks INT 1Ch was not called as often as INT 08h"
    cmp bx, dx
    check e, "ticks the second hook of INT 1Ch was not called as often as the first"
    pass "ticks"

    ; A filter of INT 13h sees every read and passes flags on, those of errors too.
    mov ax, disk_buffer
    mov es, ax
    mov ax, 0x0201
    mov bx, 0
    mov cx, 0x0001
    mov dh, 0
    mov dl, [boot_drive]
    int 0x13
    check nc, "disk-hook read failed"
    cmp word [es:510], 0xaa55
    check e, "disk-hook other data"
    mov cl, 63                  ; no track has so many
    mov ax, 0x0201
    int 0x13
    check c, "disk-hook an impossible sector was read"
    mov [error], ah
    mov ah, 0x01
    int 0x13
    cmp [error], ah
    check e, "disk-hook AH=01h tells another status"
    cmp word [count_13], 3
    check e, "disk-hook was not called each time"
    mov ax, 0xf113              ; a call of the filter's own
    int 0x13
    cmp ax, 0x13f1
    check e, "disk-hook its own call"
    pass "disk-hook"

    ; A keyboard enhancer: the keys that the 8042 brings pass INT 09h, 15h AH=4Fh and 16h.
    mov al, 0x1e                ; a
    call scan_code
    mov al, 0x9e
    call scan_code
    cmp word [count_09], 2
    check e, "key-hook INT 09h"
    cmp word [count_15], 2
    check e, "key-hook INT 15h AH=4Fh"
    mov ah, 0x01
    int 0x16
    check nz, "key-hook INT 16h AH=01h finds no key"
    cmp ax, 0x1e41
    check e, "key-hook INT 16h AH=01h key"
    mov ah, 0x00
    int 0x16
    cmp ax, 0x1e41              ; the enhancer makes it A
    check e, "key-hook INT 16h AH=00h key"
    mov ah, 0x01
    int 0x16
    check z, "key-hook a key is left"
    mov al, 0x10                ; q, which the hook of INT 15h turns into w
    call scan_code
    mov al, 0x90
    call scan_code
    mov ah, 0x10
    int 0x16
    cmp ax, 0x1177
    check e, "key-hook translated scan code"
    mov al, 0x2c                ; z, which that hook swallows
    call scan_code
    mov al, 0xac
    call scan_code
    mov ah, 0x11
    int 0x16
    check z, "key-hook a swallowed key came"
    pass "key-hook"

    ; DOS's console: a line typed, echoed and edited.
    mov ah, 0x05
    mov cx, 0x1e61
    int 0x16
    mov cx, 0x3062
    mov ah, 0x05
    int 0x16
    mov cx, 0x0e08
    mov ah, 0x05
    int 0x16
    mov cx, 0x1c0d
    mov ah, 0x05
    int 0x16
    mov si, reader
    mov cx, reader_end - reader
    call run_program
    cmp byte [exit_code], 1
    check e, "console the line is of another length"
    pass "console"

    ; The vectors back as they were: nothing is called any more.
    cli
    mov eax, [old_08]
    mov [0x08 * 4], eax
    mov eax, [old_1c]
    mov [0x1c * 4], eax
    mov eax, [old_13]
    mov [0x13 * 4], eax
    sti
    mov ax, [count_08]
    mov bx, [0x46c]
.tick:
    hlt
    cmp bx, [0x46c]
    je .tick
    cmp ax, [count_08]
    check e, "unhook INT 08h is still called"
    pass "unhook"
    finish

; Runs the CX bytes at SI as a COM file; returns when it ends.
run_program:
    mov ax, program_segment
    mov es, ax
    xor di, di
    mov word [es:di], 0x20cd
    mov word [es:2], 0x9fff
    mov word [es:0x80], 0x0d00
    mov di, 0x100
    rep movsb
    mov [kernel_stack], sp
    mov byte [ended_by], 0
    cli
    mov ss, ax
    mov sp, 0xfffe
    sti
    push 0                      ; what RET finds
    mov ds, ax
    jmp program_segment:0x100

; Back in the kernel behind run_program, with its segments and stack.
program_ends:
    xor ax, ax
    mov ds, ax
    mov es, ax
    cli
    mov ss, ax
    mov sp, [kernel_stack]
    sti
    ret

dos_terminate:
    mov byte [cs:ended_by], 0x20
    jmp program_ends

dos_call:
    sti
    cmp ah, 0x02
    je .character
    cmp ah, 0x08
    je .read
    cmp ah, 0x09
    je .text
    cmp ah, 0x4c
    je .end
    iret
.character:
    push ax
    push bx
    mov al, dl
    mov ah, 0x0e
    mov bx, 0x0007
    int 0x10
    pop bx
    pop ax
    iret
.read:
    mov ah, 0x00
    int 0x16
    iret
.text:
    push si
    push dx
    mov si, dx
.next:
    lodsb
    cmp al, '$'
    je .done
    mov dl, al
    mov ah, 0x02
    int 0x21
    jmp .next
.done:
    pop dx
    pop si
    iret
.end:
    mov byte [cs:ended_by], 0x4c
    mov [cs:exit_code], al
    jmp program_ends

hook_08:
    inc word [cs:count_08]
    pushf
    call far [cs:old_08]        ; the BIOS ends the interrupt
    iret

hook_1c:
    inc word [cs:count_1c]
    jmp far [cs:old_1c]

second_1c:
    pushf
    call far [cs:older_1c]
    inc word [cs:count_second]
    iret

hook_09:
    push ax
    in al, 0x60                 ; the BIOS reads it again
    mov [cs:last_code], al
    inc word [cs:count_09]
    pop ax
    jmp far [cs:old_09]

hook_13:
    sti                         ; RETF 2 keeps these flags
    cmp ax, 0xf113
    je .own
    inc word [cs:count_13]
    pushf
    call far [cs:old_13]
    retf 2                      ; with the flags of the BIOS
.own:
    xchg al, ah
    iret

; AH=4Fh: q becomes w; z is swallowed.
hook_15:
    cmp ah, 0x4f
    jne .chain
    inc word [cs:count_15]
    push ax
    and al, 0x7f
    cmp al, 0x10
    je .change
    cmp al, 0x2c
    pop ax
    je .swallow
.chain:
    jmp far [cs:old_15]
.change:
    pop ax
    inc al
    stc
    retf 2
.swallow:
    clc
    retf 2

; Keys become capitals.
hook_16:
    sti
    cmp ah, 0x00
    je .key
    cmp ah, 0x01
    je .key
    jmp far [cs:old_16]
.key:
    pushf
    call far [cs:old_16]
    pushf
    cmp al, 'a'
    jne .same
    mov al, 'A'
.same:
    popf
    retf 2

; As if the keyboard had sent AL; waits until it has been read.
scan_code:
    push ax
    mov al, 0xd2
    out 0x64, al
.input:
    in al, 0x64
    test al, 0x02
    jnz .input
    pop ax
    out 0x60, al
.taken:
    in al, 0x64
    test al, 0x01
    jnz .taken
    ret

; The programs: each at offset 100h behind its PSP.
%macro program 1
%1:
    bits 16
%endmacro
%define at(label, start) (label - start + 0x100)

program hello
    push cs
    pop ax
    mov bx, ds
    cmp ax, bx
    jne .wrong
    mov bx, es
    cmp ax, bx
    jne .wrong
    mov bx, ss
    cmp ax, bx
    jne .wrong
    cmp word [0], 0x20cd
    jne .wrong
    mov dx, at(.message, hello)
    mov ah, 0x09
    int 0x21
    ret
.wrong:
    mov ax, 0x4cff
    int 0x21
.message:
    db "Hello from a COM file", 13, 10, '$'
hello_end:

; Writes by teletype and waits, over half a second of ticks.
program busy
    push 0
    pop es
    mov bx, [es:0x46c]
.again:
    mov ah, 0x02
    mov dl, '.'
    int 0x21
    mov ah, 0x01
    int 0x16
    mov ax, [es:0x46c]
    sub ax, bx
    cmp ax, 10
    jb .again
    mov ax, 0x4c2a
    int 0x21
busy_end:

; Reads a line with backspace; its exit code is the length.
program reader
    xor bx, bx
.key:
    mov ah, 0x08
    int 0x21
    cmp al, 13
    je .end
    mov dl, al
    mov ah, 0x02
    int 0x21
    cmp al, 8
    je .back
    inc bx
    jmp .key
.back:
    dec bx
    jmp .key
.end:
    mov al, bl
    mov ah, 0x4c
    int 0x21
reader_end:

    align 4
old_08          dd 0
old_09          dd 0
old_13          dd 0
old_15          dd 0
old_16          dd 0
old_1c          dd 0
older_1c        dd 0
count_08        dw 0
count_09        dw 0
count_13        dw 0
count_15        dw 0
count_1c        dw 0
count_second    dw 0
kernel_stack    dw 0
ended_by        db 0
exit_code       db 0
error           db 0
last_code       db 0
    floppy_end
