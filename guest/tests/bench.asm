; SPDX-License-Identifier: BSD-2-Clause
; Ticks of the time-stamp counter per round trip, the least of 20 rounds of 100 trips each, so that
; the hypervisor's own timer, which comes less often, is not counted:
;   loop       nothing
;   int-iret   INT to an IRET of the guest's own
;   int-null   INT to a BIOS vector without a service: exit, dispatch, entry
;   call-iret  PUSHF and a far call to an IRET of the guest's own
;   vmcall     the same to that vector's stub, which is VMCALL; IRET
; An empty VMCALL round trip is vmcall minus call-iret, printed as vmcall-net.
; Module words: raw
iterations  equ 100
rounds      equ 20
null_vector equ 0xf1
no_memory   equ 0xa000          ; graphics memory, off in text modes: each access is emulated

    real_mode_start
    hook 0xf0, plain_iret
    mov dword [far_target], plain_iret

; measure "name", result, instructions...
%macro measure_begin 0
    mov dword [least], -1
    mov byte [round], rounds
%%next_round:
    mov ecx, iterations
    rdtsc
    mov [began], eax
%%again:
    %push loop
    %define %$again %%again
    %define %$next_round %%next_round
%endmacro
%macro measure_end 2
    dec ecx
    jnz %$again
    rdtsc
    sub eax, [began]
    cmp eax, [least]
    jae %%not_less
    mov [least], eax
%%not_less:
    dec byte [round]
    jnz %$next_round
    %pop
    mov eax, [least]
    mov [%2], eax
    say "BENCH "
    say %1
    say " "
    mov eax, [%2]
    call print_hundredths
%endmacro

    measure_begin
    measure_end "loop", empty
    measure_begin
    int 0xf0
    measure_end "int-iret", int_iret
    measure_begin
    pushf
    call far [far_target]
    measure_end "call-iret", call_iret

    mov eax, [null_vector * 4]
    test eax, eax
    jz .no_stub
    mov [far_target], eax
    measure_begin
    int null_vector
    measure_end "int-null", int_null
    measure_begin
    pushf
    call far [far_target]
    measure_end "vmcall", vmcall_stub
    say "BENCH vmcall-net "
    mov eax, [vmcall_stub]
    sub eax, [call_iret]
    call print_hundredths
.no_stub:
    measure_begin
    push ecx
    xor eax, eax
    cpuid
    pop ecx
    measure_end "cpuid", scratch
    measure_begin
    in al, debug_port
    measure_end "in-e9", scratch
    measure_begin
    in al, 0x80
    measure_end "in-80", scratch
    mov ax, no_memory
    mov es, ax
    measure_begin
    mov al, [es:0]
    measure_end "mmio-mov", scratch
    finish

plain_iret:
    iret

; Writes EAX / 100 with one decimal.
print_hundredths:
    xor edx, edx
    mov ebx, iterations
    div ebx
    call print_decimal
    mov al, '.'
    out debug_port, al
    mov eax, edx
    mov ebx, iterations / 10
    xor edx, edx
    div ebx
    call print_decimal
    end_line
    ret

%include "print16.inc"

    align 4
far_target:     dd 0
began:          dd 0
least:          dd 0
round:          db 0
    align 4
empty:          dd 0
int_iret:       dd 0
int_null:       dd 0
call_iret:      dd 0
vmcall_stub:    dd 0
scratch:        dd 0
