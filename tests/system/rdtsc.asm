; SPDX-License-Identifier: BSD-2-Clause
; A program for Linux that prints the time-stamp counter as 16 hexadecimal digits, and as a power
; switch for kernels without ACPI writes "Shutdown" to port 8900h when it is called with an argument.
; An ELF file by itself: nasm -f bin.
bits 64
org 0x400000

file:
    db 0x7f, "ELF", 2, 1, 1, 0
    dq 0
    dw 2, 62                    ; executable, x86-64
    dd 1
    dq start
    dq headers - file
    dq 0
    dd 0
    dw 64, 56, 1, 0, 0, 0
headers:
    dd 1, 7                     ; load, all of it, writable
    dq 0, file, file
    dq end - file, end - file
    dq 0x1000

start:
    cmp qword [rsp], 1
    ja power_off
    rdtsc
    shl rdx, 32
    or rdx, rax
    mov rdi, text
    mov ecx, 16
digit:
    rol rdx, 4
    mov eax, edx
    and eax, 15
    mov al, [digits + rax]
    stosb
    loop digit
    mov eax, 1                  ; write
    mov edi, 1
    mov rsi, text
    mov edx, 17
    syscall
exit:
    mov eax, 60
    xor edi, edi
    syscall

power_off:
    mov eax, 172                ; iopl
    mov edi, 3
    syscall
    mov rsi, word_
    mov ecx, 8
    mov dx, 0x8900
    rep outsb
    jmp exit

digits: db "0123456789abcdef"
word_: db "Shutdown"
text: times 16 db 0
    db 10
end:
