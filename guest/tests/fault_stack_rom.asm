; SPDX-License-Identifier: BSD-2-Clause
; The stack lies in the BIOS ROM.
; Module words: raw
    real_mode_start
    mov ax, 0xf000
    mov ss, ax
    mov sp, 0x1000
    int 0x40
    hlt
