# SPDX-License-Identifier: BSD-2-Clause
"""One run: console bytes from the emulator to the terminal, keys the other way, the exit status."""

import os
import re
import select
import sys
import termios
import time
import tty
from pathlib import Path

ALL_ENDED = re.compile(rb"vestige: all VMs ended, exit status (\d+)\r?\n")
NOT_STARTED = re.compile(rb"vestige: (panic: .*|.*not started.*)\r?\n")
TIME_OUT, FAULT, DID_NOT_START = 124, 126, 127
AFTER_PANIC = 2.0  # seconds for the rest of a report
KEY_INTERVAL = 0.02  # a UART without interrupts on the other side
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
WALL_PER_CPU_SECOND = 15  # how slow a loaded machine may make an emulator


def cpu_seconds(process):
    """Processor time that a process has had; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


class Session:
    """Pumps until the hypervisor says that it is done, the emulator ends or the time is over: timeout
    counts seconds of the clock, cpu_limit those that the emulator got from the processor."""

    def __init__(self, machine, timeout=None, keys=None, sink=None, serial=None, cpu_limit=None):
        self.machine = machine
        self.cpu_limit = cpu_limit
        if cpu_limit:
            timeout = cpu_limit * WALL_PER_CPU_SECOND
        self.deadline = time.monotonic() + timeout if timeout else None
        self.keys = keys
        self.sink = sink
        self.serial = serial
        self.seen = b""
        self.pending = b""
        self.next_key = 0.0
        self.started = False

    def show(self, data):
        """The emulator's own chatter comes before the first line of the hypervisor."""
        self.seen += data
        if not self.started:
            begin = self.seen.find(b"vestige: ")
            if begin < 0:
                return
            self.started = True
            self.seen = data = self.seen[begin:]
        if self.sink:
            self.sink(data)
        if self.serial:
            self.serial.write(data)
            self.serial.flush()

    def verdict(self):
        ended = ALL_ENDED.search(self.seen)
        if ended:
            return int(ended[1])
        if NOT_STARTED.search(self.seen):
            return DID_NOT_START
        return None

    def feed(self):
        """Keys one by one, at a pace that a polled UART can follow."""
        now = time.monotonic()
        if self.pending and now >= self.next_key:
            self.machine.send(self.pending[:1])
            self.pending = self.pending[1:]
            self.next_key = now + KEY_INTERVAL

    def is_over(self):
        if self.deadline and time.monotonic() > self.deadline:
            return True
        return bool(self.cpu_limit) and cpu_seconds(self.machine.process) > self.cpu_limit

    def run(self, watch=None):
        """The exit status. `watch(session)` may end the run with a status of its own."""
        status = None
        while status is None:
            sources = [self.machine.output] + ([self.keys] if self.keys is not None else [])
            ready, _, _ = select.select(sources, [], [], 0.05)
            if self.machine.output in ready:
                data = os.read(self.machine.output.fileno(), 65536)
                if not data:
                    status = self.verdict()
                    return DID_NOT_START if status is None else status
                self.show(data)
            if self.keys is not None and self.keys in ready:
                typed = os.read(self.keys.fileno(), 4096)
                self.pending += typed
                if not typed:
                    self.keys = None
            self.feed()
            status = self.verdict()
            if status is None and watch:
                status = watch(self)
            if status is None and self.is_over():
                return TIME_OUT
        self.finish_report(status)
        return status

    def finish_report(self, status):
        end = time.monotonic() + (AFTER_PANIC if status == DID_NOT_START else 0.2)
        while time.monotonic() < end:
            ready, _, _ = select.select([self.machine.output], [], [], 0.1)
            if ready:
                data = os.read(self.machine.output.fileno(), 65536)
                if not data or b"vestige" not in data:
                    return
                self.show(data)


class RawTerminal:
    """The terminal passes every key on while the run lasts."""

    def __enter__(self):
        self.saved = termios.tcgetattr(sys.stdin) if sys.stdin.isatty() else None
        if self.saved:
            tty.setraw(sys.stdin)
        return self

    def __exit__(self, *_):
        if self.saved:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self.saved)
