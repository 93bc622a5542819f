; SPDX-License-Identifier: BSD-2-Clause
; The built-in guest: shows what a VM is and that it runs. Uses nothing but BIOS services, and
; CPUID for the hypervisor's name.
bits 16
cpu 686
org 0x7c00

echo_bottom equ 22              ; last row for typed lines; the clock has row 24

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
    mov [echo_top], dh

; Looks at the clock with every tick, shows it with every second, and echoes keys.
main_loop:
    mov ah, 0x00
    int 0x1a
    cmp dx, [last_ticks]
    je .key
    mov [last_ticks], dx
    mov ah, 0x02
    int 0x1a
    cmp dh, [shown_second]
    je .key
    mov [shown_second], dh
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
    cmp dh, echo_bottom
    jbe .keep
    push dx                     ; the typed lines scroll, the rest of the screen stays
    mov ax, 0x0601
    mov bh, 0x07
    mov ch, [echo_top]
    mov cl, 0
    mov dx, (echo_bottom << 8) + 79
    int 0x10
    pop dx
    mov dh, echo_bottom
    mov ah, 0x02
    xor bh, bh
    int 0x10
.keep:
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

; A line for each drive: floppies 00h and 01h, hard disks 80h and up, CD-ROMs E0h and up.
show_disks:
    mov si, text_disks
    call print
    mov word [drives_found], 0
    mov dl, 0x00
.floppy:
    mov ah, 0x15
    push dx
    int 0x13
    pop dx
    jc .next_floppy
    cmp ah, 1
    je .show_floppy
    cmp ah, 2
    jne .next_floppy
.show_floppy:
    mov si, text_floppy
    call begin_drive
    call show_geometry
    call new_line
.next_floppy:
    inc dl
    cmp dl, 2
    jb .floppy
    mov dl, 0x80
.hard:
    mov al, dl
    sub al, [0x475]             ; the BIOS's count of hard disks
    cmp al, 0x80
    jae .cdroms
    mov si, text_hard
    call begin_drive
    call show_geometry
    call read_extended
    jc .next_hard
    mov al, ','
    call put
    call show_size
.next_hard:
    call new_line
    inc dl
    jmp .hard
.cdroms:
    mov dl, 0xe0
.cdrom:
    call read_extended
    jc .next_cdrom
    mov si, text_cdrom
    call begin_drive
    call show_size
    call new_line
.next_cdrom:
    inc dl
    cmp dl, 0xe4
    jb .cdrom
    cmp word [drives_found], 0
    jne .end
    mov si, text_none
    call print
.end:
    ret

; Drive DL's number and the kind at SI.
begin_drive:
    inc word [drives_found]
    push si
    mov si, text_indent
    call print
    mov al, dl
    call hex8
    pop si
    jmp print

; Drive DL's cylinders, heads and sectors, from INT 13h AH=08h.
show_geometry:
    push dx
    mov ah, 0x08
    xor di, di
    int 0x13
    push ds                     ; ES may point to a drive table now
    pop es
    jc .end
    push dx
    push cx
    mov al, ch
    mov ah, cl
    shr ah, 6
    inc ax
    movzx eax, ax
    call decimal
    mov si, text_cylinders
    call print
    pop cx
    pop ax
    push cx
    movzx eax, ah
    inc ax
    call decimal
    mov si, text_heads
    call print
    pop ax
    and eax, 0x3f
    call decimal
    mov si, text_sectors
    call print
.end:
    pop dx
    ret

; Drive DL's parameters from INT 13h AH=48h; CF when it has none.
read_extended:
    push dx
    mov word [drive_table], 26
    mov si, drive_table
    mov ah, 0x48
    int 0x13
    pop dx
    ret

show_size:
    mov al, ' '
    call put
    mov eax, [drive_table + 16]
    call decimal
    mov si, text_blocks
    call print
    movzx eax, word [drive_table + 24]
    call decimal
    mov si, text_bytes
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
text_disks:     db 13, 10, 'Disks', 13, 10, 0
text_none:      db '  none', 13, 10, 0
text_floppy:    db 'h floppy, ', 0
text_hard:      db 'h hard disk, ', 0
text_cdrom:     db 'h CD-ROM,', 0
text_cylinders: db ' cylinders, ', 0
text_heads:     db ' heads, ', 0
text_sectors:   db ' sectors', 0
text_blocks:    db ' blocks of ', 0
text_bytes:     db ' bytes', 0
text_keys:      db 13, 10, 'Type something; q powers off.', 13, 10, 0
text_off:       db 13, 10, 'Powering off.', 13, 10, 0
text_ticks:     db '  ticks ', 0
last_ticks:     dw 0
shown_second:   db 0xff
echo_at:        dw 0
name:           times 17 db 0
echo_top:       db 0
drives_found:   dw 0
map_entry:      times 20 db 0
drive_table:    times 26 db 0
