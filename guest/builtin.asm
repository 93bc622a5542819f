; SPDX-License-Identifier: BSD-2-Clause
; The built-in guest: shows what a VM is and that it runs. Uses nothing but BIOS services, and
; CPUID for the hypervisor's name.
bits 16
cpu 686
org 0x7c00

start:
    cld
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov sp, 0x7c00
    sti
    mov ax, 0x0003
    int 0x10
    call show_identity
    call show_memory
    call show_disks
    mov si, text_keys
    call print
    mov ah, 0x03
    xor bh, bh
    int 0x10
    mov [echo_at], dx

; Shows the clock whenever the tick count has moved on, and echoes keys.
main_loop:
    mov ah, 0x00
    int 0x1a
    cmp dx, [last_ticks]
    je .key
    mov [last_ticks], dx
    mov ax, dx
    sub ax, [shown_ticks]
    cmp ax, 9
    jb .key
    mov [shown_ticks], dx
    call show_clock
.key:
    mov ah, 0x01
    int 0x16
    jz .idle
    mov ah, 0x00
    int 0x16
    cmp al, 'q'
    je power_off
    call echo
    jmp main_loop
.idle:
    hlt
    jmp main_loop

power_off:
    mov si, text_off
    call print
    mov ax, 0x5301
    xor bx, bx
    int 0x15
    mov ax, 0x5307
    mov bx, 1
    mov cx, 3
    int 0x15
    jmp $

; Writes AL at the echo position and keeps the cursor behind it.
echo:
    push ax
    mov ah, 0x02
    xor bh, bh
    mov dx, [echo_at]
    int 0x10
    pop ax
    call put
    cmp al, 13
    jne .done
    mov al, 10
    call put
.done:
    mov ah, 0x03
    xor bh, bh
    int 0x10
    mov [echo_at], dx
    ret

show_identity:
    mov si, text_title
    call print
    mov eax, 0x40000000
    cpuid
    mov [name], ebx
    mov [name + 4], ecx
    mov [name + 8], edx
    mov si, name
    call print
    mov si, text_vm
    call print
    mov eax, 0x40000001
    cpuid
    cmp eax, 0x4d564756         ; "VGVM": name and CPU follow
    jne .end
    movzx eax, bx
    push eax
    mov eax, 0x40000002
    cpuid
    mov [name], eax
    mov [name + 4], ebx
    mov [name + 8], ecx
    mov [name + 12], edx
    mov si, name
    call print
    mov si, text_cpu
    call print
    pop eax
    call decimal
.end:
    jmp new_line

show_memory:
    mov si, text_memory
    call print
    xor ebx, ebx
.next:
    mov eax, 0xe820
    mov edx, 0x534d4150
    mov ecx, 20
    mov di, map_entry
    int 0x15
    jc .end
    cmp eax, 0x534d4150
    jne .end
    push ebx
    mov si, text_indent
    call print
    mov eax, [map_entry + 4]
    call hex32
    mov eax, [map_entry]
    call hex32
    mov al, ' '
    call put
    mov eax, [map_entry + 8]
    mov edx, [map_entry + 12]
    shrd eax, edx, 10
    call decimal
    mov si, text_usable
    cmp dword [map_entry + 16], 1
    je .kind
    mov si, text_reserved
.kind:
    call print
    pop ebx
    test ebx, ebx
    jnz .next
.end:
    ret

show_disks:
    mov si, text_disks
    call print
    int 0x11
    test al, 1
    jz .hard
    shr ax, 6
    and ax, 3
    inc ax
    movzx eax, ax
    call decimal
    mov si, text_floppies
    call print
.hard:
    movzx eax, byte [0x475]
    call decimal
    mov si, text_hard
    jmp print

show_clock:
    mov ah, 0x02
    xor bh, bh
    mov dx, 0x1800              ; last row
    int 0x10
    mov ah, 0x04
    int 0x1a
    push dx
    mov al, ch
    call hex8
    mov al, cl
    call hex8
    mov al, '-'
    call put
    pop dx
    push dx
    mov al, dh
    call hex8
    mov al, '-'
    call put
    pop dx
    mov al, dl
    call hex8
    mov al, ' '
    call put
    mov ah, 0x02
    int 0x1a
    mov al, ch
    call hex8
    mov al, ':'
    call put
    mov al, cl
    call hex8
    mov al, ':'
    call put
    mov al, dh
    call hex8
    mov si, text_ticks
    call print
    mov eax, [0x46c]
    call decimal
    mov ah, 0x02
    xor bh, bh
    mov dx, [echo_at]
    int 0x10
    ret

new_line:
    mov al, 13
    call put
    mov al, 10
put:
    push ax
    push bx
    mov ah, 0x0e
    mov bx, 0x0007
    int 0x10
    pop bx
    pop ax
    ret

print:
    lodsb
    test al, al
    jz .end
    call put
    jmp print
.end:
    ret

hex32:
    push eax
    shr eax, 16
    call hex16
    pop eax
hex16:
    push ax
    mov al, ah
    call hex8
    pop ax
hex8:
    push ax
    shr al, 4
    call .digit
    pop ax
    push ax
    and al, 15
    call .digit
    pop ax
    ret
.digit:
    add al, '0'
    cmp al, '9'
    jbe .put
    add al, 'a' - '9' - 1
.put:
    jmp put

decimal:
    push ebx
    push ecx
    push edx
    mov ebx, 10
    xor cx, cx
.divide:
    xor edx, edx
    div ebx
    push dx
    inc cx
    test eax, eax
    jnz .divide
.show:
    pop ax
    add al, '0'
    call put
    loop .show
    pop edx
    pop ecx
    pop ebx
    ret

text_title:     db 'Vestige built-in guest', 13, 10, 'Hypervisor ', 0
text_vm:        db ', VM ', 0
text_cpu:       db ' on CPU ', 0
text_memory:    db 13, 10, 'Memory map', 13, 10, 0
text_indent:    db '  ', 0
text_usable:    db ' KiB usable', 13, 10, 0
text_reserved:  db ' KiB reserved', 13, 10, 0
text_disks:     db 13, 10, 'Disks: ', 0
text_floppies:  db ' floppy, ', 0
text_hard:      db ' hard', 13, 10, 0
text_keys:      db 13, 10, 'Type something; q powers off.', 13, 10, 0
text_off:       db 13, 10, 'Powering off.', 13, 10, 0
text_ticks:     db '  ticks ', 0
last_ticks:     dw 0
shown_ticks:    dw 0
echo_at:        dw 0
name:           times 17 db 0
map_entry:      times 20 db 0
