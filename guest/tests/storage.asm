; SPDX-License-Identifier: BSD-2-Clause
; Drives by their controllers and by INT 13h: what one writes the other reads. Needs three disks, a
; CD and a floppy; writes to the first and the third disk.
; Module words: raw
    real_mode_start

first_buffer    equ 0x2000          ; segments
second_buffer   equ 0x3000
ring_segment    equ 0x4000
prd_table       equ 0x0600

    sti
    in al, 0xa1
    and al, 0xbf                    ; IRQ14
    out 0xa1, al
    in al, 0x21
    and al, 0xbb                    ; IRQ6 and the slave
    out 0x21, al
    hook 0x76, ide_interrupt
    hook 0x0e, floppy_interrupt

    ; The PCI BIOS and configuration mechanism 1 show the same IDE function.
    mov ax, 0xb102
    mov cx, 0x7010
    mov dx, 0x8086
    xor si, si
    int 0x1a
    check nc, "pci no IDE function"
    mov [ide_function], bx
    movzx eax, bx
    shl eax, 8
    or eax, 0x80000000 + 0x20
    mov dx, 0xcf8
    out dx, eax
    mov dx, 0xcfc
    in eax, dx
    and ax, 0xfff0
    mov [bus_master], ax
    mov ax, 0xb10a
    mov di, 0x20
    int 0x1a
    and cx, 0xfff0
    cmp cx, [bus_master]
    check e, "pci BIOS and ports differ"
    cmp cx, 0
    check ne, "pci no bus master ports"
    pass "pci"

    ; A sector written through the task file is read by INT 13h.
    mov ax, first_buffer
    call fill
    mov bl, 3
    mov al, 0x30
    call task_file
    push ds
    mov ax, first_buffer
    mov ds, ax
    xor si, si
    mov dx, 0x1f0
    mov cx, 256
    rep outsw
    pop ds
    call wait_ide
    test al, 0x01
    check z, "pio-write error status"
    mov ax, 0x0201
    mov cx, 0x0004
    mov dx, 0x0080
    call bios_sector
    call compare
    check e, "pio-write INT 13h reads something else"
    pass "pio-write"

    ; A sector written by INT 13h is read by bus-master DMA.
    mov ax, second_buffer
    call fill
    mov ax, 0x0301
    mov cx, 0x0009
    mov dx, 0x0080
    call bios_sector
    mov dword [prd_table], first_buffer << 4
    mov dword [prd_table + 4], 0x80000200
    mov dx, [bus_master]
    add dx, 4
    mov eax, prd_table
    out dx, eax
    mov bl, 8
    mov al, 0xc8
    call task_file
    mov dx, [bus_master]
    mov al, 0x09
    out dx, al
    call wait_ide
    test al, 0x01
    check z, "dma-read error status"
    mov dx, [bus_master]
    add dx, 2
    in al, dx
    and al, 7
    cmp al, 4
    check e, "dma-read bus master status"
    sub dx, 2
    xor al, al
    out dx, al
    call compare
    check e, "dma-read other data than INT 13h wrote"
    pass "dma-read"

    ; Sectors beyond the end: ID not found, and a refusal by INT 13h.
    mov bl, 3
    mov al, 0x20
    mov byte [lba_high], 0x0f
    call task_file
    mov byte [lba_high], 0
    call wait_ide
    test al, 0x01
    check nz, "past-end no error from the disk"
    mov dx, 0x1f1
    in al, dx
    cmp al, 0x10
    check e, "past-end error register"
    mov si, far_packet
    mov ah, 0x42
    mov dl, 0x80
    int 0x13
    check c, "past-end INT 13h reads"
    cmp ah, 0x01
    check e, "past-end INT 13h status"
    pass "past-end"

    ; The CD on the second channel answers a packet.
    mov dx, 0x176
    mov al, 0xa0
    out dx, al
    call packet                     ; meets the unit attention of the reset
    call packet
    mov dx, 0x170
    in ax, dx
    mov bx, ax
    in ax, dx
    or bx, ax
    check nz, "atapi no capacity"
    in ax, dx
    in ax, dx
    cmp ax, 0x0008                  ; 2048, the high byte first
    check e, "atapi sector size"
    mov dx, 0x177
    in al, dx
    test al, 0x09
    check z, "atapi status after the data"
    pass "atapi"

    ; The floppy controller reads by DMA what INT 13h reads.
    mov dx, 0x3f2
    mov al, 0x1c
    out dx, al
    mov dx, 0x3f7
    xor al, al
    out dx, al
    mov si, specify
    call floppy_command
    mov byte [floppy_happened], 0
    mov si, recalibrate
    call floppy_command
    call wait_floppy
    mov si, sense
    call floppy_command
    call floppy_result
    cmp al, 0x20
    check e, "floppy-dma recalibrate"
    call floppy_result
    mov al, 0x06
    out 0x0a, al
    out 0x0c, al
    mov al, 0x46
    out 0x0b, al
    xor al, al
    out 0x04, al
    out 0x04, al
    mov al, first_buffer >> 12
    out 0x81, al
    mov al, 0xff
    out 0x05, al
    mov al, 0x01
    out 0x05, al
    mov al, 0x02
    out 0x0a, al
    mov byte [floppy_happened], 0
    mov si, read_first
    call floppy_command
    call wait_floppy
    call floppy_result
    test al, 0xc0
    check z, "floppy-dma read failed"
    mov cx, 6
