# SPDX-License-Identifier: BSD-2-Clause
"""More boot media: whatever SYSLINUX, GRUB, GRUB Legacy and iPXE bring to boot from a BIOS."""

import gzip
import lzma
import shutil
from pathlib import Path

import images
from vestige.setup import run

SYSLINUX_FILES = Path("/usr/lib/syslinux")
FLOPPY = 1440 * 1024
# Modules that a test types the names of; all of them on one floppy.
MODULES = """cat cpuid cpuidtest cptime disk dmitest hexdump hdt kbdmap libcom32 libgpl liblua libmenu
libutil ls lua meminfo pcitest pwd rosh sysdump vesainfo whichsys""".split()
SCRIPT = 'print("LUA-SUM", 6 * 7)\n'
KEYBOARD_MAP = bytes.maketrans(b"qe", b"eq")
GRAPHIC_MENU = """\
UI vesamenu.c32
MENU TITLE Menu of the test
MENU AUTOBOOT Starting in # seconds
TIMEOUT 20
LABEL one
  COM32 cat.c32
  APPEND one.txt
LABEL two
  MENU DEFAULT
  COM32 cat.c32
  APPEND two.txt
"""
MEMDISK = "PROMPT 0\nDEFAULT m\nLABEL m\n  KERNEL memdisk\n  INITRD inner.gz\n  APPEND {}\n"
ISOLINUX_CONFIG = "PROMPT 0\nDEFAULT k\nLABEL k\n  LINUX kernel\n"
# What GRUB tells about the machine and its screen.
GRUB_FACTS = """\
lsmmap
ls -l
hexdump -s 510 -n 2 (fd0)
videoinfo
"""
GRUB_FACTS_MODULES = "lsmmap ls hexdump vbe vga videoinfo minicmd part_msdos fat"
GRUB_PCI = "insmod lspci\nlspci\necho PCI-END\nsleep 100\n"
GRUB_PICTURE_MENU = """\
insmod vbe
insmod gfxterm
insmod font
insmod iorw
loadfont unicode
set gfxmode=640x480x32
terminal_output gfxterm
set default=1
menuentry "first" { true }
menuentry "second" { terminal_output console; echo PICTURE-CHOSEN; sleep 100 }
# What is read next from the configuration file is its end: the menu comes then.
for letter in 0x4d 0x45 0x4e 0x55 0x0a; do outb 0xe9 $letter; done
"""
GRUB_FUNCTIONS = """\
set pager=0
serial --unit=0 --speed=115200
terminal_output console serial
insmod functional_test
all_functional_test
echo FUNCTIONS-END
sleep 100
"""
LEGACY_MENU = "title Geometry\ngeometry (cd)\n"


def module(name):
    return SYSLINUX_FILES / f"modules/bios/{name}"


def syslinux(path, config, files):
    """A floppy with SYSLINUX, its configuration and the files: paths, or names and contents."""
    images.floppy(path)
    for file in files:
        if isinstance(file, tuple):
            draft = images.FOLDER / "draft.bin"
            draft.write_bytes(file[1])
            run(["mcopy", "-i", str(path), str(draft), f"::{file[0]}"])
        else:
            run(["mcopy", "-i", str(path), str(file), "::"])
    images.put_text(path, "syslinux.cfg", config)
    run(["syslinux", "--install", str(path)])


def modules_floppy(path):
    files = [module(f"{name}.c32") for name in MODULES]
    files += [("sum.lua", SCRIPT.encode()), ("swapped.ktl", KEYBOARD_MAP),
              ("text.txt", b"TEXT-OF-THE-FLOPPY\n"), ("end.txt", b"KEYS-ARE-SWAPPED\n")]
    syslinux(path, "PROMPT 1\nTIMEOUT 0\n", files)


def graphic_menu_floppy(path):
    texts = [("one.txt", b"CHOSE-ONE\n"), ("two.txt", b"CHOSE-TWO\n")]
    syslinux(path, GRAPHIC_MENU,
             [module(f"{name}.c32") for name in ("vesamenu", "libcom32", "libutil", "cat")] + texts)


def memdisk_floppy(path):
    inner = images.FOLDER / "inner.img"
    message = images.FOLDER / "message.txt"
    message.write_text("BOOT-CODE-IN-MEMORY\r\n")
    inner.unlink(missing_ok=True)
    run(["mkfs.fat", "-F", "12", "-m", str(message), "-C", str(inner), "1440"])
    syslinux(path, MEMDISK.format("floppy"),
             [SYSLINUX_FILES / "memdisk", ("inner.gz", gzip.compress(inner.read_bytes()))])


def geometry_disk(path):
    """A test of SYSLINUX's makers: it reads by CHS and by EDD and says where it found itself."""
    packed = SYSLINUX_FILES / "mbr/diag/geodsp/geodsp1s.img.xz"
    path.write_bytes(lzma.decompress(packed.read_bytes()))


def memdisk_disk_floppy(path):
    inner = gzip.compress(images.image("geometry.img").read_bytes())
    syslinux(path, MEMDISK.format("harddisk"), [SYSLINUX_FILES / "memdisk", ("inner.gz", inner)])


