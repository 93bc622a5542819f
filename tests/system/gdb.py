# SPDX-License-Identifier: BSD-2-Clause
"""GDB at the hypervisor's port: sessions one after the other, beside the run that they are about."""

import re
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field

LAST_WORDS = 30  # seconds
A_MOMENT = 1.0


@dataclass
class GdbSession:
    """`gdb -batch` with nothing but `target remote` in front of `commands`. What it prints must match
    `expect` in this order. It starts when the console shows `after`; Ctrl-C is pressed a moment after
    GDB has shown `interrupt`."""

    commands: list
    expect: list
    after: str = r"gdb: on com2"
    interrupt: str = ""
    file: str = ""  # with symbols
    name: str = "gdb"
    script: str = ""  # read before anything else
    check: object = None  # of the whole output: what is wrong, or nothing
    forbidden: list = field(default_factory=lambda: [r"[Pp]acket", r"\bE\d\d\b", r"[Ii]gnoring"])


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def command_line(port, session):
    words = ["gdb", "-batch", "-nx"]
    if session.script:
        words += ["-x", session.script]
    if session.file:
        words += ["-ex", f"file {session.file}"]
    words += ["-ex", f"target remote 127.0.0.1:{port}", "-ex", "set trace-commands on"]
    for command in session.commands:
        words += ["-ex", command]
    return words


def judge(session, text):
    """What is wrong with a session's output, in words; empty when all is as expected."""
    at = 0
    for pattern in session.expect:
        match = re.compile(pattern).search(text, at)
        if not match:
            return f"{session.name} did not show /{pattern}/"
        at = match.end()
    for pattern in session.forbidden:
        match = re.search(pattern, text)
        if match:
            return f"{session.name} showed {match[0]!r}"
    return session.check(text) if session.check else ""


class GdbRunner:
    """Starts the sessions in turn; tick() is called all the time while the machine runs."""

    def __init__(self, sessions, port, folder):
        self.waiting = list(sessions)
        self.port = port
        self.folder = folder
        self.process = None
        self.session = None
        self.problem = ""
        self.outputs = []

    @property
    def done(self):
        return not self.waiting and self.process is None

    def path(self, session):
        return self.folder / f"{session.name}-{len(self.outputs)}.txt"

    def tick(self, console):
        if self.process is None and self.waiting:
            if re.search(self.waiting[0].after, console):
                self.session = self.waiting.pop(0)
                self.interrupted = False
                self.output = open(self.path(self.session), "wb")
                self.process = subprocess.Popen(
                    command_line(self.port, self.session), stdin=subprocess.DEVNULL,
                    stdout=self.output, stderr=subprocess.STDOUT, start_new_session=True)
        elif self.process is not None:
            self.watch()

    def watch(self):
        wanted = self.session.interrupt
        if wanted and not self.interrupted:
            shown = self.path(self.session).read_text(errors="replace")
            if re.search(wanted, shown):
                time.sleep(A_MOMENT)
                self.process.send_signal(signal.SIGINT)
                self.interrupted = True
        if self.process.poll() is not None:
            self.output.close()
            text = self.path(self.session).read_text(errors="replace")
            self.problem = self.problem or judge(self.session, text)
            if self.problem:
                self.waiting = []
            self.outputs.append(text)
            self.process = None

    def finish(self, console):
        """The machine has ended: what GDB still has to say."""
        end = time.monotonic() + LAST_WORDS
        while not self.done and time.monotonic() < end:
            self.tick(console)
            time.sleep(0.1)

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.output.close()
            self.problem = self.problem or f"{self.session.name} did not end"
