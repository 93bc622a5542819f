# SPDX-License-Identifier: BSD-2-Clause
"""CDs with Debian's cloud kernel and a busybox initramfs, from packages."""

import re
import shutil
from pathlib import Path

from vestige.problem import Problem
from vestige.setup import run

HERE = Path(__file__).parent
# Ran from the CD: the initramfs has no C library.
LSPCI_PACKAGES = ("pciutils", "libpci3", "pci.ids", "libc6", "libkmod2", "libudev1", "zlib1g",
                  "libzstd1", "liblzma5", "libssl3", "libcap2")
LSPCI_LIBRARIES = ("ld-linux-x86-64.so.2", "libpci.so.3", "libc.so.6", "libkmod.so.2", "libudev.so.1",
                   "libz.so.1", "libzstd.so.1", "liblzma.so.5", "libcrypto.so.3", "libcap.so.2")
METAPACKAGE = "linux-image-cloud-amd64"
MODULES = ("ata_piix", "pata_legacy", "sd_mod", "sr_mod", "isofs", "virtio_pci", "virtio_blk")
QUIET = "nokaslr mitigations=off no_timer_check cryptomgr.notests panic=1 console=ttyS0"
INIT = """\
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
echo "SHELL-TICKS $(rdtsc)"
exec setsid cttyhack sh
"""
# What the tests call once the shell is there; arguments are libata's, such as force=1.01:pio4.
DRIVERS = """\
#!/bin/sh
# A driver without a device of its own may refuse; the disks are what counts.
for m in /modules/*; do
  case $m in *libata*) insmod $m $*;; *) insmod $m 2>/dev/null;; esac
done
for i in 1 2 3 4 5; do [ -b /dev/sda ] || sleep 1; done
[ -b /dev/sda ] && echo "DRIVERS-LOADED"
"""
# Whole disks by their place on the bus, for names such as sda may change places; then a file system on
# each with a file in it.
DISKS = """\
#!/bin/sh
place() { basename $(readlink -f /sys/block/$1/device); }
grep . /sys/class/ata_device/dev1.*/xfer_mode
for d in sda sdb vda sr0; do
  echo "SUM $(place $d) $(dd if=/dev/$d bs=64k 2>/dev/null | md5sum)"
done
for d in sda sdb vda; do
  mke2fs -q /dev/$d >/dev/null && mount -t ext2 /dev/$d /mnt &&
    echo "WRITTEN-TO-$(place $d)" > /mnt/written && umount /mnt
  mount -t ext2 /dev/$d /mnt && cat /mnt/written && umount /mnt
done
"""
# Kernel messages that are warnings or worse, and what the real lspci shows of every function.
WARNINGS = """\
#!/bin/sh
dmesg -r | grep -E '^<([0-4]|8|9|1[0-2])>' | sed 's/^/WARNING /'
"""
LSPCI = """\
#!/bin/sh
mount -t iso9660 -o ro /dev/sr0 /mnt
/mnt/pci/ld-linux-x86-64.so.2 --library-path /mnt/pci /mnt/pci/lspci -vv -i /mnt/pci/pci.ids 2>&1 |
  sed 's/^/LSPCI /'
umount /mnt
"""
GRUB_CONFIG = """\
serial --unit=0 --speed=115200
terminal_output console serial
insmod rdmsr
{loader} /boot/vmlinuz {words}
{initrd} /boot/initrd
echo -n "HANDOVER-TICKS "
rdmsr 0x10
boot
"""
# Before the kernel: what Linux has written before a reset is found and shown.
READ_BACK = """\
insmod ext2
if [ -e (hd0)/written ]; then
  cat (hd0)/written
  halt
fi
"""
ISOLINUX_CONFIG = "DEFAULT x\nPROMPT 0\nLABEL x\n LINUX vmlinuz\n INITRD initrd\n APPEND {words}\n"


def kernel_package():
    depends = run(["apt-cache", "depends", METAPACKAGE])
    found = re.search(r"Depends: (linux-image-\S+)", depends)
    if not found:
        raise Problem(f"{METAPACKAGE} names no kernel")
    return found[1]


