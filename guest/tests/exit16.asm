; SPDX-License-Identifier: BSD-2-Clause
; Ends through the exit port with a 16-bit write: status 9.
; Module words: raw
    real_mode_start
    mov ax, 0x2109
    out exit_port, ax
    fail "exit16: the exit port did not end the VM"
