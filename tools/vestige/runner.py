# SPDX-License-Identifier: BSD-2-Clause
"""The emulated machine that options ask for."""

import sys

from . import bochs, qemu, setup
from .problem import Problem
from .size import whole_mib

HYPERVISOR_MIB = 64


def modules_of(options):
    modules = []
    for vm in options.vms:
        for number, module in enumerate(vm.modules):
            mem = f" mem={whole_mib(vm.memory)}M" if number == 0 and "mem=" not in module.words else ""
            modules.append((module.file, module.words + mem))
    return modules


def needed_memory(options):
    """MiB for the VMs' RAM, the modules with their changes, and the hypervisor."""
    if options.memory:
        return options.memory
    vms = sum(whole_mib(vm.memory) for vm in options.vms) or 64 * options.cpus
    files = sum(module.file.stat().st_size for vm in options.vms for module in vm.modules)
    return vms + 3 * whole_mib(files) + HYPERVISOR_MIB + 2 * len(options.vms) + 2 * options.cpus


def make_machine(options, folder, interactive):
    use_qemu = options.machine == "qemu" or (options.machine == "auto" and qemu.nested_vmx())
    if options.save_disks:
        raise Problem("--save-disks: the hypervisor has no such service yet, and the emulator sees "
                      "only its own disks")
    setup.install(setup.QEMU_NEEDS if use_qemu else setup.BOCHS_NEEDS)
    backend = qemu if use_qemu else bochs
    screen = "ansi" if sys.stdout.isatty() else "lines"
    words = f"{backend.CONSOLE_WORDS} screen={screen} {options.append}".strip()
    if options.gdb and "gdb=" not in options.append:
        words += " gdb=com2"
    kind = qemu.Qemu if use_qemu else bochs.Bochs
    return kind(folder, options, words, modules_of(options), interactive)
