; SPDX-License-Identifier: BSD-2-Clause
; A jump into the BIOS data area, where bytes lie that are no instruction.
; Module words: raw
    real_mode_start
    mov word [0x4f0], 0xff0f
    jmp 0x0040:0x00f0
