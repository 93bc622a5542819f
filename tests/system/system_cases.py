# SPDX-License-Identifier: BSD-2-Clause
"""The tests that boot whole operating systems: `tools/test slow`. Each says how many seconds of
processor time it takes on a quiet machine."""

import idle
import kernel_log
from case import Case

LINUX_ERRORS = [r"panic:", r"FAIL ", r"BUG:", r"Call Trace"]
LINUX_SHELL = r"SHELL-TICKS [0-9a-f]+\s[^#]*# "
# Typed into the shell of tests/system/linux.py once what stands before it has appeared.
LINUX_COMMANDS = {
    LINUX_SHELL: "cat /proc/interrupts; echo INTERRUPTS-$((1+1))\r",
    r"INTERRUPTS-2": "hwclock -u; cat /sys/bus/pci/devices/*/uevent | grep PCI_ID;"
                     " echo DEVICES-$((1+1))\r",
    r"DEVICES-2": kernel_log.COMMAND,
    kernel_log.END: "mke2fs -q /dev/sda; mount /dev/sda /mnt; seq 99999 > /mnt/f; umount /mnt;"
                       " mount /dev/sda /mnt; md5sum /mnt/f; umount /mnt; echo DISK-$((1+1))\r",
    r"DISK-2": "echo SLEEP-$((1+1)); sleep 30; echo SLEPT-$((1+1))\r",
    r"SLEEP-2": "\x1emstats reset\rquit\r",
}
# An interrupt's, HLT included: the 8259 is masked, ended and opened again, the 8254 gets its next
# count once or twice, and after each byte of that Linux writes to port 80h.
APIC_EXITS, PIC_EXITS = 4, 10
# libkmod misses /lib/modules; nothing else may be wrong.
LSPCI_ERROR = r"LSPCI (lspci|pcilib): (?!Unable to load libkmod)"
BLANK_DISK = "disk0=image:blank.img,boot=d"
LINUX_DISK = r"9f588ff5001de34673652c4a767575e4  /mnt/f"
# Whole disks by DMA, PIO and virtio and the CD, a file system on each disk, and after a reset GRUB
# reads through INT 13h what Linux has written.
DISK_COMMANDS = {LINUX_SHELL: "drivers force=1.01:pio4\r",
                 r"DRIVERS-LOADED": "disks; list-pci; reboot -f\r"}


def linux(name, drives, expect, off, exits=APIC_EXITS, **more):
    """Debian's cloud kernel to a shell that takes commands and powers off."""
    return Case(name, [r"SHELL-TICKS", *expect, r"Sat Jan  1 .* 2000|2000-01-01",
                       r"PCI_ID=8086:1237", r"PCI_ID=8086:7000", r"DRIVERS-LOADED", LINUX_DISK,
                       r"vm a: powered off", r"exit status 0"],
                vms=[f"{drives},name=a,mem=256M"],
                keys={**LINUX_COMMANDS, r"SLEPT-2": f"\x1emstats json\rquit\r{off}"},
                forbidden=LINUX_ERRORS, status=0, check=idle.check(exits, sleeps=0.9), limit=900,
                group="linux slow", **more)


def linux_disks(name, cd, messages):
    written = [r"WRITTEN-TO-0:0:0:0", r"WRITTEN-TO-0:0:1:0", r"WRITTEN-TO-virtio0"]
    devices = [r"LSPCI 00:00\.0 Host bridge: Intel", r"LSPCI 00:01\.0 ISA bridge: Intel",
               r"LSPCI 00:01\.1 IDE interface: Intel", r"driver in use: ata_piix",
               r"LSPCI 00:03\.0 SCSI storage controller: .*Virtio block", r"driver in use: virtio-pci",
               r"LSPCI \s+Capabilities: \[98\] MSI-X: Enable" + messages]
    return Case(name, [r"dev1.0/xfer_mode:XFER_MW_DMA_2", r"dev1.1/xfer_mode:XFER_PIO_4",
                       r"Welcome to GRUB", r"exit status 0"],
                also=[r"SUM 0:0:0:0 MD5(pattern.img)", r"SUM 0:0:1:0 MD5(other-pattern.img)",
                      r"SUM virtio0 MD5(pattern.img)", f"SUM 1:0:0:0 MD5({cd})", *written, *devices,
                      r"(?s)Welcome to GRUB.*Welcome to GRUB.*WRITTEN-TO-0:0:0:0",
                      r"vm a: powered off"],
                vms=[f"cd0=image:{cd},disk0=image:pattern.img,disk1=image:other-pattern.img"
                     ",disk2=image:pattern.img,name=a,mem=256M,boot=d"],
                keys=DISK_COMMANDS, status=0, forbidden=[*LINUX_ERRORS, LSPCI_ERROR],
                limit=900, group="linux slow")


def system(name, expect, drives, memory, keys=None, **more):
    return Case(name, expect, vms=[f"{drives},name=a,mem={memory}M"], keys=keys or {}, limit=1500,
                group="slow", **more)


def installer(name, cd, memory):
    """Debian's installer; its questions are answered by keys."""
    return system(name, [r"Select a language", r"English", r"Select your location"], f"cd0=image:{cd}",
                  memory, {r"(?s)Select a language.*English": "\r"})


def memtest(name, floppy):
    """A whole pass over as little memory as it takes; 160 s of it are waits of the bit fade test."""
    return system(name, [r"Memtest86\+", r"Pass:\s+1\s+Errors: 0"], f"floppy0=image:{floppy}", 6)


SYSTEM_CASES = [
    linux("linux-acpi", f"cd0=image:linux-acpi.iso,{BLANK_DISK}", [r"IO-APIC", r"LOC:\s+\d+"],
          "poweroff -f\r", bare="linux-acpi.iso",  # 60 s, and as much without Vestige
          most_ratio=1.03),
    linux("linux-pic", f"cd0=image:linux-pic.iso,{BLANK_DISK}", [r"0:\s+\d+\s+XT-PIC\s+timer"],
          "rdtsc off\r", PIC_EXITS),  # 100 s
    # Booted from the disk that it makes a new file system on in the end: 90 s.
    linux("linux-syslinux", "disk0=image:linux-syslinux.img", [r"IO-APIC"], "poweroff -f\r"),
    linux_disks("linux-disks", "linux-disks.iso", r"\+"),  # 90 s
    linux_disks("linux-disks-pic", "linux-disks-pic.iso", "-"),  # 90 s
    system("ttylinux", [r"ttylinux ver 16.1", r"ttylinux login:", r"Password:", r"Chop wood.*\s+#",
                        r"bc744907ca20678910242e565fc65ccf  /f", r"vm a: powered off"],
           "disk0=image:ttylinux.img", 64,
           {r"ttylinux login:": "root\r", r"Password:": "password\r",
            r"Chop wood.*\s+#": "echo written > /f; md5sum /f; poweroff\r"}),  # 60 s
    system("xen", [r"Xen version 4\.17", r"dom0 kernel not specified"], "cd0=image:xen.iso",
           512),  # 12 s
    system("gnumach", [r"No bootstrap code loaded"], "cd0=image:gnumach.iso", 64),  # 6 s
    system("invaders", [r"\*-"], "cd0=image:invaders.iso", 32),  # 14 s
    memtest("memtest-ia32", "memtest.img"),  # 320 s
    memtest("memtest-x64", "memtest-x64.img"),  # 290 s
    installer("installer-i386", "installer-i386.iso", 512),  # 330 s
    installer("installer-amd64", "installer-amd64.iso", 1024),  # 340 s; 768 MiB are "low memory"
]
