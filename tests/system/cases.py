# SPDX-License-Identifier: BSD-2-Clause
"""The system tests: what is booted, what must appear in this order, and how it must end."""

from dataclasses import dataclass, field

import first_session
import side_by_side
from gdb_sessions import ROM, STEPPED, TOUR, TWO_VMS


@dataclass
class Case:
    """One boot of Vestige. `expect` are regular expressions that must match one after the other in
    what the console shows, those of `also` anywhere in it; the run ends when all have. `keys` maps an
    expression to what is typed once it has appeared. `status` is the exit status, checked when the
    run ends by itself."""

    name: str
    expect: list = field(default_factory=list)
    also: list = field(default_factory=list)
    vms: list = field(default_factory=list)
    arguments: list = field(default_factory=list)
    keys: dict = field(default_factory=dict)
    forbidden: list = field(default_factory=lambda: [r"panic:", r"FAIL "])
    gdb: list = field(default_factory=list)  # of GdbSession
    status: int = None
    pictures: tuple = None  # of guest:NAME, and what says that a picture is there, and the key then
    cpu_model: str = ""  # of the emulator that has VMX; empty: its usual one
    complaints: bool = False  # the emulator's log is expected to complain
    group: str = ""  # slow ones: run by this name only
    bare: str = ""  # a CD to boot without Vestige as well; the ticks to its shell are compared
    limit: int = 150  # seconds of processor time for the emulator; only a hang gets there


def raw(name, extra="", kind="raw"):
    return f"image=guest:{name},kind={kind},name={name.replace('_', '-')}{extra}"


def broken(name):
    return f"image=guest:fault_{name},kind=raw,name={name.replace('_', '-')},mem=8M"


def disk(image, drive, extra=""):
    return f"{drive}=image:{image},name=a,mem=32M{extra}"


# Typed into the shell of tests/system/linux.py once what stands before it has appeared.
LINUX_COMMANDS = {
    r"SHELL-TICKS [0-9a-f]+\s[^#]*# ": "cat /proc/interrupts; echo INTERRUPTS-$((1+1))\r",
    r"INTERRUPTS-2": "hwclock -u; cat /sys/bus/pci/devices/*/uevent | grep PCI_ID;"
                     " echo DEVICES-$((1+1))\r",
    r"DEVICES-2": "drivers\r",
    r"DRIVERS-LOADED": "mke2fs -q /dev/sda; mount /dev/sda /mnt; seq 99999 > /mnt/f; umount /mnt;"
                       " mount /dev/sda /mnt; md5sum /mnt/f; umount /mnt; echo DISK-$((1+1))\r",
}
LINUX_DISK = r"9f588ff5001de34673652c4a767575e4  /mnt/f"


def linux(name, cd, expect, off, **more):
    """Debian's cloud kernel to a shell that takes commands and powers off."""
    return Case(name, [r"SHELL-TICKS", *expect, r"Sat Jan  1 .* 2000|2000-01-01",
                       r"PCI_ID=8086:1237", r"PCI_ID=8086:7000", r"DRIVERS-LOADED", LINUX_DISK,
                       r"vm a: powered off", r"exit status 0"],
                vms=[f"cd0=image:{cd},disk0=image:blank.img,name=a,mem=256M,boot=d"],
                keys={**LINUX_COMMANDS, r"DISK-2": off},
                forbidden=[r"panic:", r"FAIL ", r"BUG:", r"Call Trace"], status=0, limit=900,
                **more)