def modules_in_order(root):
    """The files of MODULES and of what they depend on, in an order that insmod accepts."""
    files = {path.stem.replace("-", "_"): path for path in root.glob("**/*.ko")}
    order = []

    def need(name):
        path = files.get(name.replace("-", "_"))
        if path is None or path in order:
            return
        depends = re.search(rb"depends=([^\0]*)\0", path.read_bytes())[1].decode()
        for other in filter(None, depends.split(",")):
            need(other)
        order.append(path)

    for name in MODULES:
        need(name)
    return order


def cpio(entries):
    """An archive in the format that kernels unpack: (name, mode, data) each."""
    archive = bytearray()
    for number, (name, mode, data) in enumerate([*entries, ("TRAILER!!!", 0, b"")]):
        fields = (number + 1, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
        archive += b"070701" + b"".join(b"%08x" % field for field in fields)
        archive += name.encode() + b"\0"
        archive += bytes(-len(archive) % 4)
        archive += data
        archive += bytes(-len(archive) % 4)
    return bytes(archive)


def initramfs(root, kernel_root):
    busybox = next((path for path in (root / "bin/busybox", root / "usr/bin/busybox")
                    if path.exists()), None)
    if busybox is None:
        raise Problem("the package busybox-static has no busybox")
    program = root.parent / "rdtsc"
    run(["nasm", "-f", "bin", "-o", str(program), str(HERE / "rdtsc.asm")])
    folder, executable = 0o040755, 0o100755
    entries = [(name, folder, b"") for name in ("bin", "dev", "proc", "sys", "mnt", "modules")]
    entries += [("init", executable, INIT.encode()), ("bin/drivers", executable, DRIVERS.encode()),
                ("bin/disks", executable, DISKS.encode()),
                ("bin/warnings", executable, WARNINGS.encode()),
                ("bin/list-pci", executable, LSPCI.encode()),
                ("bin/busybox", executable, busybox.read_bytes()),
                ("bin/rdtsc", executable, program.read_bytes())]
    entries += [(f"modules/{number:02}-{path.name}", 0o100644, path.read_bytes())
                for number, path in enumerate(modules_in_order(kernel_root))]
    return cpio(entries)


def kernel_files(images):
    """(kernel, initramfs)"""
    package = kernel_package()
    images.unpack(package)
    images.unpack("busybox-static")
    version = package.removeprefix("linux-image-")
    kernel = images.ROOT / f"boot/vmlinuz-{version}"
    if not kernel.exists():
        raise Problem(f"the package {package} has no kernel")
    return kernel, initramfs(images.ROOT, images.ROOT / f"lib/modules/{version}")


def put_lspci(images, folder):
    folder.mkdir(exist_ok=True)
    for package in LSPCI_PACKAGES:
        images.unpack(package)
    shutil.copy(images.ROOT / "usr/bin/lspci", folder)
    shutil.copy(images.ROOT / "usr/share/misc/pci.ids", folder)
    for library in LSPCI_LIBRARIES:
        found = next((path for path in sorted(images.ROOT.rglob(library)) if path.exists()), None)
        if found is None:
            raise Problem(f"no package has {library}")
        shutil.copy(found, folder / library)


def isolinux_cd(images, path, words):
    kernel, initrd = kernel_files(images)
    images.isolinux_cd(path, ISOLINUX_CONFIG.format(words=f"{QUIET} {words}"),
                       {"vmlinuz": kernel, "initrd": initrd})


def grub_cd(images, path, words, loader="linux", before=""):
    kernel, initrd = kernel_files(images)
    root = images.FOLDER / path.stem
    (root / "boot/grub").mkdir(parents=True, exist_ok=True)
    shutil.copy(kernel, root / "boot/vmlinuz")
    (root / "boot/initrd").write_bytes(initrd)
    put_lspci(images, root / "pci")
    config = GRUB_CONFIG.format(words=f"{QUIET} {words}", loader=loader,
                                initrd=loader.replace("linux", "initrd"))
    (root / "boot/grub/grub.cfg").write_text(before + config)
    run(["grub-mkrescue", "-d", "/usr/lib/grub/i386-pc", "-o", str(path), str(root)])
