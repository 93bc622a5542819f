# SPDX-License-Identifier: BSD-2-Clause
"""Boot media for the tests, made from Debian's packages, which are fetched and unpacked, not
installed."""

import io
import shutil
import struct
import subprocess
import sys
import tarfile
from functools import partial
from pathlib import Path

from vestige.problem import Problem
from vestige.report import say
from vestige.setup import install, run
from vestige.tree import BUILD

import linux
import media
import system_images

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
# Where GRUB on a disk looks for its configuration: it is not a part of the image that boots.
GRUB_DISK_START = "set root=(hd0,msdos1)\nset prefix=($root)/boot/grub\nnormal\n"
GRUB_MEMDISK_START = "set root=(memdisk)\nset prefix=($root)/boot/grub\nnormal\n"
GRUB_MODULES = "biosdisk part_msdos fat memdisk tar normal ls echo sleep configfile minicmd".split()
GRUB_FILES = "/usr/lib/grub/i386-pc"
MENU_CONFIG = """\
UI menu.c32
MENU TITLE Menu of the test
LABEL one
  MENU LABEL First Entry
  KERNEL ls.c32
LABEL two
  MENU LABEL Second Entry
  KERNEL ls.c32
"""
SECTOR = 512
DISK_SECTORS = 16384
PARTITION_START = 2048
# Commands of GRUB's that look at the clock, APM and the drives; halt switches the power off.
COMMANDS_CONFIG = """\
date
cmosdump
lsapm
drivemap -s (hd0) (hd1)
drivemap -l
echo COMMANDS-END
halt
"""
# A boot sector that prints what it is. Its only partition tells the size of the disk around it.
SPEAKING_SECTOR = bytes.fromhex("31c0 8ed8 be187c ac 84c0 7409 b40e bb0700 cd10 ebf2 f4 ebfd")
# What GRUB finds of the tables of the BIOS; its halt looks up S5 in the DSDT.
TABLES_CONFIG = """\
lsacpi
smbios --type 1 --get-string 5
smbios --type 4 --get-string 7
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


def put_text(image, name, text):
    """Writes a file; image may name a partition as mtools does: FILE@@OFFSET."""
    subprocess.run(["mcopy", "-i", image, "-", f"::{name}"], input=text.encode(), check=True)


def syslinux_floppy(path, config=SYSLINUX_CONFIG, modules=()):
    floppy(path)
    for name in ("ls.c32", "libutil.c32", "libcom32.c32", *modules):
        run(["mcopy", "-i", str(path), f"{SYSLINUX_MODULES}/{name}", "::"])
    put_text(path, "syslinux.cfg", config)
    put_text(path, "HELLO.TXT", "hello\n")
    run(["syslinux", "--install", str(path)])


def empty(path):
    path.write_bytes(b"")


def odd_rom(path):
    path.write_bytes(bytes(70_000))


def syslinux_menu(path):
    syslinux_floppy(path, MENU_CONFIG, ["menu.c32"])


def fat_disk(path):
    """A hard disk with one active FAT partition; its boot record says that it does not boot."""
    size = DISK_SECTORS - PARTITION_START
    path.write_bytes(bytes(DISK_SECTORS * SECTOR))
    run(["mkfs.vfat", "-F", "12", "-h", str(PARTITION_START), "--offset", str(PARTITION_START),
         str(path), str(size // 2)])
    entry = struct.pack("<B3sB3sII", 0x80, b"\xfe\xff\xff", 1, b"\xfe\xff\xff", PARTITION_START, size)
    with path.open("r+b") as disk:
        disk.seek(446)
        disk.write(entry + bytes(48) + b"\x55\xaa")


def grub_core(config, *options):
    """GRUB's image for a disk: sector 1 and what follows it."""
    start = FOLDER / "grub-start.cfg"
    start.write_text(config)
    core = FOLDER / "core.img"
    run(["grub-mkimage", "-O", "i386-pc", "-o", str(core), "-p", "/boot/grub", "-c", str(start),
         *options, *GRUB_MODULES])
    return core.read_bytes()


