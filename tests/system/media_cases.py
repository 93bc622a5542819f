# SPDX-License-Identifier: BSD-2-Clause
"""The tests of boot media: what each must show when it is right."""

from case import Case, disk


def dialogue(name, vm, prompt, *steps, **more):
    """Commands typed at a prompt, each after the answer of the one before has appeared."""
    keys, before = {}, prompt
    for command, answer in steps:
        keys[before] = command + "\r"
        before = f"(?s){answer}.*?{prompt}"
    return Case(name, [answer for _, answer in steps], vms=[vm], keys=keys, limit=60, **more)


GRUB_EDIT = r"The highlighted entry|Minimal BASH-like"
GRUB_FUNCTION_TESTS = """shift_test mul_test cmp_test ctz_test bswap_test sleep_test
signature_test pbkdf2_test xnu_uuid_test div_test setjmp_test exfctest
legacy_password_test""".split()

MEDIA_CASES = [
    dialogue("syslinux-modules", disk("modules.img", "floppy0"), "boot: ?",
             ("meminfo.c32", r"15 88: 0x\w+ \(\d+K\)"), ("cpuid.c32 0", r"eax : "),
             ("cpuidtest.c32", r"SMP  "), ("hexdump.c32 text.txt", "TEXT-OF-THE-F"),
             ("lua.c32 sum.lua", r"LUA-SUM.+42"), ("ls.c32", r"ldlinux\.c32"),
             ("pwd.c32", r"pwd.c32\s+/\s"), ("disk.c32 0x80", r"DISK 0x80|disk.c32 0x80"),
             ("pcitest.c32", "PCI bus position"),
             ("cat.c32 text.txt", "TEXT-OF-THE-FLOPPY"),
             ("cptime.c32 ldlinux.sys", r"B in \d+ ticks"),
             ("kbdmap.c32 swapped.ktl", r"kbdmap.c32 swapped\.ktl"),
             ("cat.c32 qnd.txt", "KEYS-ARE-SWAPPED")),
    dialogue("syslinux-tools", disk("modules.img", "floppy0"), r"(?:boot:|rosh:|hdt>|dmi:) ?",
             ("dmitest.c32", r"DMI 2\.8 present"), ("exit", "dmi: exit"),
             ("hdt.c32 nomenu", "hdt.c32 nomenu"), ("exit", "hdt> exit"),
             ("rosh.c32", "rosh.c32"), ("exit", "rosh: exit"), ("pwd.c32", r"pwd.c32\s+/")),
    Case("syslinux-vesainfo", [r"0x0119 0x00bb  1280  1024"], vms=[disk("modules.img", "floppy0")],
         keys={"boot:": "vesainfo.c32\r"}),
    Case("syslinux-graphic-menu", [r"CHOSE-TWO"], vms=[disk("graphic-menu.img", "floppy0")]),
    Case("memdisk", [r"BOOT-CODE-IN-MEMORY"], vms=[disk("memdisk.img", "floppy0")]),
    Case("memdisk-disk", [r"D=EDD\s+end"], vms=[disk("memdisk-disk.img", "floppy0")]),
    Case("boot-geometry", [r"D=EDD\s+end"], vms=[disk("geometry.img", "disk0")]),
    Case("boot-handoff", [r"DL: 80", r"\$PnP-F000", r"Press any key"], vms=[disk("handoff.img", "disk0")]),
    dialogue("syslinux-disk", disk("syslinux-disk.img", "disk0"), "boot: ?",
             ("disk.c32", r"Host bus")),
    Case("syslinux-altmbr", [r"SYSLINUX-ON-DISK"], vms=[disk("altmbr.img", "disk0")]),
    Case("isolinux-memtest", [r"Memtest86"], vms=[disk("memtest-cd.iso", "cd0")]),
    Case("isolinux-ipxe", [r"Features: DNS HTTP iSCSI"], vms=[disk("ipxe-kernel.iso", "cd0")]),
    Case("ipxe-shell", [r"iPXE>", r"builtin/version:string = 1"], vms=[disk("ipxe.iso", "cd0")],
         keys={r"Ctrl-B": "\x02", r"iPXE>": "show version\r"}),
    Case("grub-rescue-floppy", [GRUB_EDIT], vms=[disk("rescue-floppy.img", "floppy0")]),
    Case("grub-rescue-cd", [GRUB_EDIT], vms=[disk("rescue.iso", "cd0")]),
    Case("grub-rescue-disk", [GRUB_EDIT], vms=[disk("rescue.iso", "disk0")]),
    Case("grub-facts", [r"base_addr = 0x0", r"55 aa", r"Adapter `VESA", r"0x112 ",
                        r"EDID version: 1\.3", r"grub>"],
         vms=[disk("grub-facts.img", "floppy0")]),
    Case("grub-functions", [r"FUNCTIONS-END"], # 130 s
         also=[rf"\b{test}: PASS" for test in GRUB_FUNCTION_TESTS],
         vms=[disk("grub-functions.iso", "cd0")], limit=900, group="slow"),
    Case("grub-pci", [r"00:00\.0 8086:1237", r"00:01\.0 8086:7000", r"PCI-END"],
         vms=[disk("grub-pci.iso", "cd0")]),
    Case("grub-picture-menu", [r"PICTURE-CHOSEN"], vms=[disk("grub-picture.iso", "cd0")],
         pictures=("image:grub-picture.iso", [("MENU", "\r")]), limit=60,
         forbidden=[r"panic:", r"GNU GRUB", r"error:"]),
    dialogue("grub-legacy-floppy", disk("grub-legacy.img", "floppy0"), "grub> ?",
             ("geometry (fd0)", r"drive 0x0: C/H/S = 80/2/18")),
    Case("grub-legacy-cd", [r"Geometry", r"for a command-line", r"grub> ?geometry", r"drive 0x"],
         vms=[disk("grub-legacy.iso", "cd0")],
         keys={r"for a command-line": "c", r"grub>": "geometry (cd)\r"}),
]
