# SPDX-License-Identifier: BSD-2-Clause
"""What GDB is made to do to guests, and what it must say."""

from gdb import GdbSession
from images import FOLDER as IMAGES
from vestige.tree import BUILD

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

# The 64 KiB boot ROM from the reset vector: ten instructions, then up to its first OUT.
ROM = [GdbSession(
    commands=["x/5xb 0xfffffff0", "x/i $pc", *["stepi", "x/i $pc"] * 10, "monitor reset",
              "maintenance flush register-cache", "x/i $pc", "monitor bio 0-ffff", "continue",
              "x/i $pc", "print/x $dx", "monitor del all"],
    expect=[r"0xfffffff0:\t0xea\t0x00\t0x00\t0x00\t0xf0", r"=> 0xfffffff0:\tljmp   \$0xf000,\$0x0",
            r"=> 0xf0000:\tmov    \$0x3fb,%dx", r"=> 0xf0003:\tmov    \$0x80,%al",
            r"=> 0xf0005:\tout    %al,\(%dx\)", r"=> 0xf0006:\tmov    \$0x3f8,%dx",
            r"=> 0xf0009:\tmov    \$0x1,%al", r"=> 0xf000b:\tout    %al,\(%dx\)",
            r"=> 0xf000c:\tmov    \$0x3f9,%dx", r"=> 0xf000f:\tmov    \$0x0,%al",
            r"=> 0xf0011:\tout    %al,\(%dx\)", r"=> 0xf0012:\tmov    \$0x3fb,%dx",
            r"=> 0xfffffff0:", r"port 0-ffff", r"=> 0xf0005:\tout", r"= 0x3fb"])]

# Two VMs as two threads: stopped, looked at and let go on one after the other; Ctrl-C, detach and
# attach again.
TWO_VMS = [
    GdbSession(
        name="first", after=r"Booting from floppy[\s\S]*A", interrupt=r"\+continue",
        commands=["info threads", "thread 2", "x/i $pc", "thread 1", "continue", "x/i $pc",
                  "print $pc >= 0x7c50 && $pc <= 0x7c55", "detach"],
        expect=[r"Thread 1 \(VM a on CPU 0\)", r"Thread 2 \(VM b on CPU 1\)",
                r"received signal SIGINT", r"= 1", r"detached"]),
    GdbSession(
        name="second", after=r"gdb: detached",
        commands=["info threads", "tbreak *0x7c57", "set var *(char *)0x610 = 1", "continue",
                  "x/i $pc", "thread 2", "x/i $pc", "set var *(char *)0x610 = 1", "continue"],
        expect=[r"Thread 2 \(VM b", r"Temporary breakpoint 1, 0x00007c57", r"lgdt",
                r"Switching to thread 2", r"exited normally"]),
]

