// SPDX-License-Identifier: BSD-2-Clause
// Both multiboot headers and the 32-bit entry: from the loader's protected mode to long mode.
// Multiboot 1 carries the address fields so that loaders without ELF64 support take the file.

.set mb1_magic, 0x1badb002
.set mb1_flags, 0x00010003          // modules on pages, memory map, address fields
.set mb2_magic, 0xe85250d6

.section .multiboot, "a"
.balign 8
mb1_header:
    .long mb1_magic, mb1_flags, -(mb1_magic + mb1_flags)
    .long mb1_header, image_start, image_data_end, image_end, start32
.balign 8
mb2_header:
    .long mb2_magic, 0, mb2_header_end - mb2_header
    .long -(mb2_magic + (mb2_header_end - mb2_header))
    .balign 8                        // module alignment
    .short 6, 0
    .long 8
    .balign 8                        // end
    .short 0, 0
    .long 8
mb2_header_end:

.section .text.boot, "ax"
.code32
.global start32
start32:
    cli
    cld
    mov $boot_stack_top, %esp
    mov %eax, %esi                   // loader's magic
    mov %ebx, %edi                   // loader's information
    mov $0x80000000, %eax
    cpuid
    cmp $0x80000001, %eax
    jb no_long_mode
    mov $0x80000001, %eax
    cpuid
    bt $29, %edx
    jnc no_long_mode

    // Identity map of the first 4 GiB with 2 MiB pages; replaced once C++ knows the machine.
    mov $boot_pdpt + 3, %eax
    mov %eax, boot_pml4
    mov $boot_pd + 3, %eax
    mov $boot_pdpt, %edx
    mov $4, %ecx
1:  mov %eax, (%edx)
    add $0x1000, %eax
    add $8, %edx
    loop 1b
    mov $0x83, %eax
    mov $boot_pd, %edx
    mov $2048, %ecx
2:  mov %eax, (%edx)
    add $0x200000, %eax
    add $8, %edx
    loop 2b

    mov $boot_pml4, %eax
    mov %eax, %cr3
    mov $0x20, %eax                  // PAE
    mov %eax, %cr4
    mov $0xc0000080, %ecx            // EFER.LME
    rdmsr
    or $0x100, %eax
    wrmsr
    mov $0x80010033, %eax            // PG, WP, NE, ET, MP, PE
    mov %eax, %cr0
    lgdt boot_gdt_pointer
    ljmp $0x08, $start64

// No long mode: say so on the first serial port, end an emulator with status 127, stop.
no_long_mode:
    mov $uart_set_up, %esi
3:  lodsw                            // register and value
    test %al, %al
    jz 4f
    movzbl %al, %edx
    add $0x300, %edx
    mov %ah, %al
    out %al, %dx
    jmp 3b
4:  mov $no_long_mode_text, %esi
5:  mov $0x3fd, %edx
6:  in %dx, %al
    test $0x20, %al
    jz 6b
    lodsb
    test %al, %al
    jz 7f
    mov $0x3f8, %edx
    out %al, %dx
    out %al, $0xe9
    jmp 5b
7:  mov $127, %al
    out %al, $0xf4
    mov $shutdown_text, %esi
    mov $shutdown_text_end - shutdown_text, %ecx
    mov $0x8900, %edx
    rep outsb
8:  hlt
    jmp 8b

.code64
start64:
    mov $0x10, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    xor %eax, %eax
    mov %eax, %fs
    mov %eax, %gs
    xor %ebp, %ebp
    xchg %esi, %edi                  // main(magic, information)
    mov $boot_stack_top, %esp
    call vestige_main
9:  hlt
    jmp 9b

.section .rodata
uart_set_up:                         // 115200 8n1, as pairs of port - 300h and value; 0 ends
    .byte 0xfb, 0x80, 0xf8, 1, 0xf9, 0, 0xfb, 3, 0, 0
shutdown_text:
    .ascii "Shutdown"
shutdown_text_end:
no_long_mode_text:
    .asciz "vestige: panic: this CPU has no 64-bit mode\r\n"
.balign 8
boot_gdt:
    .quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff
boot_gdt_pointer:
    .short boot_gdt_pointer - boot_gdt - 1
    .long boot_gdt, 0

.section .bss
.balign 4096
boot_pml4: .skip 4096
boot_pdpt: .skip 4096
boot_pd:   .skip 4 * 4096
.global boot_stack_guard, boot_stack_top
boot_stack_guard: .skip 4096         // unmapped by C++
.skip 32768
boot_stack_top:
