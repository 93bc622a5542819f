# SPDX-License-Identifier: BSD-2-Clause
"""A CD on the emulated machine itself, without Vestige: what its guests are compared with."""

import os
import re
import select
import socket
import time

from vestige.bochs import CONFIG, FIXED_TIME, Bochs

MEMORY = 256  # MiB


class BareBochs(Bochs):
    """Bochs with its own BIOS; COM1 is the console."""

    def __init__(self, folder, cd):
        self.folder = folder
        self.link = None
        self.relay = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        medium = f"ata0-master: type=cdrom, path={cd}, status=inserted\nboot: cdrom"
        # The kernel reads MSRs that Bochs lacks and Vestige gives to its guests.
        config = CONFIG.replace("ignore_bad_msrs=0", "ignore_bad_msrs=1")
        (folder / "bochsrc").write_text(config.format(
            model=os.environ.get("BOCHS_CPU", "corei7_haswell_4770"), cpus=1, ips=50_000_000,
            memory=MEMORY, medium=medium, clock=FIXED_TIME, com2="",
            port=self.listener.getsockname()[1]))
        (folder / "commands").write_text("c\nq\n")


def console_until(folder, cd, pattern, limit):
    """What COM1 showed up to the pattern."""
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
    finally:
        machine.stop()
    (folder / "console.txt").write_text(seen)
    return seen