.results:
    call floppy_result
    loop .results
    mov ax, 0x0201
    mov cx, 0x0001
    mov dx, 0x0000
    call bios_sector
    call compare
    check e, "floppy-dma other data than INT 13h"
    pass "floppy-dma"

    ; A legacy virtio driver writes, INT 13h reads.
    mov ax, 0xb102
    mov cx, 0x1001
    mov dx, 0x1af4
    xor si, si
    int 0x1a
    check nc, "virtio no function"
    mov ax, 0xb10a
    mov di, 0x10
    int 0x1a
    and cx, 0xfffc
    mov bp, cx
    lea dx, [bp + 18]
    xor al, al
    out dx, al
    mov al, 3
    out dx, al
    lea dx, [bp + 14]
    xor ax, ax
    out dx, ax
    lea dx, [bp + 8]
    mov eax, ring_segment >> 8
    out dx, eax
    lea dx, [bp + 18]
    mov al, 7
    out dx, al
    mov ax, first_buffer
    call fill
    mov ax, ring_segment
    mov es, ax
    xor di, di
    mov si, descriptors
    mov cx, 24
    rep movsw
    mov dword [es:0x800], 0x00010000 ; index 1, entry 0
    mov dword [es:0x804], 0
    lea dx, [bp + 16]
    xor ax, ax
    out dx, ax
    cmp word [es:0x1002], 1
    check e, "virtio request not given back"
    cmp byte [virtio_status], 0
    check e, "virtio request failed"
    mov ax, 0x0201
    mov cx, 0x0006
    mov dx, 0x0082
    call bios_sector
    call compare
    check e, "virtio INT 13h reads something else"
    pass "virtio"
    finish

; Fills the 512 bytes at segment AX with numbers that have not been used yet.
fill:
    mov es, ax
    xor di, di
    mov cx, 256
    mov ax, [pattern]
.next:
    add ax, 0x3b1d
    stosw
    loop .next
    mov [pattern], ax
    ret

; INT 13h AX, CX, DX on the second buffer.
bios_sector:
    mov bx, second_buffer
    mov es, bx
    xor bx, bx
    int 0x13
    check nc, "INT 13h failed"
    ret

; ZF: both buffers hold the same 512 bytes.
compare:
    push ds
    mov ax, first_buffer
    mov ds, ax
    mov ax, second_buffer
    mov es, ax
    xor si, si
    xor di, di
    mov cx, 256
    repe cmpsw
    pop ds
    ret

; Command AL for sector BL of the first disk.
task_file:
    mov byte [ide_happened], 0
    push ax
    mov dx, 0x1f6
    mov al, 0xe0
    or al, [lba_high]
    out dx, al
    mov dx, 0x1f2
    mov al, 1
    out dx, al
    inc dx
    mov al, bl
    out dx, al
    inc dx
    xor al, al
    out dx, al
    inc dx
    out dx, al
    mov dx, 0x1f7
    pop ax
    out dx, al
    ret

; Waits for IRQ14; the status in AL.
wait_ide:
    cmp byte [ide_happened], 0
    jne .seen
    hlt
    jmp wait_ide
.seen:
    mov al, [ide_status]
    ret

ide_interrupt:
    push ax
    push dx
    mov dx, 0x1f7
    in al, dx
    mov [cs:ide_status], al
    mov byte [cs:ide_happened], 1
    mov al, 0x20
    out 0xa0, al
    out 0x20, al
    pop dx
    pop ax
    iret

; READ CAPACITY to the drive that is selected on the second channel.
packet:
    mov dx, 0x171
    xor al, al
    out dx, al
    mov dx, 0x174
    mov al, 8
    out dx, al
    inc dx
    xor al, al
    out dx, al
    mov dx, 0x177
    mov al, 0xa0
    out dx, al
    mov dx, 0x170
    mov si, capacity
    mov cx, 6
    rep outsw
    mov dx, 0x177
    in al, dx
    ret

; Sends the command at SI: a length byte, then the command.
floppy_command:
    lodsb
    movzx cx, al
    mov dx, 0x3f4
.next:
    in al, dx
    and al, 0xc0
    cmp al, 0x80
    jne .next
    inc dx
    lodsb
    out dx, al
    dec dx
    loop .next
    ret

floppy_result:
    mov dx, 0x3f4
.wait:
    in al, dx
    and al, 0xc0
    cmp al, 0xc0
    jne .wait
    inc dx
    in al, dx
    ret

wait_floppy:
    cmp byte [floppy_happened], 0
    jne .seen
    hlt
    jmp wait_floppy
.seen:
    ret

floppy_interrupt:
    push ax
    mov byte [cs:floppy_happened], 1
    mov al, 0x20
    out 0x20, al
    pop ax
    iret

pattern         dw 0x1234
ide_function    dw 0
bus_master      dw 0
lba_high        db 0
ide_happened    db 0
ide_status      db 0
floppy_happened db 0
virtio_status   db 0xff
specify         db 3, 0x03, 0xdf, 0x02
recalibrate     db 2, 0x07, 0x00
sense           db 1, 0x08
read_first      db 9, 0x46, 0x00, 0, 0, 1, 2, 18, 0x1b, 0xff
capacity        db 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
far_packet      db 16, 0
                dw 1, 0, second_buffer
                dq 0x7fffffff
virtio_header   dd 1, 0
                dq 5
descriptors     dq virtio_header
                dd 16
                dw 1, 1
                dq first_buffer << 4
                dd 512
                dw 1, 2
                dq virtio_status
                dd 1
                dw 2, 0
