# SPDX-License-Identifier: BSD-2-Clause
"""Media with whole operating systems, from Debian's packages. Every maker gets the module images."""

import shutil
import struct
import tarfile
from pathlib import Path

from vestige.problem import Problem
from vestige.setup import run

import linux

PARTITION_START = 2048  # sectors of 512
PARTITION_SIZE = 94 * 1024
TTYLINUX = ("golang-github-vmware-photon-controller-go-sdk-dev",
            "usr/share/gocode/src/github.com/vmware/photon-controller-go-sdk/testdata/tty_tiny.ova")
INSTALLER = "usr/lib/debian-installer/images/12/{arch}/text/debian-installer/{arch}"
# The frame buffer's driver would leave the text screen that the test reads.
INSTALLER_WORDS = ("nokaslr mitigations=off no_timer_check cryptomgr.notests quiet vga=normal fb=false"
                   " nomodeset")


def found(images, package, name):
    """A file of a package."""
    images.unpack(package)
    path = next(iter(sorted(images.ROOT.glob(name))), None)
    if path is None:
        raise Problem(f"the package {package} has no {name}")
    return path


def linux_syslinux(images, path):
    """A hard disk with a FAT16 partition that SYSLINUX boots a kernel from."""
    kernel, initrd = linux.kernel_files(images)
    archive = images.FOLDER / "syslinux-initrd"
    archive.write_bytes(initrd)
    entry = struct.pack("<B3sB3sII", 0x80, b"\xfe\xff\xff", 0x0e, b"\xfe\xff\xff", PARTITION_START,
                        PARTITION_SIZE)
    record = bytes(440) + bytes(6) + entry + bytes(48) + b"\x55\xaa"
    loader = Path("/usr/lib/syslinux/mbr/mbr.bin").read_bytes()
    path.write_bytes(loader.ljust(440, b"\0") + record[440:])
    with path.open("r+b") as disk:
        disk.truncate((PARTITION_START + PARTITION_SIZE) * 512)
    run(["mkfs.vfat", "-F", "16", "-h", str(PARTITION_START), "--offset", str(PARTITION_START),
         str(path), str(PARTITION_SIZE // 2)])
    partition = f"{path}@@{PARTITION_START * 512}"
    run(["mcopy", "-i", partition, str(kernel), "::vmlinuz"])
    run(["mcopy", "-i", partition, str(archive), "::initrd"])
    config = linux.ISOLINUX_CONFIG.format(words=f"{linux.QUIET} quiet")
    images.put_text(partition, "syslinux.cfg", config)
    run(["syslinux", "--install", "--offset", str(PARTITION_START * 512), str(path)])


def ttylinux(images, path):
    """A disk with LILO and Linux 2.6, as its makers packed it for virtual machines."""
    with tarfile.open(found(images, *TTYLINUX)) as archive:
        member = next(m for m in archive if ".vmdk" in m.name)
        packed = images.FOLDER / "ttylinux.vmdk"
        packed.write_bytes(archive.extractfile(member).read())
    run(["qemu-img", "convert", "-O", "raw", str(packed), str(path)])


def installer(images, path, arch):
    folder = INSTALLER.format(arch=arch)
    package = f"debian-installer-12-netboot-{arch}"
    images.isolinux_cd(
        path, linux.ISOLINUX_CONFIG.format(words=INSTALLER_WORDS),
        {"vmlinuz": found(images, package, f"{folder}/linux"),
         "initrd": found(images, package, f"{folder}/initrd.gz")})


def installer_amd64(images, path):
    installer(images, path, "amd64")


def installer_i386(images, path):
    installer(images, path, "i386")


def multiboot_cd(images, path, config, package, name):
    """A CD with GRUB and one file of a package, boot/x."""
    root = images.FOLDER / path.stem
    (root / "boot/grub").mkdir(parents=True, exist_ok=True)
    shutil.copy(found(images, package, name), root / "boot/x")
    (root / "boot/grub/grub.cfg").write_text(config)
    run(["grub-mkrescue", "-d", images.GRUB_FILES, "-o", str(path), str(root)])


def xen(images, path):
    multiboot_cd(images, path, "insmod gzio\nmultiboot2 /boot/x com1=115200,8n1 console=com1,vga"
                 " noreboot\nboot\n", "xen-hypervisor-4.17-amd64", "boot/xen-4.17-*.gz")


def gnumach(images, path):
    multiboot_cd(images, path, "insmod gzio\nmultiboot /boot/x console=com0\nboot\n",
                 "gnumach-image-1.8-486", "boot/gnumach-1.8-486.gz")


def invaders(images, path):
    multiboot_cd(images, path, "multiboot /boot/x\nboot\n", "grub-invaders", "boot/invaders.exec")


MAKERS = {"linux-syslinux.img": linux_syslinux, "ttylinux.img": ttylinux, "xen.iso": xen,
          "gnumach.iso": gnumach, "invaders.iso": invaders,
          "installer-i386.iso": installer_i386, "installer-amd64.iso": installer_amd64}
