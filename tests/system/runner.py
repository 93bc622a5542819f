# SPDX-License-Identifier: BSD-2-Clause
"""Runs one case through the same code as tools/run and judges what its console showed."""

import hashlib
import re
import shutil
from dataclasses import replace

from vestige import runner
from vestige.options import parse_options
from vestige.session import TIME_OUT, Session, cpu_seconds
from vestige.tree import BUILD

import exits
import kernel_log
from bare import console_until
from gdb import GdbRunner, free_port
from images import image
from pictures import Pictures

LOGS = BUILD / "test-logs"
MATCHED = -1
# Ticks of the CPU: GRUB's when it starts the kernel, the shell's when it starts.
HANDOVER, SHELL = r"HANDOVER-TICKS (?:0x)?([0-9a-f]+)", r"SHELL-TICKS ([0-9a-f]+)\r?\n"


class Script:
    """Looks for the expected texts in order and types the keys."""

    def __init__(self, case):
        self.case = case
        self.found = 0
        self.from_here = 0
        self.keys = dict(case.keys)
        self.gdb = None
        self.pictures = None

    def __call__(self, session):
        text = session.seen.decode("latin-1")
        if self.gdb:
            self.gdb.tick(text)
            if self.gdb.done and self.gdb.problem:
                return MATCHED
        if self.pictures:
            self.pictures.tick(session)
        while self.found < len(self.case.expect):
            match = re.compile(self.case.expect[self.found]).search(text, self.from_here)
            if not match:
                break
            self.from_here = match.end()
            self.found += 1
        for pattern in [p for p in self.keys if re.search(p, text)]:
            session.pending += self.keys.pop(pattern).encode("latin-1")
        done = self.found == len(self.case.expect) and not self.missing(text)
        done = done and (self.gdb is None or self.gdb.done)
        done = done and (self.pictures is None or self.pictures.done)
        return MATCHED if done and self.case.status is None else None

    def missing(self, text):
        return [pattern for pattern in self.case.also if not re.search(pattern, text)]


FILE = re.compile(r"(guest|image):([\w.+-]+)")


def file_of(match):
    kind, name = match[1], match[2]
    return BUILD / f"guest/tests/{name}.bin" if kind == "guest" else image(name)


def arguments_of(case, folder):
    words = ["--no-build", "--run-dir", str(folder)]
    if "--boot" not in case.arguments:
        words += ["--boot", "direct"]
    for vm in case.vms:
        words += ["--vm", FILE.sub(lambda match: str(file_of(match)), vm)]
    return words + case.arguments


def with_sums(patterns):
    """MD5(NAME) becomes the sum of that image."""
    return [re.sub(r"MD5\(([\w.+-]+)\)",
                   lambda match: hashlib.md5(image(match[1]).read_bytes()).hexdigest(), pattern)
            for pattern in patterns]


def judge(case, script, status, text, complaints):
    """What is wrong, in words; empty when all is as expected."""
    if script.found < len(case.expect):
        ending = "time-out" if status == TIME_OUT else f"exit status {status}"
        return f"did not show /{case.expect[script.found]}/ ({ending})"
    if script.missing(text):
        return f"did not show /{script.missing(text)[0]}/ anywhere"
    for pattern in case.forbidden:
        found = re.search(pattern, text)
        if found:
            return f"showed {found[0]!r}"
    if case.status is not None and status != case.status:
        return f"exit status {status} instead of {case.status}"
    if complaints and not case.complaints:
        return f"the emulator complained: {complaints[0]}"
    if case.complaints and not complaints:
        return "the emulator's log does not agree"
    return ""


def boot_ticks(text):
    start, end = re.search(HANDOVER, text), re.search(SHELL, text)
    return int(end[1], 16) - int(start[1], 16) if start and end else None


def compare_with_bare(case, text):
    """Prints how much longer the guest took than the machine itself would have, and what its kernel
    complained about."""
    folder = LOGS / f"{case.name}-bare"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    without = console_until(folder, image(case.bare), kernel_log.END, case.limit,
                            {f"(?s){SHELL}.*# ": kernel_log.COMMAND})
    guest, bare = boot_ticks(text), boot_ticks(without)
    if not guest or not bare:
        return "the ticks of the boot are missing"
    print(f"{case.name}: {guest} ticks from the loader to the shell, {bare} without Vestige: "
          f"ratio {guest / bare:.3f}", flush=True)
    if guest / bare > case.most_ratio:
        return f"took {guest / bare:.3f} times the ticks, not {case.most_ratio}"
    return kernel_log.compare(text, without)


def run_case(case):
    case = replace(case, expect=with_sums(case.expect), also=with_sums(case.also))
    folder = LOGS / case.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    port = ["--gdb", str(free_port())] if case.gdb else []
    options = parse_options(arguments_of(case, folder) + port)
    options.memory = runner.needed_memory(options)
    options.cpu_model = case.cpu_model
    options.show_exits = case.count_exits
    machine = runner.make_machine(options, folder, False)
    console = (folder / "console.txt").open("wb", buffering=0)
    session = Session(machine, cpu_limit=case.limit, sink=console.write)
    script = Script(case)
    if case.gdb:
        script.gdb = GdbRunner(case.gdb, options.gdb, folder)
    if case.pictures:
        name, steps = case.pictures
        script.pictures = Pictures(file_of(FILE.match(name)), steps, folder)
    machine.start()
    try:
        status = session.run(script)
        script(session)
        if case.group:
            print(f"{case.name}: {cpu_seconds(machine.process):.0f} s of processor time", flush=True)
        if script.gdb:
            script.gdb.finish(session.seen.decode("latin-1"))
    finally:
        machine.stop()
        console.close()
        if script.gdb:
            script.gdb.stop()
    text = session.seen.decode("latin-1")
    if script.gdb and script.gdb.problem:
        return script.gdb.problem
    wrong = judge(case, script, status, text, machine.complaints())
    if script.pictures and not script.pictures.done:
        wrong = script.pictures.problem or wrong or "a picture is missing"
    if not wrong and case.count_exits:
        wrong = exits.compare(text)
    if not wrong and case.check:
        wrong = case.check(text)
    return wrong or (compare_with_bare(case, text) if case.bare else "")
