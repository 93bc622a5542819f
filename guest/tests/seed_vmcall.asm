; SPDX-License-Identifier: BSD-2-Clause
; VMCALL as the first instruction at 0000:0000. It is not one of the hypervisor's own, so that the
; guest gets #UD; the report says so. Only the first interrupt vector is overwritten.
; Module words: raw at=0 start=0000:0000
bits 16
org 0
    vmcall
    hlt