def grub_floppy(path):
    """A floppy without a file system: GRUB has its configuration in an archive behind it."""
    archive = FOLDER / "memdisk.tar"
    text = GRUB_CONFIG.encode()
    entry = tarfile.TarInfo("boot/grub/grub.cfg")
    entry.size = len(text)
    with tarfile.open(archive, "w") as tar:
        tar.addfile(entry, io.BytesIO(text))
    core = grub_core(GRUB_MEMDISK_START, "-m", str(archive))
    code = Path(GRUB_FILES, "boot.img").read_bytes() + core
    path.write_bytes(code.ljust(1440 * 1024, b"\0"))


def grub_disk(path):
    fat_disk(path)
    core = grub_core(GRUB_DISK_START)
    with path.open("r+b") as disk:
        disk.write(Path(GRUB_FILES, "boot.img").read_bytes()[:440])
        disk.seek(SECTOR)
        disk.write(core)
    partition = f"{path}@@{PARTITION_START * SECTOR}"
    run(["mmd", "-i", partition, "::boot", "::boot/grub"])
    put_text(partition, "boot/grub/grub.cfg", GRUB_CONFIG)
    put_text(partition, "LISTED.TXT", "on the disk\n")


def mbr_record(path):
    unpack("mbr")
    fat_disk(path)
    run([str(ROOT / "sbin/install-mbr"), "--force", "-i", "a", "-p", "1", "-e", "1", str(path)])


def syslinux_power_floppy(path):
    syslinux_floppy(path, modules=("reboot.c32", "poweroff.c32"))


def isolinux_cd(path, config, files):
    """A CD with ISOLINUX; files maps their names on it to their contents or paths."""
    root = FOLDER / path.stem
    root.mkdir(exist_ok=True)
    files = {"isolinux.bin": Path("/usr/lib/ISOLINUX/isolinux.bin"),
             "ldlinux.c32": Path(SYSLINUX_MODULES, "ldlinux.c32"), "isolinux.cfg": config.encode(),
             **files}
    for name, content in files.items():
        (root / name).write_bytes(content if isinstance(content, bytes) else content.read_bytes())
    run(["xorriso", "-as", "mkisofs", "-o", str(path), "-b", "isolinux.bin", "-c", "boot.cat",
         "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table", str(root)])


def isolinux(path):
    isolinux_cd(path, "PROMPT 1\nTIMEOUT 0\n", {})


def floppy_emulation_cd(path):
    root = FOLDER / path.stem
    root.mkdir(exist_ok=True)
    shutil.copy(image("syslinux-floppy.img"), root / "boot.img")
    run(["xorriso", "-as", "mkisofs", "-o", str(path), "-b", "boot.img", "-c", "boot.cat",
         str(root)])


def disk_emulation_cd(path):
    """A hard disk of 2 cylinders, 16 heads and 63 sectors inside a CD."""
    root = FOLDER / path.stem
    root.mkdir(exist_ok=True)
    disk = bytearray(2 * 16 * 63 * 512)
    text = b"HARD-DISK-EMULATION\r\n\0"
    disk[:len(SPEAKING_SECTOR) + len(text)] = SPEAKING_SECTOR + text
    disk[446:462] = struct.pack("<8B2I", 0x80, 1, 1, 0, 6, 15, 63, 1, 63, 2 * 16 * 63 - 63)
    disk[510:512] = b"\x55\xaa"
    (root / "disk.img").write_bytes(disk)
    run(["xorriso", "-as", "mkisofs", "-o", str(path), "-b", "disk.img", "-c", "boot.cat",
         "-hard-disk-boot", str(root)])


def grub_cd(path, config=GRUB_CONFIG, *options):
    root = FOLDER / path.stem
    (root / "boot/grub").mkdir(parents=True, exist_ok=True)
    (root / "boot/grub/grub.cfg").write_text(config)
    run(["grub-mkrescue", *options, "-o", str(path), str(root)])


def grub_tables_cd(path):
    grub_cd(path, TABLES_CONFIG)


def grub_commands_cd(path):
    grub_cd(path, COMMANDS_CONFIG)


