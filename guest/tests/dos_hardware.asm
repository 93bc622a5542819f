; SPDX-License-Identifier: BSD-2-Clause
; The machine as programs under DOS drive it, past the BIOS: text in B800h, CRTC, DAC, timer, speaker,
; keyboard controller, and the floppy controller with DMA. What they do the BIOS sees, and back.
; Medium: floppy0, any PC
%include "floppy.inc"
    floppy_start 24

    ; Characters in B800h are what INT 10h reads; the CRTC's cursor is the one of the BIOS.
    mov ax, 0x0003
    int 0x10
    mov ax, 0xb800
    mov es, ax
    mov word [es:(5 * 80 + 7) * 2], 0x1e51
    mov ah, 0x02
    mov bh, 0
    mov dx, 0x0507
    int 0x10
    mov ah, 0x08
    mov bh, 0
    int 0x10
    cmp ax, 0x1e51
    check e, "text INT 10h reads something else than B800h"
    mov ah, 0x0f
    call crtc
    mov bl, al
    mov ah, 0x0e
    call crtc
    mov bh, al
    cmp bx, 5 * 80 + 7
    check e, "text the cursor of the CRTC"
    mov ax, 0x0601              ; one line up
    mov bh, 0x07
    xor cx, cx
    mov dx, 0x184f
    int 0x10
    cmp word [es:(4 * 80 + 7) * 2], 0x1e51
    check e, "text did not scroll"
    mov dx, 0x3d4               ; as editors do: a cursor of other lines, read back
    mov ax, 0x060a
    out dx, ax
    mov ax, 0x070b
    out dx, ax
    mov ah, 0x0a
    call crtc
    cmp al, 0x06
    check e, "text cursor lines"
    mov ax, 0x0501              ; page 1
    int 0x10
    mov ah, 0x0c
    call crtc
    mov bh, al
    mov ah, 0x0d
    call crtc
    mov bl, al
    shl bx, 1                   ; the CRTC counts characters
    cmp bx, [0x44e]
    check e, "text the page of the CRTC"
    mov ax, 0x0500
    int 0x10
    pass "text"

    ; Both states of the retrace that snow-free writes wait for.
    mov dx, 0x3da
    mov ecx, 5000000
.retrace:
    in al, dx
    test al, 0x08
    loopz .retrace, ecx
    check nz, "retrace none"
.display:
    in al, dx
    test al, 0x08
    loopnz .display, ecx
    check z, "retrace without end"
    pass "retrace"

    ; The DAC by its ports and by the BIOS.
    mov dx, 0x3c8
    mov al, 0x42
    out dx, al
    inc dx
    mov al, 0x15
    out dx, al
    mov al, 0x2a
    out dx, al
    mov al, 0x3f
    out dx, al
    mov ax, 0x1015
    mov bx, 0x42
    int 0x10
    cmp dh, 0x15
    check e, "dac red by the BIOS"
    cmp cx, 0x2a3f
    check e, "dac green and blue by the BIOS"
    mov ax, 0x1010
    mov bx, 0x43
    mov dh, 0x01
    mov cx, 0x0203
    int 0x10
    mov dx, 0x3c7
    mov al, 0x42
    out dx, al
    mov dx, 0x3c9
    push ds
    pop es
    mov di, colours
    mov cx, 6
    rep insb
    cmp dword [colours], 0x013f2a15
    check e, "dac by ports"
    cmp word [colours + 4], 0x0302
    check e, "dac next entry by ports"
    pass "dac"

    ; Mode 13h in A000h, and planes of mode 12h by the sequencer's map mask.
    mov ax, 0x0013
    int 0x10
    mov ax, 0xa000
    mov es, ax
    mov byte [es:100 * 320 + 50], 0x77
    mov ah, 0x0d
    mov bh, 0
    mov cx, 50
    mov dx, 100
    int 0x10
    cmp al, 0x77
    check e, "graphics mode 13h"
    mov ax, 0x0012
    int 0x10
    mov dx, 0x3c4
    mov ax, 0x0502              ; planes 0 and 2
    out dx, ax
    mov byte [es:10 * 80 + 3], 0x20
    mov ax, 0x0f02
    out dx, ax
    mov ah, 0x0d
    mov cx, 3 * 8 + 2
    mov dx, 10
    int 0x10
    cmp al, 5
    check e, "graphics planes"
    mov dx, 0x3ce               ; write mode 2 with a bit mask
    mov ax, 0x0205
    out dx, ax
    mov ax, 0x1008
    out dx, ax
    mov al, [es:10 * 80 + 3]
    mov byte [es:10 * 80 + 3], 9
    mov ax, 0xff08
    out dx, ax
    mov ax, 0x0005
    out dx, ax
    mov ah, 0x0d
    mov cx, 3 * 8 + 3
    mov dx, 10
    int 0x10
    cmp al, 9
    check e, "graphics write mode 2"
    mov ah, 0x0d
    mov cx, 3 * 8 + 2
    int 0x10
    cmp al, 5
    check e, "graphics bit mask"
    mov ax, 0x0003
    int 0x10
    pass "graphics"

    ; The timer to 1 kHz and back, the old handler called at its own rate: the BIOS's clock goes on as
    ; the RTC's periodic interrupt of 1024 Hz says.
    cli
    mov eax, [8 * 4]
    mov [old_timer], eax
    hook 8, fast_timer
    hook 0x70, rtc_interrupt
    in al, 0xa1
    and al, 0xfe
    out 0xa1, al
    in al, 0x21
    and al, 0xfa
    out 0x21, al
    mov ax, 0x0b40              ; register B: periodic interrupts
    call cmos_update
    mov al, 0x0c
    call cmos_read
    mov al, 0x34
    out 0x43, al
    mov ax, 1193
    out 0x40, al
    mov al, ah
    out 0x40, al
    mov ax, [0x46c]
    mov [began], ax
    mov dword [fast_ticks], 0
    mov word [rtc_ticks], 0
    sti
