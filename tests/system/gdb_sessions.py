# SPDX-License-Identifier: BSD-2-Clause
"""What GDB is made to do to guests, and what it must say."""

from gdb import GdbSession

# guest/tests/gdb_tour.asm from its first instruction, all in one session, through three modes.
TOUR = [GdbSession(
    commands=[
        "x/i $pc", "x/5xb 0xffff0", "x/2xb 0xfffffff0", "info threads",
        "break *0x7c00", "continue", "x/2i $pc", "stepi", "stepi", "x/i $pc",
        "info registers eip cs ip",
        "tbreak *0x7c20", "continue", "x/2xh $sp", "info registers esp ss sp16",
        "watch *(unsigned short *)0x600", "continue", "x/i $pc", "delete",
        "tbreak *0x7c36", "continue", "stepi", "x/i $pc", "set $pc = 0x7c30",
        "monitor bint 10 0e", "continue", "monitor where", "monitor del all",
        "tbreak *0x7c40", "continue", "monitor nexti", "stepi", "x/i $pc",
        "tbreak *0x7c4e", "continue", "stepi", "x/i $pc", "print $cx",
        "tbreak *0x7c50", "continue", "set var *(char *)0x610 = 1",
        "tbreak *0x7c68", "continue", "stepi", "x/i $pc", "show architecture",
        "tbreak *0x7ca0", "continue", "x/i $pc", "x/xw $sp",
        "tbreak *0x7d20", "continue", "x/i $pc", "show architecture",
        "stepi", "print/x $rax", "continue",
    ],
    expect=[
        r"=> 0xfffffff0:\tljmp   \$0xf000,\$0xe05b", r"0xffff0:\t0xea\t0x5b\t0xe0\t0x00\t0xf0",
        r"0xfffffff0:\t0xea\t0x5b", r"Thread 1 \(VM a on CPU 0\)",
        r"Breakpoint 1, 0x00007c00", r"=> 0x7c00:\tcli", r"0x7c01:\tljmp   \$0x7c0,\$0x10",
        r"=> 0x7c10:\tmov    \$0x1000,%ax",
        r"eip +0x7c10", r"cs +0x7c0 ", r"ip +0x10 ",
        r"Temporary breakpoint 2, 0x00007c20", r"0x101fc:\t0x1111\t0x2222",
        r"esp +0x101fc", r"ss +0x1000 ", r"sp16 +0x1fc ",
        r"Hardware watchpoint 3", r"New value = 4660", r"=> 0x7c2c:",
        r"Temporary breakpoint", r"=> 0x7c38:",
        r"breakpoint \d+: int 10h ah=0eh before", r"stopped: breakpoint",
        r"Temporary breakpoint", r"=> 0x7c44:",
        r"Temporary breakpoint", r"=> 0x7c4e:\trep stos", r"= 2",
        r"Temporary breakpoint", r"Temporary breakpoint",
        r"=> 0x7c80:\tmov    \$0x10,%ax", r"currently \"i386\"",
        r"Temporary breakpoint", r"=> 0x7ca0:\tmov    \$0x12345678,%eax", r"0x6fffc:\t0x33333333",
        r"=> 0x7d20:\tmovabs \$0x1122334455667788,%rax", r"currently \"i386:x86-64\"",
        r"0x1122334455667788", r"exited normally",
    ])]
