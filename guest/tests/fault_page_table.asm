; SPDX-License-Identifier: BSD-2-Clause
; Paging is turned on with a page directory whose first entry is not present.
; Module words: raw
%include "protected.inc"

    real_mode_start
    enter_protected protected

    bits 32
protected:
    flat_data
    mov esp, 0x7c00
    mov edi, 0x9000
    xor eax, eax
    mov ecx, 1024
    rep stosd
    mov dword [0x9004], 0x83
    mov eax, 0x9000
    mov cr3, eax
    mov eax, cr0
    or eax, 0x80000000
    mov cr0, eax
    hlt
