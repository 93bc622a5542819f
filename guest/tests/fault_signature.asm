; SPDX-License-Identifier: BSD-2-Clause
; A hard disk whose boot sector lacks the signature 55AAh.
; Module words: disk
    bits 16
    org 0x7c00
    hlt
    times 16 * 63 * 512 - ($ - $$) db 0