.fast:
    hlt
    cmp word [rtc_ticks], 1024
    jb .fast
    cli
    mov ax, [fast_ticks]
    cmp ax, 950
    check ae, "timer-1khz too slow"
    cmp ax, 1050
    check be, "timer-1khz too fast"
    mov ax, [0x46c]
    sub ax, [began]
    cmp ax, 17
    check ae, "timer-1khz the BIOS has lost ticks"
    cmp ax, 19
    check be, "timer-1khz the BIOS has too many ticks"
    pass "timer-1khz"
    mov al, 0x36
    out 0x43, al
    xor al, al
    out 0x40, al
    out 0x40, al
    mov eax, [old_timer]
    mov [8 * 4], eax
    sti
    call next_second
    mov bx, [0x46c]
    call next_second
    mov ax, [0x46c]
    sub ax, bx
    cmp ax, 17
    check ae, "timer-back ticks too slow"
    cmp ax, 20
    check be, "timer-back ticks too fast"
    cli
    mov ax, 0x0b00
    call cmos_update
    mov al, 0x0c
    call cmos_read
    sti
    pass "timer-back"

    ; Channel 2 behind its gate, as delay loops use it, and the speaker's bit.
    in al, 0x61
    and al, 0xfc
    out 0x61, al
    mov al, 0xb0
    out 0x43, al
    mov ax, 0x1000
    out 0x42, al
    mov al, ah
    out 0x42, al
    in al, 0x61
    test al, 0x20
    check z, "speaker output before the gate opens"
    or al, 0x01
    and al, 0xfd
    out 0x61, al
    mov ecx, 50000000
