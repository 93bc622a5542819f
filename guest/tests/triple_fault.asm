; SPDX-License-Identifier: BSD-2-Clause
; No room for any vector: the first exception ends in a shutdown.
; Module words: raw
    real_mode_start
    say "triple fault follows"
    end_line
    lidt [no_table]
    ud2

no_table:
    dw 0
    dd 0
