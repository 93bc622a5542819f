# SPDX-License-Identifier: BSD-2-Clause
"""What GDB shows of one boot floppy through Vestige's port and through QEMU's, command by command."""

import re
import subprocess
import time

from gdb import GdbSession, command_line, free_port
from vestige.tree import BUILD, SOURCE

FLOPPY = BUILD / "guest/tests/gdb_tour.bin"
DOCUMENT = SOURCE / "docs/debugging.md"
COMMANDS = [
    "x/i $pc", "x/5xb 0xfffffff0", "break *0x7c00", "continue", "x/2i $pc", "stepi", "stepi",
    "x/i $pc", "tbreak *0x7c20", "continue", "x/i $pc", "x/2xh $sp",
    "watch *(unsigned short *)0x600", "continue", "delete", "set var *(char *)0x610 = 1",
    "tbreak *0x7c80", "continue", "x/i $pc", "tbreak *0x7ca0", "continue", "x/i $pc", "x/xw $sp",
    "tbreak *0x7d20", "continue", "x/i $pc", "stepi", "print/x $rax",
]
QUIET = re.compile(r"^$|^(Temporary|Hardware)? ?(B|b|w)(reak|atch)point \d+(:| at)|^\[Inferior|"
                   r"^Remote target is|^warning:|^Do you need|^of GDB|^determining")


def answers(text):
    """One list of lines per command, from what `set trace-commands on` shows."""
    found = []
    for line in text.split("\n"):
        if line.startswith("+"):
            found.append((line[1:], []))
        elif found and not QUIET.match(line):
            found[-1][1].append(line.replace("\t", " ").rstrip())
    return found


def cell(lines):
    return "<br>".join(f"`{line}`" for line in lines) or " "


def table(ours, theirs):
    """Rows of a Markdown table for the commands that show something."""
    rows = []
    for (command, mine), (_, other) in zip(ours, theirs):
        if mine or other:
            rows.append(f"| `{command}` | {cell(mine)} | {cell(other)} |")
    return "\n".join(rows)


def check(text):
    """Our column must stand in the document; the whole table goes beside the test's logs."""
    ours = answers(text)
    fresh = table(ours, answers(run_qemu()))
    (BUILD / "test-logs/side-by-side.md").write_text(fresh + "\n")
    written = DOCUMENT.read_text()
    for command, lines in ours:
        if lines and f"| `{command}` | {cell(lines)} |" not in written:
            return f"{DOCUMENT.name} does not show this for '{command}': {lines}"
    return ""


def run_qemu():
    port = free_port()
    process = subprocess.Popen(
        ["qemu-system-x86_64", "-S", "-gdb", f"tcp:127.0.0.1:{port}", "-display", "none", "-drive",
         f"file={FLOPPY},format=raw,if=floppy,readonly=on", "-device",
         "isa-debug-exit,iobase=0xf4,iosize=4"], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        time.sleep(2)
        done = subprocess.run(command_line(port, QEMU_SESSION), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=120)
    finally:
        process.kill()
        process.wait()
    return done.stdout


SESSION = GdbSession(commands=COMMANDS, expect=[r"0x1122334455667788"], name="side-by-side",
                     forbidden=[], check=check)
QEMU_SESSION = GdbSession(commands=COMMANDS, expect=[])
