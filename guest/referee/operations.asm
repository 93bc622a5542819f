; SPDX-License-Identifier: BSD-2-Clause
; The table's operations. SI is behind the operation's byte and moves behind its operands.

operations:
    dw op_end, op_begin, op_call, op_fill, op_poke, op_out, op_keys, op_ticks, op_run, op_say
    dw op_ramp, op_skip
%define no_sweep 0xff

; The preparations of a call begin here: they are repeated in a sweep.
op_begin:
    mov [preparations], si
    ret
align 2
preparations:   dw 0
sweep_value:    db 0
sweeping:       db 0
shown_length:   dw 0

; label, 0; db interrupt, way; regs; db sweep place or no_sweep, first, last; watches
op_call:
    mov [call_record], si
    call skip_text
    lodsb
    mov [interrupt_number], al
    lodsb
    mov [way], al
    mov di, in_regs
    push ds
    pop es
    mov cx, regs_size
    rep movsb
    cmp byte [si], no_sweep
    jne .sweep
    add si, 3
    push si
    mov si, [call_record]
    call put_text
    pop si
    call finish_call
    jmp flush_line
.sweep:
    cmp byte [sweeping], 0
    jne .value_known
    mov al, [si + 1]
    mov [sweep_value], al
    mov byte [sweeping], 1
    mov word [shown_length], 0
.value_known:
    movzx bx, byte [si]
    mov al, [sweep_value]
    mov [in_regs + bx], al
    add si, 3
    call finish_call
    call show_if_new
    mov al, [sweep_value]
    inc byte [sweep_value]
    push si
    mov si, [call_record]
    call skip_text
    add si, 2 + regs_size
    cmp al, [si + 2]
    pop si
    je .last
    mov si, [preparations]
    ret
.last:
    mov byte [sweeping], 0
    ret
call_record: dw 0

; Makes the call and appends what it did; SI is at the watches and moves behind them.
finish_call:
    call make_call
    jc .hang
    cmp byte [sweeping], 0
    je .registers
    call hide_swept
.registers:
    call put_registers
    call put_changes
    jmp put_watches
.hang:
    text " hang=1"
    jmp put_watches

; In a sweep: the swept byte, when it comes back, shows as 0 both times.
hide_swept:
    push si
    push bx
    mov si, [call_record]
    call skip_text
    movzx bx, byte [si + 2 + regs_size]
    mov al, [in_regs + bx]
    cmp al, [out_regs + bx]
    jne .changed
    mov byte [out_regs + bx], 0
    mov byte [in_regs + bx], 0
.changed:
    pop bx
    pop si
    ret

; Sends the line with the swept value before it if it differs from the last one sent.
show_if_new:
    pushad
    mov cx, [line_end]
    sub cx, line
    cmp cx, [shown_length]
    jne .new
    push si
    mov si, line
    mov di, old_line
    repe cmpsb
    pop si
    jne .new
    mov word [line_end], line
    popad
    ret
.new:
    push ds
    pop es
    mov cx, [line_end]
    sub cx, line
    mov [shown_length], cx
    mov si, line
    mov di, old_line
    rep movsb
    mov word [line_end], line
    mov si, [call_record]
    call put_text
    mov al, '+'
    call put
    mov al, [sweep_value]
    call put_byte
    mov si, old_line
    mov cx, [shown_length]
    jcxz .send
.copy:
    lodsb
    call put
    loop .copy
.send:
    call flush_line
    popad
    ret

skip_text:
    cmp byte [si], 0
    lea si, [si + 1]
    jne skip_text
    ret

; dw where; db machines: goes on there if this is one of them
op_skip:
    mov al, [si + 2]
    test al, [this_machine]
    jz .stay
    mov si, [si]
    ret
.stay:
    add si, 3
    ret

; dw offset, segment, length (0: 64 KiB); db value
op_fill:
    mov di, [si]
    mov es, [si + 2]
    mov cx, [si + 4]
    mov al, [si + 6]
    add si, 7
.next:
    mov [es:di], al
    inc di
    loop .next
    ret

; dw offset, segment, length; db first: first, first + 1...
op_ramp:
    mov di, [si]
    mov es, [si + 2]
    mov cx, [si + 4]
    mov al, [si + 6]
    add si, 7
.next:
    mov [es:di], al
    inc di
    inc al
    loop .next
    ret

; dw offset, segment; db length, bytes
op_poke:
    mov di, [si]
    mov es, [si + 2]
    movzx cx, byte [si + 4]
    add si, 5
    rep movsb
    ret

; dw port; db value
op_out:
    lodsw
    mov dx, ax
    lodsb
    out dx, al
    ret

; db count, scan codes: as if the keyboard had sent them
op_keys:
    lodsb
    movzx cx, al
.next:
    call wait_controller
    mov al, 0xd2                ; the next byte is the keyboard's
    out 0x64, al
    call wait_controller
    lodsb
    out 0x60, al
    call wait_controller
    call wait_until_taken
    loop .next
    mov cx, 2
    jmp op_ticks.next
; Until the processor has read what the controller had.
wait_until_taken:
    push cx
    mov cx, 0
.wait:
    in al, 0x64
    test al, 1
    loopnz .wait
    pop cx
    ret
wait_controller:
    push cx
    mov cx, 0
.wait:
    in al, 0x64
    test al, 2
    loopnz .wait
    pop cx
    ret

; dw count
op_ticks:
    lodsw
    mov cx, ax
.next:
    call wait_for_tick
    loop .next
    ret

; label, 0; dw routine: it appends to the line
op_run:
    call put_text
    lodsw
    push si
    call ax
    pop si
    jmp flush_line

; text, 0
op_say:
    call put_text
    jmp flush_line
