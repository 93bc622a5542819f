# SPDX-License-Identifier: BSD-2-Clause
"""Pictures that a guest draws, taken from Vestige's monitor and compared with what the same image
draws in QEMU."""

import subprocess
import time

from vestige.picture import Taker, read_ppm
from vestige.tree import BUILD

FLOPPY = 1440 * 1024
PATIENCE = 120  # seconds for QEMU on a loaded machine


class Pictures:
    """The steps of a case: (text on port E9h that says that a picture is there, key to go on)."""

    def __init__(self, guest, steps, folder):
        self.steps = list(steps)
        self.folder = folder
        self.problem = ""
        self.taker = None
        self.number = 0
        self.references = draw_in_qemu(BUILD / f"guest/tests/{guest}.bin", steps, folder)

    @property
    def done(self):
        return bool(self.problem) or (not self.steps and not self.taker)

    def tick(self, session):
        if self.problem:
            return
        if not self.taker and self.steps and self.steps[0][0].encode() in session.seen:
            self.taker = Taker(session)
        picture = self.taker.poll() if self.taker else None
        if not picture:
            return
        picture.write(self.folder / f"picture{self.number}.png")
        wrong = picture.difference(self.references[self.number])
        if wrong:
            self.problem = f"picture {self.number}: {wrong} as in QEMU"
        session.pending += self.steps.pop(0)[1].encode()
        self.taker = None
        self.number += 1


def draw_in_qemu(image, steps, folder):
    """The pictures that the boot sector `image` draws there."""
    disk, said = folder / "qemu.img", folder / "qemu.e9"
    disk.write_bytes(image.read_bytes().ljust(FLOPPY, b"\0"))
    said.write_bytes(b"")
    machine = subprocess.Popen(
        ["qemu-system-x86_64", "-accel", "tcg", "-m", "32", "-display", "none", "-vga", "std",
         "-drive", f"file={disk},format=raw,if=floppy", "-debugcon", f"file:{said}", "-monitor",
         "stdio"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        pictures = []
        for number, (text, key) in enumerate(steps):
            end = time.monotonic() + PATIENCE
            while text.encode() not in said.read_bytes() and time.monotonic() < end:
                time.sleep(0.1)
            path = folder / f"qemu{number}.ppm"
            command(machine, f"screendump {path}")
            if key:
                command(machine, f"sendkey {key}")
            pictures.append(path)
        command(machine, "quit")
        machine.wait(PATIENCE)
        return [read_ppm(path) for path in pictures]
    finally:
        machine.kill()
        machine.wait()


def command(machine, line):
    machine.stdin.write(line.encode() + b"\n")
    machine.stdin.flush()
