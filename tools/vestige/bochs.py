# SPDX-License-Identifier: BSD-2-Clause
"""Bochs: the machine with VMX. Output comes through port E9h, which costs the hypervisor one OUT a
byte; keys go in through COM1."""

import os
import socket
import subprocess

from .direct import write_boot_disk, write_rom
from .gdb_relay import GdbRelay
from .iso import write_iso
from .tree import ELF, TOOLS

CONFIG = """\
config_interface: textconfig
plugin_ctrl: speaker=0
display_library: sdl2
cpu: model={model}, count={cpus}, ips={ips}, reset_on_triple_fault=0, ignore_bad_msrs=0
memory: guest={memory}, host={memory}
romimage: file=/usr/share/bochs/BIOS-bochs-latest, options=fastboot
vgaromimage: file=/usr/share/vgabios/vgabios.bin
vga: extension=vbe, update_freq=5, realtime=0
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
{medium}
clock: {clock}, rtc_sync=0
com1: enabled=1, mode=socket-client, dev=127.0.0.1:{port}
{com2}
port_e9_hack: enabled=1
panic: action=fatal
error: action=report
info: action=report
debug: action=ignore
log: bochs.log
"""
USUAL_MODEL = "corei7_haswell_4770"
CONSOLE_WORDS = "console=e9"
FIXED_TIME = "sync=none, time0=946684800"
EXIT = "Caught VMEXIT breakpoint"
MOST_EXITS = 50_000
WALL_TIME = "sync=realtime, time0=local"


class Bochs:
    """A run in Bochs: start(), then bytes from output and to send()."""

    def __init__(self, folder, options, words, modules, interactive):
        self.folder = folder
        self.link = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.relay = GdbRelay(options.gdb) if options.gdb else None
        com2 = (f"com2: enabled=1, mode=socket-client, dev=127.0.0.1:{self.relay.emulator_port}"
                if self.relay else "")
        if options.boot == "direct":
            write_rom(TOOLS / "direct/rom.asm", folder / "direct.rom")
            write_boot_disk(folder / "boot.disk", ELF, options.memory << 20, words, modules)
            medium = ("ata0-master: type=disk, path=boot.disk, mode=flat, biosdetect=none\n"
                      "optromimage1: file=direct.rom, address=0xd0000\nboot: disk")
        else:
            write_iso(folder, folder / "run.iso", words, modules)
            medium = "ata0-master: type=cdrom, path=run.iso, status=inserted\nboot: cdrom"
        (folder / "bochsrc").write_text(CONFIG.format(
            model=options.cpu_model or os.environ.get("BOCHS_CPU", USUAL_MODEL), cpus=options.cpus,
            ips=50_000_000, memory=options.memory, medium=medium,
            clock=WALL_TIME if interactive else FIXED_TIME,
            com2=com2, port=self.listener.getsockname()[1]))
        go_on = "vmexitbp\n" + "c\n" * MOST_EXITS if options.show_exits else "c\n"
        (folder / "commands").write_text(go_on + "q\n")

    def start(self):
        if self.relay:
            self.relay.start()
        self.process = subprocess.Popen(
            ["bochs-bin", "-q", "-f", "bochsrc", "-rc", "commands"], cwd=self.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=open(self.folder / "bochs.err", "wb"),
            env=dict(os.environ, SDL_VIDEODRIVER="dummy"), start_new_session=True)
        self.listener.settimeout(20)
        self.link, _ = self.listener.accept()
        self.output = self.process.stdout

    def send(self, data):
        try:
            self.link.sendall(data)
        except OSError:
            pass  # the emulator has gone; its output tells why

    def complaints(self):
        """Lines of Bochs' own log that mean trouble."""
        log = (self.folder / "bochs.log").read_text(errors="replace").splitlines()
        return [line for line in log
                if (">>PANIC<<" in line and "Shutdown port" not in line and "SIG" not in line)
                or "VMENTER FAIL" in line or "VMFAIL" in line]

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.listener.close()
        if self.relay:
            self.relay.stop()
        if self.link:
            self.link.close()
