# SPDX-License-Identifier: BSD-2-Clause
"""The command line of tools/run."""

import argparse
import re
from dataclasses import dataclass

from .near import nearest
from .problem import Problem, USAGE
from .size import MIB, parse_size
from .vms import image_vm, parse_vm, whole_number

DEFAULT_GDB_PORT = 1234
MOST_CPUS = 64

EPILOG = """\
Keys typed go to the focused guest; Ctrl-^ x ends everything, Ctrl-] three times stops the emulator.
exit status: 0 all VMs powered off or ended with 0; 1-125 what a guest wrote to its exit port;
  124 time-out; 126 a VM was stopped by a fault; 127 the hypervisor did not start
examples:
  tools/run                                      the built-in guest
  tools/run --cpus 4                             one built-in guest on each of 4 CPUs
  tools/run floppy.img disk.img                  two VMs
  tools/run --vm 'disk0=a.img,cd0=b.iso,mem=128M,boot=d,c'
"""


@dataclass
class Options:
    """What the user asked for, checked."""

    vms: list
    machine: str
    cpus: int
    memory: int  # MiB; 0: as much as the VMs need
    boot: str
    firmware: str
    append: str
    timeout: float
    serial: str
    screenshot: str
    record: str
    save_disks: str
    gdb: int  # port, 0: none
    run_dir: str
    build_only: bool
    build: bool
    verbose: bool
    cpu_model: str = ""  # Bochs' name; empty: the usual one
    show_exits: bool = False  # Bochs' debugger says bochs.EXIT on standard output at every VM exit


class Parser(argparse.ArgumentParser):
    """argparse with one-line errors that suggest the nearest option."""

    def error(self, message):
        raise Problem(message, USAGE)

    def unknown(self, argument):
        known = [name for action in self._actions for name in action.option_strings]
        name = argument.split("=")[0]
        raise Problem(f"unknown option '{name}'{nearest(name, known)}", USAGE)


class AddVm(argparse.Action):
    """Keeps IMAGE and --vm in the order in which they stand."""

    def __call__(self, parser, namespace, values, option_string=None):
        for value in values if isinstance(values, list) else [values]:
            namespace.wanted.append((option_string is not None, value))


def make_parser():
    parser = Parser(
        prog="tools/run",
        usage="tools/run [options] [IMAGE ...]",
        description="Builds Vestige, boots it in an emulator and shows its console.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    parser.set_defaults(wanted=[])
    add("images", nargs="*", action=AddVm, metavar="IMAGE", default=[],
        help="one VM each; without: the built-in guest on every CPU")
    add("--vm", action=AddVm, metavar="WORDS",
        help="a VM: image=F,kind=K,name=N,mem=64M,cpus=1 or disk0=F,floppy0=F,cd0=F,...")
    add("--machine", choices=("auto", "bochs", "qemu"), default="auto",
        help="auto: QEMU with KVM where it offers VMX, else Bochs")
    add("--cpus", metavar="N", help="CPUs of the emulated machine (default: as the VMs need)")
    add("--memory", metavar="MiB", help="memory of the emulated machine (default: as needed)")
    add("--boot", choices=("grub", "direct"), default="grub",
        help="through grub.iso, or straight into memory")
    add("--firmware", choices=("bios", "uefi"), default="bios", help="uefi: QEMU only")
    add("--append", metavar="WORDS", default="", help="the hypervisor's boot line")
    add("--timeout", metavar="SECONDS", help="stop after that much time, exit status 124")
    add("--serial", metavar="FILE", help="also write the console's bytes to FILE")
    add("--screenshot", metavar="FILE", help="at the time-out, keep the picture that the guest shows:"
        " PNG, or PPM by its name")
    add("--record", metavar="FILE", help="write every change of the VMs' text screens to FILE, with the"
        " time")
    add("--save-disks", metavar="DIR", help="keep the disks as the guests left them")
    add("--gdb", metavar="PORT", nargs="?", const=str(DEFAULT_GDB_PORT),
        help=f"the hypervisor's GDB port on localhost (default {DEFAULT_GDB_PORT})")
    add("--run-dir", metavar="DIR", help="where the emulator's files go (default build/run)")
    add("--build-only", action="store_true", help="set up and build, nothing more")
    add("--no-build", action="store_true", help="run what is built already")
    add("--verbose", action="store_true", help="show the commands that are run")
    return parser


def parse_seconds(text):
    if not re.fullmatch(r"\d+(\.\d+)?", text) or float(text) == 0:
        raise Problem(f"--timeout: '{text}' is not a number of seconds", USAGE)
    return float(text)


def parse_memory(text):
    if text.isdigit():
        text += "M"
    return parse_size(text, "--memory") // MIB


def parse_port(text):
    port = whole_number(text, "--gdb")
    if port > 65535:
        raise Problem(f"--gdb: {port} is not a port", USAGE)
    return port


def make_vms(wanted):
    vms = []
    for described, text in wanted:
        vm = (parse_vm if described else image_vm)(text, len(vms))
        if any(vm.name == other.name for other in vms):
            raise Problem(f"--vm: the name '{vm.name}' is taken twice", USAGE)
        vms.append(vm)
    return vms


def needed_cpus(vms, text):
    needed = sum(vm.cpus for vm in vms) or 1
    cpus = whole_number(text, "--cpus") if text else needed
    if cpus > MOST_CPUS:
        raise Problem(f"--cpus: {cpus} are more than {MOST_CPUS}", USAGE)
    return cpus


def parse_options(arguments):
    """Options from the command line; raises Problem for what is wrong with it."""
    parser = make_parser()
    found, unknown = parser.parse_known_intermixed_args(arguments)
    if unknown:
        parser.unknown(unknown[0])
    if found.build_only and found.no_build:
        raise Problem("--build-only and --no-build exclude each other", USAGE)
    if found.firmware == "uefi" and (found.machine != "qemu" or found.boot != "grub"):
        raise Problem("--firmware uefi needs --machine qemu --boot grub", USAGE)
    vms = make_vms(found.wanted)
    return Options(
        vms=vms,
        machine=found.machine,
        cpus=needed_cpus(vms, found.cpus),
        memory=parse_memory(found.memory) if found.memory else 0,
        boot=found.boot,
        firmware=found.firmware,
        append=f"{found.append} record".strip() if found.record else found.append,
        timeout=parse_seconds(found.timeout) if found.timeout else 0,
        serial=found.serial,
        screenshot=found.screenshot,
        record=found.record,
        save_disks=found.save_disks,
        gdb=parse_port(found.gdb) if found.gdb else 0,
        run_dir=found.run_dir,
        build_only=found.build_only,
        build=not found.no_build,
        verbose=found.verbose,
    )