.gate:
    in al, 0x61
    test al, 0x20
    loopz .gate, ecx
    check nz, "speaker output stays low"
    or al, 0x03
    out 0x61, al
    in al, 0x61
    and al, 0x03
    cmp al, 0x03
    check e, "speaker bits"
    and al, 0xfc
    out 0x61, al
    pass "speaker"

    ; The coprocessor: power-on masks its errors; one that is not masked is IRQ 13, which the BIOS
    ; passes on as an NMI is. The instruction that waits for the error goes on behind its handler.
    fnstcw [numeric_control]
    cmp word [numeric_control], 0x037f
    check e, "coprocessor control word"
    cli
    hook 2, numeric_error
    sti
    mov word [numeric_control], 0x037b
    fldcw [numeric_control]
    fld1
    fldz
    fdivp st1
    fwait
    fninit
    cmp word [numeric_errors], 1
    check e, "coprocessor number of errors"
    test word [numeric_status], 0x0004
    check nz, "coprocessor other error than division by zero"
    pass "coprocessor"

    ; The keyboard controller's commands, and the keyboard's behind it.
    cli
    in al, 0x21
    or al, 0x02
    out 0x21, al
    sti
    mov al, 0xad                ; keyboard off, as the self test wants it
    call controller
    mov al, 0xaa
    call controller
    call answer
    cmp al, 0x55
    check e, "8042 self test"
    mov al, 0xab
    call controller
    call answer
    cmp al, 0x00
    check e, "8042 keyboard line"
    mov al, 0x60
    call controller
    mov al, 0x55                ; off, translated, interrupt
    call device
    mov al, 0x20
    call controller
    call answer
    cmp al, 0x55
    check e, "8042 command byte"
    mov al, 0x60
    call controller
    mov al, 0x45
    call device
    mov al, 0xae
    call controller
    mov al, 0x20
    call controller
    call answer
    test al, 0x10
    check z, "8042 keyboard stays off"
    pass "8042"
    mov al, 0xee
    call device
    call answer
    cmp al, 0xee
    check e, "keyboard echo"
    mov al, 0xed
    call device
    call answer
    cmp al, 0xfa
    check e, "keyboard LEDs"
    mov al, 0x07
    call device
    call answer
    cmp al, 0xfa
    check e, "keyboard LED bits"
    mov al, 0xf3
    call device
    call answer
    mov al, 0x20
    call device
    call answer
    cmp al, 0xfa
    check e, "keyboard typematic"
    mov al, 0xf2
    call device
    call answer
    cmp al, 0xfa
    check e, "keyboard identify"
    call answer
    cmp al, 0xab
    check e, "keyboard identity"
    call answer
    cmp al, 0x41
    check e, "keyboard identity, translated"
    mov al, 0xff
    call device
    call answer
    cmp al, 0xfa
    check e, "keyboard reset"
    call answer
    cmp al, 0xaa
    check e, "keyboard self test"
    pass "keyboard"

    ; A scan code by the controller's command D2h comes as IRQ 1: the BIOS makes a key of it.
    cli
    in al, 0x21
    and al, 0xfd
    out 0x21, al
    sti
    mov al, 0x1e
    call scan_code
    mov al, 0x9e
    call scan_code
    mov ah, 0
    int 0x16
    cmp ax, 0x1e61
    check e, "scan-code other key"
    pass "scan-code"

    ; Tracks by the floppy controller and DMA, both heads in one command, without the BIOS.
    mov eax, [0x0e * 4]
    mov [old_floppy], eax
    cli
    hook 0x0e, floppy_interrupt
    in al, 0x21
    and al, 0xbf
    out 0x21, al
    sti
    mov dx, 0x3f2
    xor al, al
    mov byte [floppy_happened], 0
    out dx, al                  ; reset
    mov cx, 100
.reset:
    in al, 0x80
    loop .reset
    mov al, 0x1c
    out dx, al
    call wait_floppy
    mov cx, 4                   ; a status for each drive
.polled:
    push cx
    mov si, sense
    call floppy_command
    call floppy_result
    and al, 0xc0
    cmp al, 0xc0
    check e, "floppy reset status"
    call floppy_result
    pop cx
    dec cx
    jnz .polled
    mov dx, 0x3f7
    xor al, al
    out dx, al                  ; 500 kbit/s
    mov si, specify
    call floppy_command
    mov si, recalibrate
    call floppy_seek
    cmp ax, 0x0020
    check e, "floppy recalibrate"
    mov si, seek_5
    call floppy_seek
    cmp ax, 0x0520
    check e, "floppy seek"
    mov al, 0x46
    mov si, read_both
    mov bx, 36 * 512 - 1
    call transfer
    check e, "floppy read status"
    mov ax, 0x0224              ; the same 36 sectors by the BIOS
    call bios_track
    mov di, 36 * 128
    call compare
    check e, "floppy other data than INT 13h reads"
    pass "floppy-read"

    ; And a sector that is written is the BIOS's.
    mov ax, 0x2000
    mov es, ax
    xor di, di
    mov cx, 256
    mov ax, 0x1357
.fill:
    add ax, 0x3b1d
    stosw
    loop .fill
    mov si, seek_5
    call floppy_seek
    mov al, 0x4a
    mov si, write_one
    mov bx, 511
    call transfer
    check e, "floppy write status"
    mov ax, 0x0203
    call bios_track
    push ds
    push 0x3000
    pop ds
    mov si, 2 * 512
    mov di, 0
    push 0x2000
    pop es
    mov cx, 256
    repe cmpsw
    pop ds
    check e, "floppy INT 13h does not read what was written"
    pass "floppy-write"
    finish

%include "dos_devices.inc"
%include "dos_floppy.inc"

numeric_error:
    fnstsw [cs:numeric_status]
    fnclex
    inc word [cs:numeric_errors]
    iret

    align 4
numeric_control dw 0
numeric_status  dw 0
numeric_errors  dw 0
                dw 0
old_timer       dd 0
old_floppy      dd 0
fast_ticks      dd 0
rtc_ticks       dw 0
cycles          dw 0
began           dw 0
colours         times 6 db 0
floppy_happened db 0
sense           db 1, 0x08
specify         db 3, 0x03, 0xdf, 0x02
recalibrate     db 2, 0x07, 0x00
seek_5          db 3, 0x0f, 0x00, 5
read_both       db 9, 0xe6, 0x00, 5, 0, 1, 2, 18, 0x1b, 0xff
write_one       db 9, 0x45, 0x00, 5, 0, 3, 2, 18, 0x1b, 0xff
    floppy_end
