# SPDX-License-Identifier: BSD-2-Clause
"""The three machines that a referee image runs on. Each gives the lines that the guest wrote."""

import os
import re
import select
import shutil
import socket
import struct
import subprocess

from vestige import runner as vestige_runner
from vestige.options import parse_options
from vestige.problem import Problem
from vestige.session import Session
from vestige.setup import run
from vestige.tree import BUILD, SOURCE

import script as scripts

FOLDER = BUILD / "referee"
GUEST = SOURCE / "guest/referee"
END = b"REFEREE END\n"
MEMORY = 32  # MiB of the guest's machine
FLOPPY = 1440 * 1024
ENGINE_AREA = 36 * 20 * 512  # of the floppy that a script's image boots from
DISK_SECTORS = 20 * 16 * 63
MEDIUM = {"floppy0": 0, "disk0": 1, "cd0": 2}

BOCHS = """\
config_interface: textconfig
plugin_ctrl: speaker=0
display_library: sdl2
cpu: model=corei7_sandy_bridge_2600k, ips=50000000, reset_on_triple_fault=0
memory: guest={memory}, host={memory}
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
vga: extension=vbe, update_freq=5, realtime=0
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata1: enabled=1, ioaddr1=0x170, ioaddr2=0x370, irq=15
{drives}
boot: {boot}
clock: sync=none, time0=946684800, rtc_sync=0
com1: enabled=1, mode=socket-client, dev=127.0.0.1:{port}
panic: action=report
error: action=ignore
info: action=ignore
debug: action=ignore
log: bochs.log
"""


def hard_disk(path):
    """A disk whose every sector is different and says where it is."""
    with open(path, "wb") as disk:
        for lba in range(DISK_SECTORS):
            word = lba * 2654435761 & 0xFFFFFFFF
            disk.write(struct.pack("<8s2I", b"SECTOR  ", lba, word) * 32)


