; SPDX-License-Identifier: BSD-2-Clause
; Option ROM that stands in for a multiboot loader: the BIOS calls it, it reads the load table of
; the first ATA disk (written by tools/vestige/direct.py), does what the table says and jumps to the
; hypervisor. Tests start in a fraction of the time that a boot loader on a CD takes.
;
; Load table, from LBA 0, little-endian dwords:
;   magic, sectors of the table, entry point, multiboot info address, number of steps,
;   then per step: address, first LBA, length. With an LBA the length counts sectors to read;
;   with LBA 0 it counts bytes to clear.

table_magic     equ 'VLD1'
table           equ 0x10000         ; conventional memory that POST is done with
stack_top       equ 0x0F000
multiboot_magic equ 0x2BADB002

ata_data        equ 0x1F0
ata_count       equ 0x1F2
ata_lba_low     equ 0x1F3
ata_lba_middle  equ 0x1F4
ata_lba_high    equ 0x1F5
ata_device      equ 0x1F6
ata_command     equ 0x1F7           ; status when read
ata_read        equ 0x20            ; READ SECTORS
status_error    equ 0x01
status_request  equ 0x08
status_busy     equ 0x80
debug_port      equ 0xE9

bits 16
        org 0
        db 0x55, 0xAA
        db rom_sectors
        cli
        lgdt [cs:gdt_pointer]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp dword 8:rom_base + protected_mode

bits 32
protected_mode:
        mov eax, 16
        mov ds, eax
        mov es, eax
        mov ss, eax
        mov fs, eax
        mov gs, eax
        mov esp, stack_top
        cld

        mov edi, table
        xor esi, esi                ; the first sector tells how long the table is
        mov ecx, 1
        call read_sectors
        cmp dword [table], table_magic
        jne no_table
        mov edi, table
        xor esi, esi
        mov ecx, [table + 4]
        call read_sectors

        mov ebp, [table + 16]
        mov ebx, table + 20
.step:  test ebp, ebp
        jz .start
        mov edi, [ebx]
        mov esi, [ebx + 4]
        mov ecx, [ebx + 8]
        add ebx, 12
        dec ebp
        test esi, esi
        jz .clear
        call read_sectors
        jmp .step
.clear: xor eax, eax
        rep stosb
        jmp .step

.start: mov eax, multiboot_magic
        mov ebx, [table + 12]
        jmp [table + 8]

no_table:
        mov esi, rom_base + no_table_text
        jmp stop
read_error:
        mov esi, rom_base + read_error_text
stop:   lodsb
        out debug_port, al
        test al, al
        jnz stop
.halt:  hlt
        jmp .halt

; Reads ECX sectors from LBA ESI to EDI, advancing both. Changes EAX, ECX, EDX.
read_sectors:
        push ebx
        push ebp
        mov ebp, ecx
.command:
        test ebp, ebp
        jz .done
        mov ebx, 256                ; as many as one command can carry
        cmp ebx, ebp
        jbe .whole
        mov ebx, ebp
.whole: sub ebp, ebx
        mov edx, ata_count
        mov al, bl                  ; 0 means 256
        out dx, al
        mov eax, esi
        mov edx, ata_lba_low
        out dx, al
        shr eax, 8
        mov edx, ata_lba_middle
        out dx, al
        shr eax, 8
        mov edx, ata_lba_high
        out dx, al
        shr eax, 8
        or al, 0xE0                 ; LBA mode, device 0
        mov edx, ata_device
        out dx, al
        mov edx, ata_command
        mov al, ata_read
        out dx, al
        add esi, ebx
.sector:
        mov edx, ata_command
        in al, dx
        test al, status_busy
        jnz .sector
        test al, status_error
        jnz read_error
        test al, status_request
        jz .sector
        mov edx, ata_data
        mov ecx, 512 / 4
        rep insd
        dec ebx
        jnz .sector
        jmp .command
.done:  pop ebp
        pop ebx
        ret

        align 8, db 0
gdt:    dq 0
        dq 0x00CF9A000000FFFF       ; 8: code, 4 GiB
        dq 0x00CF92000000FFFF       ; 16: data, 4 GiB
gdt_pointer:
        dw gdt_pointer - gdt - 1
        dd rom_base + gdt

no_table_text:   db "vestige: panic: direct boot: the disk has no load table", 13, 10, 0
read_error_text: db "vestige: panic: direct boot: the disk reports a read error", 13, 10, 0

rom_base        equ 0xD0000
rom_sectors     equ 2
        times rom_sectors * 512 - ($ - $$) db 0   ; direct.py sets the last byte: the sum is 0
