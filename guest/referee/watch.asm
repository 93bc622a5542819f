; SPDX-License-Identifier: BSD-2-Clause
; What a call's line shows besides registers: memory, ports, memory that a result points to.

watches:
    dw watch_memory, watch_port, watch_indexed, watch_attribute, watch_pointer, watch_dac
    dw watch_far_pointer, watch_vga

; Appends the CX = [SI] watches that stand at SI + 1; SI moves behind them.
put_watches:
    push cx
    movzx cx, byte [si]
    inc si
    mov byte [watch_name], 'a'
    jcxz .none
.next:
    mov al, ' '
    call put
    mov al, 'w'
    call put
    mov al, [watch_name]
    call put
    mov al, '='
    call put
    inc byte [watch_name]
    movzx bx, byte [si]
    inc si
    shl bx, 1
    push cx
    call [watches + bx]
    pop cx
    loop .next
.none:
    pop cx
    ret
watch_name: db 'a'

; dw offset, segment, length
watch_memory:
    push es
    push si
    mov es, [si + 2]
    mov cx, [si + 4]
    mov si, [si]
    call put_memory
    pop si
    pop es
    add si, 6
    ret

; dw port
watch_port:
    lodsw
    mov dx, ax
    in al, dx
    jmp put_byte

; dw port; db index: the register's number is put into port, its value read from port + 1
watch_indexed:
    lodsw
    mov dx, ax
    lodsb
    out dx, al
    inc dx
    in al, dx
    jmp put_byte

; db index
watch_attribute:
    mov dx, 0x3da
    in al, dx
    mov dx, 0x3c0
    lodsb
    out dx, al
    inc dx
    in al, dx
    call put_byte
    mov dx, 0x3da
    in al, dx
    mov dx, 0x3c0
    mov al, 0x20
    out dx, al
    mov dx, 0x3da
    in al, dx
    ret

; db segment, offset (places in regs); dw length
watch_pointer:
    push es
    movzx bx, byte [si]
    mov es, [out_regs + bx]
    movzx bx, byte [si + 1]
    mov cx, [si + 2]
    push si
    mov si, [out_regs + bx]
    call put_memory
    pop si
    pop es
    add si, 4
    ret

; db first; dw count: colours from the DAC; a digest of more than 8
watch_dac:
    lodsb
    mov dx, 0x3c7
    out dx, al
    lodsw
    imul cx, ax, 3
    mov dx, 0x3c9
    push es
    push ds
    pop es
    mov di, colours
    push cx
    rep insb
    pop cx
    push si
    mov si, colours
    call put_memory
    pop si
    pop es
    ret

; The VGA's registers: CRTC in five parts, sequencer, graphics, attribute controller, miscellaneous
watch_vga:
    mov dx, 0x3cc
    in al, dx
    and al, 1
    shl al, 5
    mov dx, 0x3b4
    add dl, al
    push dx
    mov ah, 0
    mov cx, 10
    call put_indexed
    mov cx, 2                   ; the cursor's shape
    call put_indexed
    mov cx, 2                   ; what is shown first
    call put_indexed
    mov cx, 2                   ; where the cursor is
    call put_indexed
    mov cx, 9
    call put_indexed
    mov ah, 0
    mov dx, 0x3c4
    mov cx, 5
    call put_indexed
    mov ah, 0
    mov dx, 0x3ce
    mov cx, 9
    call put_indexed
    pop di
    add di, 6                   ; input status
    mov ah, 0x20                ; with the palette left on
.attribute:
    mov dx, di
    in al, dx
    mov dx, 0x3c0
    mov al, ah
    out dx, al
    inc dx
    in al, dx
    call put_byte
    inc ah
    cmp ah, 0x35
    jb .attribute
    mov dx, di
    in al, dx
    mov al, '.'
    call put
    mov dx, 0x3cc
    in al, dx
    jmp put_byte

; Appends CX registers from AH on whose index port is DX, and a dot; AH moves on.
put_indexed:
.next:
    mov al, ah
    out dx, al
    inc dx
    in al, dx
    dec dx
    call put_byte
    inc ah
    loop .next
    mov al, '.'
    jmp put

; dw offset, segment, length: what the far pointer in memory there points to
watch_far_pointer:
    push es
    push si
    mov es, [si + 2]
    mov cx, [si + 4]
    mov si, [si]
    les si, [es:si]
    call put_memory
    pop si
    pop es
    add si, 6
    ret
