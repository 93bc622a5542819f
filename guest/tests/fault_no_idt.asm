; SPDX-License-Identifier: BSD-2-Clause
; An exception in protected mode before any IDT is loaded.
; Module words: raw
%include "protected.inc"

    real_mode_start
    enter_protected protected

    bits 32
protected:
    flat_data
    ud2
