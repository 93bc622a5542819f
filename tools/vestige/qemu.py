# SPDX-License-Identifier: BSD-2-Clause
"""QEMU: with KVM where nested VMX is offered, else without VMX, which Vestige reports."""

import os
import subprocess

from .iso import write_iso
from .problem import Problem
from .tree import ELF

CONSOLE_WORDS = "console=com1"
NESTED = "/sys/module/kvm_intel/parameters/nested"


def nested_vmx():
    if not os.access("/dev/kvm", os.W_OK) or not os.path.exists(NESTED):
        return False
    with open(NESTED, encoding="ascii") as file:
        return file.read(1) in "Y1"


class Qemu:
    """A run in QEMU: start(), then bytes from output and to send()."""

    def __init__(self, folder, options, words, modules, interactive):
        del interactive
        self.command = ["qemu-system-x86_64", "-m", str(options.memory), "-smp", str(options.cpus),
                        "-display", "none", "-monitor", "none", "-serial", "stdio", "-no-reboot",
                        "-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
        if options.gdb:
            self.command += ["-serial", f"tcp:127.0.0.1:{options.gdb},server=on,wait=off"]
        self.command += (["-accel", "kvm", "-cpu", "host"] if nested_vmx()
                         else ["-accel", "tcg", "-cpu", "max"])
        if options.boot == "direct":
            for file, text in modules:
                if "," in str(file) or "," in text:
                    raise Problem("QEMU cuts modules at commas: use --boot grub")
            self.command += ["-kernel", str(ELF), "-append", words]
            if modules:
                self.command += ["-initrd", ",".join(f"{file} {text}" for file, text in modules)]
        else:
            write_iso(folder, folder / "run.iso", words, modules)
            self.command += ["-cdrom", str(folder / "run.iso")]
            if options.firmware == "uefi":
                self.command += ["-bios", "/usr/share/ovmf/OVMF.fd"]

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, start_new_session=True)
        self.output = self.process.stdout

    def send(self, data):
        try:
            self.process.stdin.write(data)
            self.process.stdin.flush()
        except OSError:
            pass  # the emulator has gone; its output tells why

    def complaints(self):
        return []

    def stop(self):
        self.process.kill()
        self.process.wait()