def memtest_floppy(path, bits="ia32"):
    unpack("memtest86+")
    image = next(ROOT.glob(f"boot/memtest86+{bits}.bin"), None)
    if image is None:
        raise Problem(f"the package memtest86+ has no memtest86+{bits}.bin")
    path.write_bytes(image.read_bytes().ljust(1440 * 1024, b"\0"))


def memtest_floppy_x64(path):
    memtest_floppy(path, "x64")


def small_disk(path):
    """1 MiB of a disk whose partition table tells of 128 GiB."""
    entry = struct.pack("<B3sB3sII", 0x80, b"\x01\x01\x00", 6, b"\xfe\xff\xff", 63, 0x0fffff00)
    path.write_bytes((bytes(446) + entry + bytes(48) + b"\x55\xaa").ljust(1 << 20, b"\0"))


def pattern_disk(path, step=1):
    path.write_bytes(bytes((i >> 9 ^ i * step) & 0xff for i in range(1 << 20)))


def other_pattern_disk(path):
    pattern_disk(path, 3)


def linux_disks(path):
    linux.grub_cd(sys.modules[__name__], path, "quiet", before=linux.READ_BACK)


def linux_disks_pic(path):
    linux.grub_cd(sys.modules[__name__], path, "quiet acpi=off noapic pci=nomsi", "linux16", linux.READ_BACK)


def linux_acpi(path):
    linux.grub_cd(sys.modules[__name__], path, "quiet")


def linux_pic(path):
    linux.isolinux_cd(sys.modules[__name__], path, "acpi=off noapic")


def blank_disk(path):
    path.write_bytes(bytes(16 << 20))


def vga_rom(path):
    unpack("seabios")
    path.write_bytes((ROOT / "usr/share/seabios/vgabios-stdvga.bin").read_bytes())


def ipxe_rom(path):
    unpack("ipxe-qemu")
    path.write_bytes((ROOT / "usr/lib/ipxe/qemu/pxe-ne2k_pci.rom").read_bytes())


def tour_symbols(path):
    """An ELF file with the labels of guest/tests/gdb_tour.asm, for debuggers."""
    source = path.with_suffix(".asm")
    places = {"start": 0x7c00, "stacked": 0x7c20, "waiting": 0x7c50, "code32": 0x7c80,
              "loaded": 0x7ca0, "code64": 0x7d20}
    source.write_text("section .text\n" + "".join(
        f"times 0x{place - 0x7c00:x} - ($ - $$) nop\nglobal {name}:function\n{name}:\n"
        for name, place in places.items()) + "nop\n")
    code = str(path.with_suffix(".o"))
    run(["nasm", "-f", "elf32", "-o", code, str(source)])
    run(["ld", "-m", "elf_i386", "-Ttext=0x7c00", "-e", "start", "-o", str(path), code])


MAKERS = {"tour.elf": tour_symbols, "pattern.img": pattern_disk, "other-pattern.img": other_pattern_disk,
          "linux-disks.iso": linux_disks, "linux-disks-pic.iso": linux_disks_pic,
          "syslinux-floppy.img": syslinux_floppy, "syslinux-menu.img": syslinux_menu,
          "isolinux.iso": isolinux, "grub-floppy.img": grub_floppy, "grub-disk.img": grub_disk,
          "grub.iso": grub_cd, "grub-tables.iso": grub_tables_cd, "mbr.img": mbr_record,
          "memtest.img": memtest_floppy, "memtest-x64.img": memtest_floppy_x64,
          "linux-acpi.iso": linux_acpi, "linux-pic.iso": linux_pic,
          "small.img": small_disk, "blank.img": blank_disk, "empty.img": empty, "odd.rom": odd_rom,
          "ipxe.rom": ipxe_rom, "vga.rom": vga_rom, "syslinux-power.img": syslinux_power_floppy,
          "grub-commands.iso": grub_commands_cd, "floppy-emulation.iso": floppy_emulation_cd,
          "disk-emulation.iso": disk_emulation_cd, **media.MAKERS,
          **{name: partial(maker, sys.modules[__name__])
             for name, maker in system_images.MAKERS.items()}}


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
