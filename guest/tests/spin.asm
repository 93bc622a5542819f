; SPDX-License-Identifier: BSD-2-Clause
; Spins for ever with interrupts off.
; Module words: raw
    real_mode_start
    say "spinning"
    end_line
    jmp $
