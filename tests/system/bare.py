# SPDX-License-Identifier: BSD-2-Clause
"""A CD on the emulated machine itself, without Vestige: what its guests are compared with."""

import os
import re
import select
import socket
import time

from vestige.bochs import CONFIG, FIXED_TIME, Bochs
from vestige.session import KEY_INTERVAL

MEMORY = 256  # MiB
# The drives where a VM with a disk and a CD has them.
DRIVES = """\
ata0-master: type=disk, path=blank.disk, mode=flat
ata1: enabled=1, ioaddr1=0x170, ioaddr2=0x370, irq=15
ata1-master: type=cdrom, path={cd}, status=inserted
boot: cdrom"""
BLANK_CYLINDERS = 32  # of 16 heads and 63 sectors


def blank_disk(path):
    with path.open("wb") as disk:
        disk.truncate(BLANK_CYLINDERS * 16 * 63 * 512)


class BareBochs(Bochs):
    """Bochs with its own BIOS; COM1 is the console."""

    def __init__(self, folder, cd):
        self.folder = folder
        self.link = None
        self.relay = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        blank_disk(folder / "blank.disk")
        medium = DRIVES.format(cd=cd)
        # The kernel reads MSRs that Bochs lacks and Vestige gives to its guests.
        config = CONFIG.replace("ignore_bad_msrs=0", "ignore_bad_msrs=1")
        (folder / "bochsrc").write_text(config.format(
            model=os.environ.get("BOCHS_CPU", "corei7_haswell_4770"), cpus=1, ips=50_000_000,
            memory=MEMORY, medium=medium, clock=FIXED_TIME, com2="",
            port=self.listener.getsockname()[1]))
        (folder / "commands").write_text("c\nq\n")


def type_slowly(machine, text):
    for byte in text.encode("latin-1"):
        machine.send(bytes([byte]))
        time.sleep(KEY_INTERVAL)


def console_until(folder, cd, pattern, limit, keys=None):
    """What COM1 showed up to the pattern; keys as in a Case."""
    keys = dict(keys or {})
    machine = BareBochs(folder, cd)
    machine.start()
    seen = ""
    end = time.monotonic() + limit
    try:
        while not re.search(pattern, seen) and time.monotonic() < end:
            ready, _, _ = select.select([machine.link], [], [], 1)
            data = machine.link.recv(65536) if ready else b""
            if ready and not data:
                break
            seen += data.decode("latin-1")
            for prompt in [p for p in keys if re.search(p, seen)]:
                type_slowly(machine, keys.pop(prompt))
    finally:
        machine.stop()
    (folder / "console.txt").write_text(seen)
    return seen
