# SPDX-License-Identifier: BSD-2-Clause
"""Boot media for the tests, made from Debian's packages, which are fetched and unpacked, not
installed."""

import shutil
import subprocess
import sys

from vestige.problem import Problem
from vestige.report import say
from vestige.setup import install, run
from vestige.tree import BUILD

import linux

FOLDER = BUILD / "images"
ROOT = FOLDER / "root"
NEEDS = {"mformat": "mtools", "mkfs.vfat": "dosfstools", "/usr/bin/syslinux": "syslinux",
         "xorriso": "xorriso", "/usr/lib/syslinux/modules/bios/ls.c32": "syslinux-common",
         "/usr/lib/ISOLINUX/isolinux.bin": "isolinux",
         "/usr/lib/grub/i386-pc/rdmsr.mod": "grub-pc-bin"}
SYSLINUX_MODULES = "/usr/lib/syslinux/modules/bios"
SYSLINUX_CONFIG = "PROMPT 1\nTIMEOUT 0\nDEFAULT hello\nLABEL hello\n  KERNEL ls.c32\n"
GRUB_CONFIG = """\
set timeout=3
set default=0
menuentry "first" { echo GRUB-CHOSEN; sleep 100 }
"""
# What GRUB finds of the tables of the BIOS; its halt looks up S5 in the DSDT.
TABLES_CONFIG = """\
lsacpi
halt
"""


def unpack(package):
    mark = FOLDER / f".{package}"
    if mark.exists():
        return
    run(["apt-get", "download", "-qq", package], cwd=FOLDER)
    for file in FOLDER.glob(f"{package}_*.deb"):
        run(["dpkg-deb", "-x", str(file), str(ROOT)])
    mark.touch()


def floppy(path):
    path.write_bytes(bytes(1440 * 1024))
    run(["mformat", "-i", str(path), "-f", "1440", "::"])


def syslinux_floppy(path):
    floppy(path)
    for name in ("ls.c32", "libutil.c32", "libcom32.c32"):
        run(["mcopy", "-i", str(path), f"{SYSLINUX_MODULES}/{name}", "::"])
    for name, text in (("syslinux.cfg", SYSLINUX_CONFIG), ("HELLO.TXT", "hello\n")):
        subprocess.run(["mcopy", "-i", path, "-", f"::{name}"], input=text.encode(), check=True)
    run(["syslinux", "--install", str(path)])


def isolinux(path):
    root = FOLDER / "isolinux"
    root.mkdir(exist_ok=True)
    shutil.copy("/usr/lib/ISOLINUX/isolinux.bin", root)
    shutil.copy(f"{SYSLINUX_MODULES}/ldlinux.c32", root)
    (root / "isolinux.cfg").write_text("PROMPT 1\nTIMEOUT 0\n")
    run(["xorriso", "-as", "mkisofs", "-o", str(path), "-b", "isolinux.bin", "-c", "boot.cat",
         "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table", str(root)])


def grub_cd(path, config=GRUB_CONFIG):
    root = FOLDER / path.stem
    (root / "boot/grub").mkdir(parents=True, exist_ok=True)
    (root / "boot/grub/grub.cfg").write_text(config)
    run(["grub-mkrescue", "-o", str(path), str(root)])


def grub_tables_cd(path):
    grub_cd(path, TABLES_CONFIG)


def memtest_floppy(path):
    unpack("memtest86+")
    image = next(ROOT.glob("boot/memtest86+ia32.bin"), None)
    if image is None:
        raise Problem("the package memtest86+ has no memtest86+ia32.bin")
    path.write_bytes(image.read_bytes().ljust(1440 * 1024, b"\0"))


def small_disk(path):
    path.write_bytes(bytes(1 << 20))


def linux_acpi(path):
    linux.grub_cd(sys.modules[__name__], path, "quiet")


def linux_pic(path):
    linux.isolinux_cd(sys.modules[__name__], path, "acpi=off noapic")


def blank_disk(path):
    path.write_bytes(bytes(16 << 20))


MAKERS = {"small.img": small_disk, "linux-acpi.iso": linux_acpi, "linux-pic.iso": linux_pic,
          "blank.img": blank_disk, "syslinux-floppy.img": syslinux_floppy, "isolinux.iso": isolinux,
          "grub.iso": grub_cd, "grub-tables.iso": grub_tables_cd, "memtest.img": memtest_floppy}


def image(name):
    """The image's path; made when it is not there yet."""
    path = FOLDER / name
    if path.exists():
        return path
    FOLDER.mkdir(parents=True, exist_ok=True)
    ROOT.mkdir(exist_ok=True)
    install(NEEDS)
    say(f"making {name}")
    draft = path.with_suffix(".draft")
    MAKERS[name](draft)
    draft.rename(path)
    return path
