# SPDX-License-Identifier: BSD-2-Clause
"""Installs what is missing, configures and builds."""

import os
import shutil
import subprocess

from .problem import Problem
from .report import say
from .tree import BUILD, ELF, SOURCE

# A program or file that proves a Debian package, and the package.
BUILD_NEEDS = {
    "g++": "g++", "make": "make", "autoreconf": "autoconf", "automake": "automake", "nasm": "nasm",
    "iasl": "acpica-tools", "/usr/sbin/dmidecode": "dmidecode",
    "grub-mkrescue": "grub-common", "xorriso": "xorriso", "mformat": "mtools",
    "/usr/lib/grub/i386-pc/moddep.lst": "grub-pc-bin",
    "/usr/include/gtest/gtest.h": "libgtest-dev",
    "/usr/include/gmock/gmock.h": "libgmock-dev",
    "/usr/include/Zycore/Types.h": "libzycore-dev",
    "dpkg-source": "dpkg-dev",
    "/usr/share/consolefonts/cp865-8x16.psf.gz": "console-data",
}
BOCHS_NEEDS = {
    "bochs-bin": "bochs",
    "/usr/lib/bochs/plugins/libbx_sdl2_gui.so": "bochs-sdl",
    "/usr/share/bochs/BIOS-bochs-latest": "bochsbios",
    "/usr/share/vgabios/vgabios.bin": "vgabios",
}
GDB_NEEDS = {"gdb": "gdb"}
QEMU_NEEDS = {
    "qemu-system-x86_64": "qemu-system-x86", "qemu-img": "qemu-utils",
    "/usr/share/OVMF/OVMF_CODE.fd": "ovmf",
    "/usr/lib/grub/x86_64-efi/moddep.lst": "grub-efi-amd64-bin",
}


def is_there(what):
    if what.endswith("libbx_sdl2_gui.so"):
        return any(os.path.exists(f"{lib}/bochs/plugins/libbx_sdl2_gui.so")
                   for lib in ("/usr/lib", "/usr/lib/x86_64-linux-gnu"))
    return os.path.exists(what) if what.startswith("/") else shutil.which(what) is not None


def run(command, verbose=False, **settings):
    if verbose:
        say(" ".join(command))
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, **settings)
    if done.returncode != 0:
        raise Problem(f"'{' '.join(command)}' failed:\n{done.stdout.rstrip()[-4000:]}")
    return done.stdout


def install(needs):
    """Installs the packages whose proof is missing; says so first."""
    missing = sorted({package for proof, package in needs.items() if not is_there(proof)})
    if not missing:
        return
    if shutil.which("apt-get") is None:
        raise Problem(f"missing, and there is no apt-get: {', '.join(missing)}")
    say(f"installing Debian packages {' '.join(missing)}")
    as_root = [] if os.geteuid() == 0 else ["sudo"]
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    run([*as_root, "apt-get", "update", "-qq"], env=environment)
    run([*as_root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing],
        env=environment)


def build(verbose=False, targets=("vestige.elf", "grub.iso")):
    """Configures once and makes; nothing is done when nothing changed."""
    if not (SOURCE / "configure").exists():
        say("preparing the build system")
        run(["autoreconf", "-i"], verbose, cwd=SOURCE)
    BUILD.mkdir(exist_ok=True)
    if not (BUILD / "Makefile").exists():
        say("configuring")
        run(["../configure", "-q"], verbose, cwd=BUILD)
    if not ELF.exists():
        say("building (a few minutes the first time)")
    run(["make", "-s", f"-j{os.cpu_count() or 1}", *targets], verbose, cwd=BUILD)