# Every kind of breakpoint of the monitor's, and symbols: GDB's own, from an ELF file, and the
# monitor's, from the same file as a module.
BREAKS = [
    GdbSession(
        name="kinds",
        commands=[
            "monitor vb 07c0:0010", "continue", "x/i $pc",
            "monitor b 0x7c20 temp", "continue", "x/i $pc", "monitor breaks",
            "monitor watch w 0:600 2", "continue", "x/i $pc", "monitor where", "monitor del all",
            "monitor bexit io", "continue", "monitor where", "monitor del all",
            "monitor bint 10 0e if al == 42h", "monitor bint 10 0e after", "continue",
            "monitor where", "monitor breaks", "monitor del all",
            "monitor b 0x7c50 ignore 5", "continue", "monitor breaks", "monitor del all",
            "monitor b waiting if cx == 1", "monitor b 0x7c55 if cx == 0", "continue", "x/i $pc",
            "monitor breaks", "monitor del all",
            "monitor watch r 0:610", "continue", "monitor where", "monitor del all",
            "monitor watch rw 0:600 20", "continue", "monitor where", "monitor del all",
            "monitor hold off", "monitor hold on", "detach"],
        expect=[
            r"=> 0x7c10:", r"=> 0x7c20:", r"1: at 07c0:0010, 1 hits",
            r"=> 0x7c2c:", r"stopped: breakpoint \d+: write to 2 bytes at 600",
            r"stopped: breakpoint \d+:[^\n]*exit io",
            r"stopped: breakpoint \d+: int 10h ah=0eh after",
            r"int 10h ah=0eh before, 0 hits if al == 42", r"int 10h ah=0eh after, 1 hits",
            r", 6 hits, 5 ignored", r"=> 0x7c55:", r", 0 hits if cx == 1", r", 1 hits if cx == 0",
            r"stopped: breakpoint \d+: read of 1 bytes at 610",
            r"stopped: breakpoint \d+: access to 32 bytes at 600",
            r"interrupts come while stepping", r"interrupts stay away while stepping", r"detached"],
        forbidden=[r"[Pp]acket", r"\bE\d\d\b", r"no breakpoint"]),
    GdbSession(
        name="symbols", after=r"gdb: detached", file=str(IMAGES / "tour.elf"),
        commands=[
            "info symbol $pc", "monitor bt", "monitor sym code32", "monitor u waiting 1",
            "monitor x/2xb loaded", "set var *(char *)0x610 = 1", "monitor bmode", "continue",
            "monitor where", "monitor del all", "tbreak *code32", "continue", "x/i $pc",
            "info symbol $pc", "monitor trace insn", "monitor explain",
            f"restore {BUILD}/guest/tests/gdb_tour.bin binary 0x20000", "x/2xb 0x201fe",
            "detach"],
        expect=[
            r"waiting", r"<waiting", r"code32 is 7c80h", r"<waiting>", r"00007ca0",
            r"real mode -> 16-bit protected mode", r"Temporary breakpoint 1, 0x00007c80 in code32",
            r"=> 0x7c80 <code32>:\tmov    \$0x10,%ax", r"code32 in section", r"<code32>",
            r"Restoring binary file .*gdb_tour\.bin", r"0x201fe.*:\t0x55\t0xaa", r"detached"],
        forbidden=[r"[Pp]acket", r"\bE\d\d\b", r"no breakpoint"]),
]

# guest/tests/watched.asm: every way to reach memory, behind the instruction each time.
def watched(what, then):
    return [f"monitor watch {what}", "continue", "monitor where", "x/i $pc", *then,
            "monitor del all"]


WATCHED = [GdbSession(
    commands=[
        "tbreak *0x7c3e", "continue",
        *watched("r 0:5000", []), *watched("w 0:5010 20", []), *watched("rw 0:5010 9", []),
        "tbreak *0x7c68", "continue", *watched("w 0:5016 9", ["print $cx"]),
        "tbreak *0x7c70", "continue", *watched("r 0:5010 20", []),
        "tbreak *0x7c88", "continue", *watched("w 0:5010 20", []),
        "tbreak *0x7ca0", "continue", *watched("w 0:450 2", []), *watched("w 0:450 20", []),
        "tbreak *0x7cc0", "continue", *watched("w a000:0", []), *watched("r 0:5000", []),
        "monitor bexit vmcall", "continue", "monitor where", "monitor del all",
        "rwatch *(char *)0x5011", "awatch *(int *)0x5014", "info watchpoints", "continue", "delete",
        "detach"],
    expect=[
        r"read of 1 bytes at 5000 \(5ah, read\)", r"=> 0x7c42:",
        r"write to 32 bytes at 5010 \(0h -> 41h at 5011\)", r"=> 0x7c4d:",
        r"access to 9 bytes at 5010 \(41h -> 42h at 5011\)", r"=> 0x7c55:",
        r"write to 9 bytes at 5016 \(0h -> 63h at 5016\)", r"=> 0x7c6a:", r"= 0",
        r"read of 32 bytes at 5010 \(4200h at 5010, read\)", r"=> 0x7c74:",
        r"write to 32 bytes at 5010 \([0-9a-f]+h at 5018, written\)", r"=> 0x7c8a:",
        r"write to 2 bytes at 450 \([0-9a-f]+h -> 305h, not by an instruction\)",
        r"write to 32 bytes at 450 \(changed, not by an instruction\)",
        r"write to 1 bytes at a0000", r"=> 0x7cc4:",
        r"read of 1 bytes at 5000 \(5ah, read\)", r"=> 0x7cc9:",
        r"stopped: breakpoint \d+: exit vmcall",
        r"Hardware read watchpoint \d+: \*\(char", r"Value = 66 'B'", r"detached"])]

# A guest that looks for traces of a debugger, executed one instruction at a time.
STEPPED = [GdbSession(
    commands=["set remotetimeout 600", "tbreak *0x7c00", "continue", "monitor stepi 100000000"],
    expect=[r"Temporary breakpoint 1"])]
