; SPDX-License-Identifier: BSD-2-Clause
; Ends through the exit port with a 32-bit write: status 11.
; Module words: raw
    real_mode_start
    mov eax, 0x4321000b
    out exit_port, eax
    fail "exit32: the exit port did not end the VM"
