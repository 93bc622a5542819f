# SPDX-License-Identifier: BSD-2-Clause
"""A newcomer's first debugging session, as README.md shows it."""

import re

from gdb import GdbSession
from vestige.tree import BUILD, SOURCE, TOOLS

README = SOURCE / "README.md"
FRESH = BUILD / "test-logs/first-debugging-session.txt"
HEAD = """\
$ tools/run --gdb --append gdb=com2,wait floppy.img     # one terminal
$ tools/gdb                                             # another one
"""
COMMANDS = [
    "x/i $pc", "break *0x7c00", "continue", "x/3i $pc", "stepi", "stepi", "where-is", "x/4i $pc",
    "tbreak *0x7c20", "continue", "x/2xh $sp", "watch *(short *)0x600", "continue", "x/i $pc",
    "delete", "monitor bint 10 0e", "continue", "monitor u 0:7c30 3", "monitor del all", "out",
    "monitor screen", "detach",
]
# Where the BIOS has its stubs moves whenever the ROM grows.
STUB = re.compile(r"\b0x000f[0-9a-f]{4}\b")
HIDDEN = re.compile(r"^\+\+|^warning:|^of GDB|^determining|^$")


def transcript(text):
    """The session as it looks at a prompt."""
    lines = [line for line in text.split("\n") if not HIDDEN.match(line)]
    return HEAD + "".join(
        (f"(gdb) {line[1:]}" if line.startswith("+") else line).rstrip().expandtabs(4) + "\n"
        for line in lines)


def check(text):
    fresh = transcript(text)
    FRESH.write_text(fresh)
    if f"```console\n{STUB.sub('', fresh)}```" not in STUB.sub("", README.read_text()):
        return f"{README.name} does not show the session that build/test-logs/{FRESH.name} is now"
    return ""


SESSION = GdbSession(commands=COMMANDS, expect=[r"New value = 4660"], name="first-session",
                     script=str(TOOLS / "gdb-commands"), check=check)
