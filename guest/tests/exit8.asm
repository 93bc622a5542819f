; SPDX-License-Identifier: BSD-2-Clause
; Ends through the exit port with a 8-bit write: status 7.
; Module words: raw
    real_mode_start
    mov al, 0x07
    out exit_port, al
    fail "exit8: the exit port did not end the VM"