def floppy_pattern():
    """The rest of a floppy behind the engine: sectors that say where they are."""
    return b"".join(struct.pack("<8sI4x", b"FLSECTOR", sector) * 32
                    for sector in range(ENGINE_AREA // 512, FLOPPY // 512))


def data_cd(path):
    """A CD without anything to boot, whose sectors say where they are."""
    sectors = [struct.pack("<8s2I", b"CDSECTOR", n, n * 2654435761 & 0xFFFFFFFF) * 128
               for n in range(40)]
    sectors[16] = b"\1CD001\1".ljust(2048, b"\0")
    sectors[17] = b"\xffCD001\1".ljust(2048, b"\0")
    path.write_bytes(b"".join(sectors))


def assemble(output, source, *words):
    run(["nasm", "-f", "bin", "-I", f"{GUEST}/", *words, "-o", str(output), str(source)])


def build_image(script, folder):
    """Files of the script's drives by their words, {'floppy0': path...}."""
    (folder / "table.inc").write_text("\n".join(script.table) + "\n")
    assemble(folder / "engine.bin", GUEST / "engine.asm", f'-DTABLE="{folder}/table.inc"',
             "-l", str(folder / "engine.lst"))
    engine = (folder / "engine.bin").read_bytes()
    sectors = -(-len(engine) // 512)
    medium = next(drive for drive, what in script.machine.items() if what == "self")
    assemble(folder / "boot.bin", GUEST / "boot.asm", f"-DMEDIUM={MEDIUM[medium]}",
             f"-DSECTORS={sectors}")
    content = (folder / "boot.bin").read_bytes() + engine
    drives = {}
    for drive, what in script.machine.items():
        path = drives[drive] = folder / f"{drive}.img"
        if what in MAKERS:
            MAKERS[what](path)
        elif drive == "floppy0":
            path.write_bytes(content.ljust(ENGINE_AREA, b"\0") + floppy_pattern())
        else:
            raise Problem(f"{script.name}: no maker for {drive}={what}")
    return drives


MAKERS = {"hd": hard_disk, "cd": data_cd}


def lines_of(output):
    """The guest's lines between its marks."""
    text = output.replace(b"\r", b"").decode("latin-1")
    text = re.sub(r"(?m)^vestige: .*\n", "", text)
    begin = text.find("REFEREE BEGIN\n")
    return text[begin:].splitlines() if begin >= 0 else []


def collect(stream, limit):
    """What comes from a file descriptor until the end mark, or until nothing comes any more."""
    output = b""
    while END not in output and select.select([stream], [], [], limit)[0]:
        data = os.read(stream.fileno(), 65536)
        if not data:
            break
        output += data
    return output


def on_qemu(script, drives, folder, limit):
    command = ["qemu-system-x86_64", "-accel", "tcg", "-m", str(MEMORY), "-display", "none",
               "-monitor", "none", "-serial", "stdio", "-nic", "none", "-vga", "std",
               "-rtc", "base=2000-01-01T00:00:00,clock=vm", "-icount", "shift=6,sleep=off",
               "-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-boot", "order=" + boot(script)]
    interface = {"floppy": "if=floppy", "disk": "if=ide,media=disk", "cd": "if=ide,media=cdrom"}
    for drive, path in drives.items():
        kind, unit = drive[:-1], int(drive[-1])
        place = unit + 2 if kind == "cd" else unit
        command += ["-drive", f"file={path},format=raw,{interface[kind]},index={place}"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=open(folder / "qemu.err", "wb"))
    try:
        return collect(process.stdout, limit)
    finally:
        process.kill()
        process.wait()


def boot(script):
    medium = next(drive for drive, what in script.machine.items() if what == "self")
    return {"floppy0": "a", "disk0": "c", "cd0": "d"}[medium]


def on_bochs(script, drives, folder, limit):
    lines = []
    for drive, path in drives.items():
        if drive.startswith("floppy"):
            lines.append(f"floppy{'ab'[int(drive[-1])]}: 1_44={path}, status=inserted")
        elif drive.startswith("disk"):
            place = ("master", "slave")[int(drive[-1])]
            lines.append(f"ata0-{place}: type=disk, path={path}, mode=volatile, "
                         "cylinders=20, heads=16, spt=63")
        else:
            lines.append(f"ata1-master: type=cdrom, path={path}, status=inserted")
    listener = socket.create_server(("127.0.0.1", 0))
    (folder / "bochsrc").write_text(BOCHS.format(
        memory=MEMORY, drives="\n".join(lines), port=listener.getsockname()[1],
        boot={"a": "floppy", "c": "disk", "d": "cdrom"}[boot(script)]))
    (folder / "commands").write_text("c\nq\n")
    process = subprocess.Popen(
        ["bochs-bin", "-q", "-f", "bochsrc", "-rc", "commands"], cwd=folder,
        stdin=subprocess.DEVNULL, stdout=open(folder / "bochs.out", "wb"),
        stderr=subprocess.STDOUT, env=dict(os.environ, SDL_VIDEODRIVER="dummy"))
    try:
        listener.settimeout(30)
        link, _ = listener.accept()
        with link:
            return collect(link, limit)
    finally:
        process.kill()
        process.wait()
        listener.close()


def on_vestige(script, drives, folder, limit):
    vm = ",".join(f"{drive}={path}" for drive, path in drives.items())
    vm += f",name=a,mem={MEMORY}M,boot={boot(script)}"
    options = parse_options(["--no-build", "--boot", "direct", "--machine", "bochs", "--run-dir",
                             str(folder), "--append", "view=com1 screen=off", "--vm", vm])
    options.memory = vestige_runner.needed_memory(options)
    machine = vestige_runner.make_machine(options, folder, False)
    session = Session(machine, limit)
    machine.start()
    try:
        session.run()
    finally:
        machine.stop()
    (folder / "console.txt").write_bytes(session.seen)
    return session.seen


MACHINES = {"seabios": on_qemu, "rombios": on_bochs, "vestige": on_vestige}


def run_image(path, which, limit):
    """{machine: lines} of the script at path on the machines named."""
    script = scripts.read_script(path)
    results = {}
    for machine in which:
        folder = FOLDER / script.name / machine
        shutil.rmtree(folder, ignore_errors=True)  # with what an emulator that was killed left
        folder.mkdir(parents=True)
        drives = build_image(script, folder)
        results[machine] = lines_of(MACHINES[machine](script, drives, folder, limit))
        (folder / "lines.txt").write_text("\n".join(results[machine]) + "\n")
    return results
