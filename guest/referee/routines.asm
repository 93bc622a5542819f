; SPDX-License-Identifier: BSD-2-Clause
; What one INT does not show, called by the table's `run`: each appends to its line. DS = CS.

; NAME=dword: appends EAX as a field.
%macro field 1
    text {" ", %1, "="}
    call put_dword
%endmacro

; All entries of the memory map, checked as a loader would: their number, RAM above 1 MiB, and
; whether they are in order and apart.
walk_e820:
    xor ebx, ebx
    mov dword [map_entries], 0
    mov dword [map_ram], 0
    mov dword [map_bad], 0
    mov dword [map_end], 0
.next:
    push ds
    pop es
    mov di, map_entry
    mov eax, 0xe820
    mov ecx, 20
    mov edx, 0x534d4150
    int 0x15
    jc .done
    inc dword [map_entries]
    cmp dword [map_entries], 64
    ja .done
    mov eax, [map_entry]
    cmp dword [map_entry + 4], 0
    jne .above
    cmp eax, [map_end]
    jae .in_order
    inc dword [map_bad]
.in_order:
    mov edx, eax
    add edx, [map_entry + 8]
    mov [map_end], edx
    cmp dword [map_entry + 16], 1
    jne .above
    cmp eax, 0x100000
    jb .above
    mov edx, [map_entry + 8]
    add [map_ram], edx
.above:
    test ebx, ebx
    jnz .next
.done:
    mov eax, [map_entries]
    field "entries"
    mov eax, [map_ram]
    field "ram"
    mov eax, [map_bad]
    field "disorder"
    ret
align 4
map_entry:      times 20 db 0
map_entries:    dd 0
map_ram:        dd 0
map_bad:        dd 0
map_end:        dd 0

; Mouse bytes through the controller, with our handler set by INT 15h/C207h: how often it is called
; and what it is given.
mouse_packets:
    mov dword [.calls], 0
    mov dword [.status_x], 0
    mov ax, 0xc205
    mov bx, 0x300
    int 0x15
    mov ax, 0xc207
    push cs
    pop es
    mov bx, .handler
    int 0x15
    mov ax, 0xc200
    mov bx, 0x100
    int 0x15
    mov si, .packets
    mov cx, 6
.next:
    push cx
    call wait_controller
    mov al, 0xd3                ; the next byte is the mouse's
    out 0x64, al
    call wait_controller
    lodsb
    out 0x60, al
    mov cx, 1
    call op_ticks.next
    pop cx
    loop .next
    mov ax, 0xc200
    mov bx, 0
    int 0x15
    mov eax, [.calls]
    field "calls"
    mov eax, [.status_x]
    field "status-x"
    mov eax, [.y_z]
    field "y-z"
    ret
.handler:
    push bp
    mov bp, sp
    push eax
    inc dword [cs:.calls]
    mov ax, [bp + 12]
    mov [cs:.status_x], ax
    mov ax, [bp + 10]
    mov [cs:.status_x + 2], ax
    mov ax, [bp + 8]
    mov [cs:.y_z], ax
    mov ax, [bp + 6]
    mov [cs:.y_z + 2], ax
    pop eax
    pop bp
    retf
.packets: db 0x08, 0x05, 0x03, 0x39, 0xfb, 0xfd
align 4
.calls: dd 0
.status_x: dd 0
.y_z:   dd 0

; Booting anew: the image comes back with its mark in memory and goes on behind this line.
boot_mark       equ 0x5245
kept_line       equ 0x600       ; linear
boot_by_19:
    call keep_place
    int 0x19
boot_by_reset_entry:
    call keep_place
    jmp 0xf000:0xfff0
boot_by_controller:
    call keep_place
    call wait_controller
    mov al, 0xfe
    out 0x64, al
    jmp $
boot_by_92:
    call keep_place
    in al, 0x92
    and al, 0xfe
    out 0x92, al
    or al, 1
    out 0x92, al
    jmp $

; Leaves mark, line and the table's place, which op_run saved, for the time after the boot.
keep_place:
    mov bp, sp
    push 0
    pop es
    mov word [es:0x5f0], boot_mark
    mov ax, [bp + 4]
    mov [es:0x5f2], ax
    mov di, kept_line
    mov si, line
    mov cx, [line_end]
    sub cx, si
    rep movsb
    mov byte [es:di], 0
    ret