def handoff_disk(path):
    """A boot sector that shows the registers it was started with."""
    code = (SYSLINUX_FILES / "mbr/diag/handoff/handoff.bin").read_bytes()
    path.write_bytes(code.ljust(510, b"\0") + b"\x55\xaa" + bytes(8 << 20))


def syslinux_disk(path, record="mbr.bin"):
    images.fat_disk(path)
    code = (SYSLINUX_FILES / "mbr" / record).read_bytes()[:440]
    start = images.PARTITION_START * images.SECTOR
    partition = f"{path}@@{start}"
    for name in ("disk", "libcom32", "libutil", "libgpl"):
        run(["mcopy", "-i", partition, str(module(f"{name}.c32")), "::"])
    images.put_text(partition, "syslinux.cfg", "PROMPT 1\nTIMEOUT 0\nSAY SYSLINUX-ON-DISK\n")
    run(["syslinux", "--install", "--offset", str(start), str(path)])
    with path.open("r+b") as disk:
        disk.write(code)
        if record == "altmbr.bin":  # the number of the partition that it starts
            disk.seek(439)
            disk.write(b"\1")


def alternative_disk(path):
    syslinux_disk(path, "altmbr.bin")


def kernel_cd(path, kernel):
    """ISOLINUX starts a kernel in the format of Linux'."""
    images.isolinux_cd(path, ISOLINUX_CONFIG, {"kernel": kernel})


def memtest_cd(path):
    images.unpack("memtest86+")
    kernel_cd(path, images.ROOT / "boot/memtest86+ia32.bin")


def ipxe_kernel_cd(path):
    images.unpack("ipxe")
    kernel_cd(path, images.ROOT / "boot/ipxe.lkrn")


def ipxe_cd(path):
    images.unpack("ipxe")
    shutil.copy(images.ROOT / "usr/lib/ipxe/ipxe.iso", path)


def rescue(path, name):
    images.unpack("grub-rescue-pc")
    image = (images.ROOT / "usr/lib/grub-rescue" / name).read_bytes()
    path.write_bytes(image.ljust(FLOPPY, b"\0"))


def rescue_floppy(path):
    rescue(path, "grub-rescue-floppy.img")


def rescue_cd(path):
    rescue(path, "grub-rescue-cdrom.iso")


def grub_facts_floppy(path):
    """GRUB's core is the whole floppy; it runs its commands without a file system."""
    config, core = images.FOLDER / "facts.cfg", images.FOLDER / "facts.img"
    config.write_text(GRUB_FACTS)
    run(["grub-mkimage", "-O", "i386-pc", "-o", str(core), "-p", "/", "-c", str(config), "biosdisk",
         *GRUB_FACTS_MODULES.split()])
    code = Path(images.GRUB_FILES, "boot.img").read_bytes() + core.read_bytes()
    path.write_bytes(code.ljust(FLOPPY, b"\0"))


def grub_functions_cd(path):
    # Without a font the three tests of GRUB's drawing end at once: with one they are not through
    # after minutes, and fail, in QEMU as well.
    images.grub_cd(path, GRUB_FUNCTIONS, "--fonts=")


def grub_pci_cd(path):
    images.grub_cd(path, GRUB_PCI)


def grub_picture_cd(path):
    images.grub_cd(path, GRUB_PICTURE_MENU)


def legacy_floppy(path):
    images.unpack("grub-legacy")
    files = images.ROOT / "usr/lib/grub/x86_64-pc"
    code = (files / "stage1").read_bytes() + (files / "stage2").read_bytes()
    path.write_bytes(code.ljust(FLOPPY, b"\0"))


def legacy_cd(path):
    images.unpack("grub-legacy")
    root = images.FOLDER / path.stem
    (root / "boot/grub").mkdir(parents=True, exist_ok=True)
    shutil.copy(images.ROOT / "usr/lib/grub/x86_64-pc/stage2_eltorito", root / "boot/grub")
    (root / "boot/grub/menu.lst").write_text(LEGACY_MENU)
    run(["xorriso", "-as", "mkisofs", "-R", "-o", str(path), "-b", "boot/grub/stage2_eltorito",
         "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table", str(root)])


MAKERS = {"modules.img": modules_floppy, "graphic-menu.img": graphic_menu_floppy,
          "memdisk.img": memdisk_floppy, "memdisk-disk.img": memdisk_disk_floppy,
          "geometry.img": geometry_disk, "handoff.img": handoff_disk,
          "syslinux-disk.img": syslinux_disk, "altmbr.img": alternative_disk,
          "memtest-cd.iso": memtest_cd, "ipxe-kernel.iso": ipxe_kernel_cd, "ipxe.iso": ipxe_cd,
          "rescue-floppy.img": rescue_floppy, "rescue.iso": rescue_cd,
          "grub-facts.img": grub_facts_floppy, "grub-functions.iso": grub_functions_cd,
          "grub-pci.iso": grub_pci_cd, "grub-picture.iso": grub_picture_cd,
          "grub-legacy.img": legacy_floppy, "grub-legacy.iso": legacy_cd}
