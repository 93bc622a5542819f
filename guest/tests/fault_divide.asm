; SPDX-License-Identifier: BSD-2-Clause
; The timer's handler divides by zero, for which there is no handler.
; Module words: raw
    real_mode_start
    hook 8, tick
    sti
.wait:
    hlt
    jmp .wait

tick:
    xor cx, cx
    div cx
    iret
