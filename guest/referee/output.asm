; SPDX-License-Identifier: BSD-2-Clause
; A line is made in memory and sent over COM1, polled, when it is whole.

com1            equ 0x3f8
line_size       equ 2000
poll_limit      equ 0x40000

; Ends whatever INT 14h did to the line parameters: 115200 baud, 8N1, no interrupts.
com_setup:
    mov dx, com1 + 3
    mov al, 0x83
    out dx, al
    mov dx, com1
    mov al, 1
    out dx, al
    inc dx
    mov al, 0
    out dx, al
    mov dx, com1 + 3
    mov al, 3
    out dx, al
    mov dx, com1 + 1
    mov al, 0
    out dx, al
    ret

; Sends AL.
send:
    push eax
    push ecx
    push dx
    mov ah, al
    mov ecx, poll_limit
    mov dx, com1 + 5
.wait:
    in al, dx
    test al, 0x20
    loopz .wait, ecx
    mov dx, com1
    mov al, ah
    out dx, al
    pop dx
    pop ecx
    pop eax
    ret

; Sends the line and an end of line, and waits until it is on the wire.
flush_line:
    pushad
    call com_setup
    mov si, line
    mov cx, [line_end]
    sub cx, si
    jz .ended
.next:
    lodsb
    call send
    loop .next
.ended:
    mov al, 10
    call send
    mov dx, com1 + 5
    mov ecx, poll_limit
.empty:
    in al, dx
    test al, 0x40
    loopz .empty, ecx
    mov word [line_end], line
    popad
    ret

; Appends AL; what does not fit is cut.
put:
    push di
    mov di, [cs:line_end]
    cmp di, line + line_size
    jae .full
    mov [cs:di], al
    inc word [cs:line_end]
.full:
    pop di
    ret

; Appends the string at SI, which ends with 0; SI moves behind it.
put_text:
    push ax
.next:
    lodsb
    test al, al
    jz .done
    call put
    jmp .next
.done:
    pop ax
    ret

; text "abc": appends it.
%macro text 1
    push si
    mov si, %%string
    call put_text
    pop si
    jmp %%over
%%string: db %1, 0
%%over:
%endmacro

put_digit:
    push ax
    and al, 15
    cmp al, 10
    sbb al, 0x69
    das
    call put
    pop ax
    ret
put_byte:
    push ax
    shr al, 4
    call put_digit
    pop ax
    jmp put_digit
put_word:
    xchg al, ah
    call put_byte
    xchg al, ah
    jmp put_byte
put_dword:
    rol eax, 16
    call put_word
    rol eax, 16
    jmp put_word
