; SPDX-License-Identifier: BSD-2-Clause
; What HIMEM and its kind do before a program gets extended memory: A20 by each way there is, with
; the test for wrapped addresses; the size of memory; and moves by INT 15h AH=87h.
; Medium: floppy0, any PC with 8 MiB
%include "floppy.inc"
    floppy_start 16

    ; INT 15h: support, status, off and on.
    mov ax, 0x2403
    int 0x15
    check nc, "a20-bios no support"
    test bl, 0x03
    check nz, "a20-bios neither 8042 nor port 92h"
    mov ax, 0x2400
    int 0x15
    check nc, "a20-bios off refused"
    call a20_is_off
    check e, "a20-bios still on"
    mov ax, 0x2402
    int 0x15
    cmp al, 0
    check e, "a20-bios status says on"
    mov ax, 0x2401
    int 0x15
    check nc, "a20-bios on refused"
    call a20_is_off
    check ne, "a20-bios still off"
    mov ax, 0x2402
    int 0x15
    cmp al, 1
    check e, "a20-bios status says off"
    pass "a20-bios"

    ; Port 92h; bit 0, which would reset the machine, stays clear.
    in al, 0x92
    test al, 0x02
    check nz, "a20-port-92 reads off"
    and al, 0xfc
    out 0x92, al
    call a20_is_off
    check e, "a20-port-92 still on"
    in al, 0x92
    test al, 0x02
    check z, "a20-port-92 reads on"
    or al, 0x02
    and al, 0xfe
    out 0x92, al
    call a20_is_off
    check ne, "a20-port-92 still off"
    pass "a20-port-92"

    ; The 8042's output port, with the pulse of nothing behind it that HIMEM sends.
    cli
    mov ah, 0xdd
    call output_port
    call a20_is_off
    check e, "a20-8042 still on"
    mov al, 0xd0
    call controller
    call output_full
    in al, 0x60
    test al, 0x02
    check z, "a20-8042 output port reads on"
    mov ah, 0xdf
    call output_port
    call a20_is_off
    check ne, "a20-8042 still off"
    mov al, 0xd0
    call controller
    call output_full
    in al, 0x60
    test al, 0x02
    check nz, "a20-8042 output port reads off"
    sti
    pass "a20-8042"

    ; Off by the one and on by the other: the ways do not shut each other out.
    mov ax, 0x2400
    int 0x15
    call a20_is_off
    check e, "a20-mixed BIOS off"
    cli
    mov ah, 0xdf
    call output_port
    sti
    in al, 0x92
    or al, 0x02
    and al, 0xfe
    out 0x92, al
    call a20_is_off
    check ne, "a20-mixed on by ports"
    pass "a20-mixed"

    ; The sizes agree: AH=88h in KiB, AX=E801h the part of it below 16 MiB.
    mov ah, 0x88
    int 0x15
    check nc, "memory-size AH=88h refused"
    mov [extended], ax
    cmp ax, 1024
    check ae, "memory-size AH=88h too small"
    mov ax, 0xe801
    int 0x15
    check nc, "memory-size AX=E801h refused"
    or ax, ax
    check nz, "memory-size AX=E801h is empty"
    mov bx, [extended]
    cmp bx, 15 * 1024
    jbe .low
    mov bx, 15 * 1024
.low:
    sub ax, bx
    add ax, 1024                ; a BIOS may keep some for its tables in one of the two
    cmp ax, 2048
    check be, "memory-size AH=88h and E801h differ"
    mov al, 0x17
    out 0x70, al
    in al, 0x71
    mov ah, al
    mov al, 0x18
    out 0x70, al
    in al, 0x71
    xchg al, ah
    cmp ax, [extended]
    check ae, "memory-size CMOS has less than AH=88h"
    pass "memory-size"

    ; Blocks to extended memory and back: at 1 MiB, across 64 KiB, and the last of AH=88h.
    mov eax, 0x100000
    call round_trip
    mov eax, 0x10fe00
    call round_trip
    movzx eax, word [extended]
    shl eax, 10
    add eax, 0x100000 - 4096
    call round_trip
    pass "move"

    ; Moves leave A20 as it was and the interrupts on.
    mov ax, 0x2401
    int 0x15
    mov eax, 0x100000
    call round_trip
    call a20_is_off
    check ne, "move-a20 off after a move"
    pushf
    pop ax
    test ax, 0x0200
    check nz, "move-a20 interrupts are off"
    mov bx, [0x46c]
.tick:
    hlt
    cmp bx, [0x46c]
    je .tick
    pass "move-a20"

    ; A segment that HIMEM would use for the high memory area: FFFF:0010 to FFFF:FFFF.
    mov ax, 0xffff
    mov es, ax
    mov di, 0x0010
    mov cx, (0x10000 - 0x10) / 2
    mov ax, 0x5aa5
    rep stosw
    mov di, 0x0010
    mov cx, (0x10000 - 0x10) / 2
    repe scasw
    check e, "hma does not keep what is written"
    cmp word [0x0500], 0x5aa5
    check ne, "hma wrapped"
    pass "hma"
    finish

; ZF: addresses wrap at 1 MiB. As HIMEM does it: compare, and if equal change one and compare again.
a20_is_off:
    push ds
    push es
    xor ax, ax
    mov ds, ax
    dec ax
    mov es, ax
    mov si, 0x0500
    mov ax, [si]
    mov word [si], 0x1234
    mov word [es:si + 0x10], 0xedcb
    cmp word [si], 0xedcb
    mov [si], ax
    pop es
    pop ds
    ret

; AH to the 8042's output port.
output_port:
    mov al, 0xd1
    call controller
    call input_empty
    mov al, ah
    out 0x60, al
    call input_empty
    mov al, 0xff
    call controller
    ret

controller:
    call input_empty
    out 0x64, al
    ; falls through

input_empty:
    push ax
.wait:
    in al, 0x64
    test al, 0x02
    jnz .wait
    pop ax
    ret

output_full:
    in al, 0x64
    test al, 0x01
    jz output_full
    ret

; 4096 bytes to EAX and back by INT 15h AH=87h, compared.
round_trip:
    push eax
    mov ax, 0x2000
    mov es, ax
    xor di, di
    mov cx, 2048
    mov ax, [pattern]
.fill:
    add ax, 0x3b1d
    stosw
    loop .fill
    mov [pattern], ax
    pop eax
    push eax
    mov ebx, 0x20000
    xchg eax, ebx               ; from EAX to EBX
    call move
    pop eax
    mov ebx, 0x30000
    call move
    push ds
    mov ax, 0x2000
    mov ds, ax
    mov ax, 0x3000
    mov es, ax
    xor si, si
    xor di, di
    mov cx, 2048
    repe cmpsw
    pop ds
    check e, "move other data came back"
    ret

move:
    mov [source + 2], ax
    shr eax, 16
    mov [source + 4], al
    mov [source + 7], ah
    mov [target + 2], bx
    shr ebx, 16
    mov [target + 4], bl
    mov [target + 7], bh
    xor ax, ax
    mov es, ax
    mov si, descriptors
    mov cx, 2048
    mov ah, 0x87
    int 0x15
    check nc, "move refused"
    cmp ah, 0
    check e, "move status"
    ret

    align 8
descriptors:
    dq 0, 0
source:
    dw 0xffff, 0
    db 0, 0x93, 0, 0
target:
    dw 0xffff, 0
    db 0, 0x93, 0, 0
    dq 0, 0
extended    dw 0
pattern     dw 0x1234
    floppy_end
