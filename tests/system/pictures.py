# SPDX-License-Identifier: BSD-2-Clause
"""Pictures that a guest draws, taken from Vestige's monitor and compared with what the same image
draws in QEMU. They may be taken before they are whole: both sides look again."""

import subprocess
import time

from vestige.picture import Taker, read_ppm

FLOPPY = 1440 * 1024
PATIENCE = 120  # seconds for QEMU on a loaded machine


class Pictures:
    """The steps of a case: (text on port E9h that says that a picture is there or about to be
    drawn, key to go on)."""

    def __init__(self, image, steps, folder):
        self.steps = list(steps)
        self.folder = folder
        self.problem = ""
        self.taker = None
        self.number = 0
        self.references = draw_in_qemu(image, steps, folder)

    @property
    def done(self):
        return not self.steps and not self.taker

    def tick(self, session):
        if not self.taker and self.steps and self.steps[0][0].encode() in session.seen:
            self.taker = Taker(session)
        picture = self.taker.poll() if self.taker else None
        if not picture:
            return
        picture.write(self.folder / f"picture{self.number}.png")
        wrong = picture.difference(self.references[self.number])
        if wrong:
            self.problem = f"picture {self.number}: {wrong} as in QEMU"
            self.taker = None
            return
        self.problem = ""
        session.pending += self.steps.pop(0)[1].encode()
        self.taker = None
        self.number += 1


def draw_in_qemu(image, steps, folder):
    """The pictures that the CD, or the code of a boot sector, draws there."""
    said = folder / "qemu.e9"
    said.write_bytes(b"")
    machine = subprocess.Popen(
        ["qemu-system-x86_64", "-accel", "tcg", "-m", "32", "-display", "none", "-vga", "std",
         "-drive", medium(image, folder), "-debugcon", f"file:{said}", "-monitor",
         "stdio"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        pictures = []
        for number, (text, key) in enumerate(steps):
            end = time.monotonic() + PATIENCE
            while text.encode() not in said.read_bytes() and time.monotonic() < end:
                time.sleep(0.1)
            pictures.append(settled(machine, folder / f"qemu{number}.ppm", end))
            if key:
                command(machine, f"sendkey {key}")
        command(machine, "quit")
        machine.wait(PATIENCE)
        return pictures
    finally:
        machine.kill()
        machine.wait()


def medium(image, folder):
    if image.suffix == ".iso":
        return f"file={image},format=raw,media=cdrom"
    floppy = folder / "qemu.img"
    floppy.write_bytes(image.read_bytes().ljust(FLOPPY, b"\0"))
    return f"file={floppy},format=raw,if=floppy"


def settled(machine, path, end):
    """The screen once it shows something and no longer changes."""
    before = b""
    while time.monotonic() < end:
        path.unlink(missing_ok=True)
        command(machine, f"screendump {path}")
        time.sleep(1)
        content = path.read_bytes() if path.exists() else b""
        if content and content == before and len(set(read_ppm(path).rows)) > 1:
            break
        before = content
    return read_ppm(path)


def command(machine, line):
    machine.stdin.write(line.encode() + b"\n")
    machine.stdin.flush()