CASES = [
    Case("builtin", [r"Vestige built-in guest", r"VM a on CPU 0", r"ticks \d+", r"vm a: powered off",
                     r"all VMs ended, exit status 0"],
         keys={r"ticks \d+": "hello\rq"}, status=0),
    Case("builtin-4-cpus", [r"cpu 3: vmx on", r"vm d: 16 MiB, cpus 3", r"VM a on CPU 0",
                            r"console of vm d", r"VM d on CPU 3", r"vm d: powered off"],
         arguments=["--cpus", "4"],
         keys={r"VM a on CPU 0": "\x1e3", r"VM d on CPU 3": "q"}),
    Case("builtin-grub", [r"multiboot 2 from \"GRUB", r"Vestige built-in guest"],
         arguments=["--boot", "grub"]),
    # Five broken guests a boot, each explained.
    Case("faults-protected", [r"all VMs ended, exit status 126"],
         also=[r"vm gdt-limit:   1\. #GP.*selector 0008 lies behind the end of the GDT: base "
               r"[0-9a-f]+, limit 7h, room for 1 descriptor",
               r"vm gdt-limit:   3\. not delivered, gate 08h",
               r"vm no-idt:   > [0-9a-f]+  0f0b  ud2",
               r"vm no-idt:   no IDT is loaded: IDTR \(base 0, limit [0-9a-f]+h\) is the "
               r"real-mode vector table",
               r"vm far-jump:   CR0\.PE is set but CS, 0000, is still the 16-bit segment of "
               r"real mode: the far jump that loads a code descriptor into CS is missing",
               r"vm page-table:   1\. #PF.*CR3 is 9000, page directory entry 0 at 9000 is 0: "
               r"not present",
               r"vm lgdt-segment:   GDTR \(base 0, limit 0h\) does not look like a GDT.*did "
               r"LGDT read its operand through the right segment\? DS is 1000"],
         vms=[broken(name) for name in
              ("gdt_limit", "no_idt", "far_jump", "page_table", "lgdt_segment")], status=126),
    Case("faults-real", [r"boot sector has no signature 55AA"],
         also=[r"vm stack-rom: stopped: an event cannot be delivered: its tables or stack are "
               r"at f0[0-9a-f]+, which is not RAM",
               r"vm stack-rom:   the stack, SS:SP = f000:1000, lies in ROM: what is pushed "
               r"there is lost",
               r"vm bda: run-away: #UD, invalid instruction at 0040:00f0 again and again",
               r"vm bda:   it executes the BIOS data area: data, not code",
               r"vm a20:   A20 is off: the code at 100000 is really what lies at 0",
               r"vm divide: run-away: #DE, division error at 0000:[0-9a-f]+ again and again: "
               r"vector 00h is the BIOS's, which only returns"],
         vms=["disk0=guest:fault_signature,name=signature,mem=8M"]
             + [broken(name) for name in ("stack_rom", "bda", "a20", "divide")]),
    # The monitor comes up at the fault, with the guest as it was; instructions are traced to there.
    Case("fault-monitor", [r"vm gdt-limit jmp far 0x0000:0x7C05 at 0000:7c00",
                           r"vm gdt-limit mov cr0, eax at 0000:7c1c",
                           r"vm gdt-limit mode: real mode -> 16-bit protected mode",
                           r"vm gdt-limit: held: triple fault",
                           r"selector 0008 lies behind the end of the GDT",
                           r"mov cr0, eax at 0000:7c1c", r"mode: real mode -> 16-bit", r"vestige: monitor; help",
                           r"\(gdt-limit\) r", r"16-bit protected mode", r"stopped: triple fault",
                           r"all VMs ended, exit status 126"],
         vms=[broken("gdt_limit")], status=126,
         arguments=["--append", "onfault=monitor trace=insn,mode"],
         keys={r"\(gdt-limit\) $": "r\rcont\r"}),
    Case("monitor", [r"VM a on CPU 0", r"runs\s+1 b .*runs", r"\(a\) info regs", r"vm a: real mode, at",
                     r"00007c00  fc +cld",
                     r"-\s+\d+ us  ", r"\d+ exits +count", r"HLT +\d+ ",
                     r"15h memory map +\d+ ", r"08h \d+", r"guest +\d+ us",
                     r"6800  guest CR0 +\w+", r"0000000000 - 000009ffff  host \w+  rwx",
                     r"no VM-entry rule that we know of is broken", r"\{\"vm\":\"a\",\"exits_total\":",
                     r"trace: int:16", r"trace: off", r"\(b\) info regs", r"vm b: real mode, at",
                     r"\"inof\" is no command.*did you mean info", r"console of vm b",
                     r"all VMs ended, exit status 126"],
         arguments=["--cpus", "2"], status=126,
         keys={r"Type something": "\x1em", r"\(a\) $": "info regs\ru 0:7c00 3\rtrace show 5\rstats\rinfo vmcs\r"
               "info ept\rcheck\rstats json\rtrace int:16\rtrace off\rvm b\r",
               r"\(b\) $": "info regs\rinof\rquit\r", r"console of vm b": "\x1ex"}),
    Case("seed-string", [r"Hello from real mode"], vms=[raw("seed_string")]),
    Case("seed-rom", [r"boots rom", r"bhyve!"], vms=[raw("seed_rom", kind="rom")]),
    Case("seed-vmcall", [r"VMCALL at 0000:0000 is not a BIOS call: #UD"],
         vms=[raw("seed_vmcall", ",at=0,start=0000:0000")]),
    Case("modes", [r"PASS long", r"PASS v86", r"PASS real-again", r"exit status 0"],
         vms=[raw("modes")], status=0),
    Case("bios32", [r"PASS bios32-directory", r"PASS bios32-flat", r"PASS bios32-paging",
                    r"exit status 0"],
         vms=[raw("bios32")], status=0),
    Case("interpreted", [r"PASS interpreted-registers", r"PASS interpreted-output",
                              r"PASS interpreted-own", r"exit status 0"],
         vms=[raw("interpreted")], status=0),
    Case("window", [r"PASS ticks-if0", r"PASS keys-if0", r"PASS tick-hook", r"PASS halt",
                    r"exit status 0"],
         vms=[raw("window")], status=0),
    Case("msr-cpuid", [r"PASS cpuid-40000000", r"exit status 0"], vms=[raw("msr_cpuid")], status=0),
    Case("task-switch", [r"PASS", r"exit status 0"], vms=[raw("task_switch")], status=0),
    Case("storage", [r"PASS pci", r"PASS pio-write", r"PASS dma-read", r"PASS past-end", r"PASS atapi",
                     r"PASS floppy-dma", r"PASS virtio", r"exit status 0"],
         vms=[raw("storage", ",disk0=image:small.img,disk1=image:small.img,disk2=image:small.img"
                             ",floppy0=image:syslinux-floppy.img,cd0=image:isolinux.iso")],
         status=0),
    Case("vmcall-ud", [r"PASS", r"exit status 0"], vms=[raw("vmcall_ud")], status=0),
    Case("exit-8", [r"vm exit8: exit status 7"], vms=[raw("exit8")], status=7),
    Case("exit-32", [r"vm exit32: exit status 11"], vms=[raw("exit32")], status=11),
    Case("triple-fault", [r"stopped: triple fault", r"all VMs ended, exit status 126"],
         vms=[raw("triple_fault")], status=126),
    # The spinner never ends by itself: the operator ends it once the others are through.
    Case("bad-neighbours", [r"all VMs ended, exit status 126"],
         also=[r"vm triple-fault: stopped: triple fault", r"vm modes: exit status 0",
               r"vm storm: exit status 0", r"vm spin: stopped: by the console"],
         vms=[raw("modes"), raw("triple_fault"), raw("spin"), raw("storm", ",com1=none")],
         keys={r"(?s)(?=.*vm triple-fault: stopped)(?=.*vm modes: exit)(?=.*vm storm: exit)":
               "\x1ex"}, status=126),
    Case("help", [r"Boot words", r"loglevel", r"all VMs ended, exit status 0"],
         arguments=["--append", "help"], status=0),
    Case("selftest", [r"selftest: .* passed", r"all VMs ended, exit status 0"],
         arguments=["--append", "selftest", "--cpus", "2"], status=0),
    Case("broken-vmcs", [r"refused to enter the guest", r"all VMs ended, exit status 126"],
         arguments=["--append", "selftest=broken-vmcs"], status=126, complaints=True),
    # Instructions as the emulator counts them, so the same on every machine: at most 120.
    Case("bench", [r"BENCH vmcall-net ((\d|1[01])?\d\.\d|120\.0)\r", r"exit status 0"],
         vms=[raw("bench")], status=0),
    Case("pictures", [r"picture 640x400", r"picture 640x480"], vms=[raw("pictures")],
         pictures=("pictures", [("DRAWN 13h", "a"), ("DRAWN VBE", "")])),
    Case("bad-word", [r"loglevl.*loglevel"], arguments=["--append", "loglevl=info"]),
    Case("bad-modules", [r"not started: see the problems above"],
         also=[r"module \"disk .*\": is empty", r"module \"rom .*\": is no boot ROM: expected 64 KiB"],
         vms=["disk0=image:empty.img,name=a", "image=image:odd.rom,kind=rom,name=b"], status=127),
    Case("bad-plan", [r"not started: see the problems above"],
         also=[r"VM big: mem=4000M is too much, \d+ MiB", r"2 VMs need 2 CPUs, this machine has 1"],
         vms=[raw("exit8"), raw("exit8", ",mem=4000M").replace("name=exit8", "name=big")],
         arguments=["--memory", "300", "--cpus", "1"], status=127),
    Case("no-unrestricted-guest", [r"cpu 0: vmx without unrestricted guest", r"cannot run Vestige",
                                    r"not started"],
         cpu_model="corei5_lynnfield_750", status=127),
    Case("no-ept", [r"cpu 0: vmx without EPT", r"cannot run Vestige", r"not started"],
         cpu_model="core2_penryn_t9600", status=127),
    Case("no-vmx", [r"vestige: cpu 0: .*", r"not started"],
         arguments=["--machine", "qemu"], status=127),
    Case("no-vmx-uefi", [r"multiboot 2 from \"GRUB", r"not started"],
         arguments=["--machine", "qemu", "--boot", "grub", "--firmware", "uefi"], status=127),
    Case("no-vmx-cd", [r"multiboot 2 from \"GRUB", r"not started"],
         arguments=["--machine", "qemu", "--boot", "grub"], status=127),
    Case("syslinux-floppy", [r"boot:", r"HELLO\.TXT", r"boot:"],
         vms=[disk("syslinux-floppy.img", "floppy0")], keys={r"boot:": "ls.c32\r"}),
    Case("syslinux-power", [r"SYSLINUX", r"boot:", r"SYSLINUX", r"boot:", r"vm a: powered off"],
         vms=[disk("syslinux-power.img", "floppy0")], status=0,
         keys={r"boot:": "reboot.c32\r", r"(?s)reboot\.c32.*SYSLINUX.*boot:": "poweroff.c32\r"}),
    Case("syslinux-trace", [r"int 13h ah=02h read .* -> cf=0", r"boot:"],
         vms=[disk("syslinux-floppy.img", "floppy0")], arguments=["--append", "trace=int:13"],
         forbidden=[r"panic:", r"int 10h"]),
    Case("grub-trace", [r"int 13h ah=42h EDD read drive=e0h lba=\d+ count=\d+ buf=\w+:\w+ -> cf=0",
                        r"int 15h ax=e820h memory map", r"GNU GRUB"],
         vms=[disk("grub.iso", "cd0")], arguments=["--append", "trace=int:11,12,13,15"],
         forbidden=[r"panic:", r"unknown function", r"not served"]),
    Case("isolinux-cd", [r"ISOLINUX", r"boot:"], vms=[disk("isolinux.iso", "cd0")]),
    Case("floppy-emulation", [r"Booting from CD", r"SYSLINUX", r"boot:", r"HELLO\.TXT"],
         vms=[disk("floppy-emulation.iso", "cd0")], keys={r"boot:": "ls.c32\r"}),
    Case("disk-emulation", [r"Booting from CD", r"HARD-DISK-EMULATION"],
         vms=[disk("disk-emulation.iso", "cd0")]),
    Case("grub-commands", [r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d", r"00: ", r"COMMANDS-END"],
         also=[r"vm a: powered off"], vms=[disk("grub-commands.iso", "cd0")], status=0),
    Case("grub-cd", [r"GNU GRUB", r"automatically in \ds", r"GRUB-CHOSEN"],
         vms=[disk("grub.iso", "cd0")]),
    Case("syslinux-menu", [r"Menu of the test", r"Second Entry", r"HELLO\.TXT"],
         vms=[disk("syslinux-menu.img", "floppy0")],
         keys={r"Second Entry": "\x1b[B\r"}),
    Case("grub-floppy", [r"GNU GRUB", r"automatically in \ds", r"GRUB-CHOSEN"],
         vms=[disk("grub-floppy.img", "floppy0")]),
    Case("grub-disk", [r"GNU GRUB", r"automatically in 2s", r"automatically in 1s", r"grub>",
                       r"listed\.txt"],
         vms=[disk("grub-disk.img", "disk0")],
         keys={r"automatically in 1s": "c", r"grub>": "ls (hd0,msdos1)/\r"}),
    Case("mbr-record", [r"MBR 1:", r"press any key to try again"],
         vms=[disk("mbr.img", "disk0")], keys={r"MBR 1:": "1"}),
    Case("grub-tables", [r"RSD PTR .*\(valid\).*VESTGE", r"XSDT .*\(valid\)",
                         r"FACP .*\(valid\)", r"Vestige VM", r"GenuineIntel",
                         r"all VMs ended, exit status 0"],
         also=[r"vm a: powered off"], vms=[disk("grub-tables.iso", "cd0")], status=0),
    Case("gdb-tour", [r"gdb: attached", r"exit status 0"], vms=["floppy0=guest:gdb_tour,name=a"],
         arguments=["--append", "gdb=com2,wait"], gdb=TOUR, status=0),
    Case("gdb-side-by-side", [r"gdb: detached"], vms=["floppy0=guest:gdb_tour,name=a"],
         arguments=["--append", "gdb=com2,wait"], gdb=[side_by_side.SESSION]),
    Case("gdb-first-session", [r"gdb: detached"], vms=["floppy0=guest:gdb_tour,name=a"],
         arguments=["--append", "gdb=com2,wait"], gdb=[first_session.SESSION]),
    Case("gdb-rom", [r"bhyve!"], vms=[raw("seed_rom", kind="rom")],
         arguments=["--append", "gdb=com2,wait"], gdb=ROM),
    Case("gdb-two-vms", [r"gdb: attached", r"gdb: detached", r"gdb: attached"],
         also=[r"vm a: exit status 0", r"vm b: exit status 0"],
         vms=["floppy0=guest:gdb_tour,name=a", "floppy0=guest:gdb_tour,name=b"], gdb=TWO_VMS),
    Case("stepped", [r"PASS hidden", r"PASS int", r"PASS stack", r"PASS rep", r"PASS own-steps",
                     r"PASS own-breakpoint", r"PASS iret", r"exit status 0"],
         vms=[raw("stepped")], status=0),
    Case("gdb-stepped", [r"PASS hidden", r"PASS int", r"PASS stack", r"PASS rep", r"PASS own-steps",
                         r"PASS own-breakpoint", r"PASS iret", r"exit status 0"],
         vms=[raw("stepped")], arguments=["--append", "gdb=com2,wait"], gdb=STEPPED, status=0),
    Case("gdb-stepped-modes", [r"PASS long", r"PASS v86", r"PASS real-again", r"exit status 0"],
         vms=[raw("modes")], arguments=["--append", "gdb=com2,wait"], gdb=STEPPED, status=0),
    Case("option-rom-ipxe", [r"iPXE .*initialising devices", r"iPXE .*Open Source Network Boot"],
         vms=["oprom0=image:ipxe.rom,name=a,mem=32M"]),
    Case("memtest-floppy", [r"Memtest86\+"], vms=[disk("memtest.img", "floppy0")]),
    # A minute each on a quiet machine; the group runs with `tools/test linux`.
    linux("linux-acpi", "linux-acpi.iso", [r"IO-APIC", r"LOC:\s+\d+"], "poweroff -f\r",
          group="linux", bare="linux-acpi.iso"),
    linux("linux-pic", "linux-pic.iso", [r"0:\s+\d+\s+XT-PIC\s+timer"], "rdtsc off\r",
          group="linux"),
]
