; SPDX-License-Identifier: BSD-2-Clause
; What a call did to memory: digests of ranges, and the bytes of the BIOS data area and the
; interrupt vectors that changed.

bda_size        equ 0x100
most_changes    equ 24

; FNV-1a over CX bytes at ES:SI (0: 64 KiB), offsets wrapping; EAX is the digest.
digest:
    push edx
    push si
    push cx
    mov eax, 0x811c9dc5
.next:
    movzx edx, byte [es:si]
    xor eax, edx
    imul eax, eax, 0x01000193
    inc si
    loop .next
    pop cx
    pop si
    pop edx
    ret

; Appends CX bytes at ES:SI in hexadecimal.
put_bytes:
    push ax
    push si
    push cx
.next:
    mov al, [es:si]
    call put_byte
    inc si
    loop .next
    pop cx
    pop si
    pop ax
    ret

; Appends bytes or, above 32 of them, a digest.
put_memory:
    cmp cx, 0
    je .digest
    cmp cx, 32
    jbe put_bytes
.digest:
    push eax
    call digest
    call put_dword
    pop eax
    ret

; Remembers the vectors and the data area.
snapshot:
    pushad
    push es
    push ds
    push ds
    pop es
    xor ax, ax
    mov ds, ax
    xor si, si
    mov di, low_memory
    mov cx, (0x400 + bda_size) / 2
    cld
    rep movsw
    pop ds
    pop es
    popad
    ret

; Appends what is different from the snapshot, which follows: " v43" for a vector, " 0449=03" for a
; byte of the data area. The tick counter and the floppy motor's time are left out.
put_changes:
    pushad
    push es
    xor ax, ax
    mov es, ax
    mov bp, most_changes
    xor si, si
.vector:
    mov eax, [es:si]
    cmp eax, [low_memory + si]
    je .next_vector
    call count_change
    jc .done
    mov [low_memory + si], eax
    mov al, ' '
    call put
    mov al, 'v'
    call put
    mov ax, si
    shr ax, 2
    call put_byte
.next_vector:
    add si, 4
    cmp si, 0x400
    jb .vector
.byte:
    cmp si, 0x440
    je .next_byte
    cmp si, 0x46c
    jb .compare
    cmp si, 0x46f
    jbe .next_byte
.compare:
    mov al, [es:si]
    cmp al, [low_memory + si]
    je .next_byte
    call count_change
    jc .done
    mov [low_memory + si], al
    push ax
    mov al, ' '
    call put
    mov ax, si
    call put_word
    mov al, '='
    call put
    pop ax
    call put_byte
.next_byte:
    inc si
    cmp si, 0x400 + bda_size
    jb .byte
.done:
    pop es
    popad
    ret

; CF when there have been enough.
count_change:
    dec bp
    jns .room
    text " more=1"
    stc
    ret
.room:
    clc
    ret
