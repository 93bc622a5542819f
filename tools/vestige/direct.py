# SPDX-License-Identifier: BSD-2-Clause
"""The boot disk of `--boot direct`: hypervisor, modules and multiboot information, laid out here so
that the option ROM (tools/direct/rom.asm) only has to copy and jump."""

import struct
import subprocess

from .multiboot import load_image
from .problem import Problem

SECTOR = 512
PAGE = 4096
CYLINDER = 16 * 63 * SECTOR  # Bochs takes flat images of whole cylinders only

FLAG_MEMORY, FLAG_CMDLINE, FLAG_MODULES, FLAG_MAP, FLAG_LOADER = 1, 4, 8, 64, 512
RAM, RESERVED, ACPI = 1, 2, 3
ACPI_TABLES = 0x10000  # the BIOS of Bochs keeps them at the end of memory


def align(value, to):
    return (value + to - 1) // to * to


def memory_map(memory):
    """(base, length, type) rows for a Bochs machine with `memory` bytes, as its BIOS reports them."""
    return [
        (0, 0x9FC00, RAM),
        (0x9FC00, 0x400, RESERVED),
        (0xE8000, 0x18000, RESERVED),
        (0x100000, memory - 0x100000 - ACPI_TABLES, RAM),
        (memory - ACPI_TABLES, ACPI_TABLES, ACPI),
        (0xFFFC0000, 0x40000, RESERVED),
    ]


def multiboot_info(address, memory, words, modules):
    """The multiboot 1 information block for `address`; modules are (start, end, words)."""
    strings = bytearray()
    rows = memory_map(memory)
    header_size = 116
    modules_at = address + header_size
    map_at = modules_at + 16 * len(modules)
    strings_at = map_at + 24 * len(rows)

    def string(text):
        place = strings_at + len(strings)
        strings.extend(text.encode() + b"\0")
        return place

    module_rows = b"".join(
        struct.pack("<IIII", start, end, string(text), 0) for start, end, text in modules
    )
    map_rows = b"".join(struct.pack("<IQQI", 20, *row) for row in rows)
    header = struct.pack(
        "<12I",
        FLAG_MEMORY | FLAG_CMDLINE | FLAG_MODULES | FLAG_MAP | FLAG_LOADER,
        rows[0][1] // 1024,
        rows[3][1] // 1024,
        0,
        string(words),
        len(modules),
        modules_at,
        0, 0, 0, 0,
        len(map_rows),
    ) + struct.pack("<IIIII", map_at, 0, 0, 0, string("Vestige direct boot"))
    return header.ljust(header_size, b"\0") + module_rows + map_rows + bytes(strings)


class BootDisk:
    """Collects steps of the load table and the sectors they read."""

    TABLE_SECTORS = 4

    def __init__(self, memory):
        self.memory = memory
        self.steps = []
        self.data = bytearray()

    def load(self, address, content):
        self.claim(address, len(content))
        if not content:
            return
        sectors = align(len(content), SECTOR) // SECTOR
        lba = self.TABLE_SECTORS + len(self.data) // SECTOR
        self.steps.append((address, lba, sectors))
        self.data += content.ljust(sectors * SECTOR, b"\0")

    def clear(self, address, length):
        self.claim(address, length)
        if length:
            self.steps.append((address, 0, length))

    def claim(self, address, length):
        if address + length > self.memory - ACPI_TABLES:
            raise Problem(
                f"the machine's {self.memory >> 20} MiB are too few for the hypervisor and its"
                " modules: give more with --memory"
            )

    def write(self, path, entry, info):
        table = struct.pack("<4s4I", b"VLD1", self.TABLE_SECTORS, entry, info, len(self.steps))
        table += b"".join(struct.pack("<3I", *step) for step in self.steps)
        if len(table) > self.TABLE_SECTORS * SECTOR:
            raise Problem("too many modules for --boot direct")
        size = self.TABLE_SECTORS * SECTOR + len(self.data)
        with open(path, "wb") as disk:
            disk.write(table.ljust(self.TABLE_SECTORS * SECTOR, b"\0"))
            disk.write(self.data)
            disk.truncate(align(size, CYLINDER))


def write_boot_disk(path, elf, memory, words, modules):
    """Writes the disk. `modules` are (file, words); they follow the hypervisor, page-aligned."""
    image = load_image(elf)
    disk = BootDisk(memory)
    disk.load(image.address, image.content)
    disk.clear(image.address + len(image.content), image.cleared)
    place = align(image.address + len(image.content) + image.cleared, PAGE)
    placed = []
    for file, text in modules:
        with open(file, "rb") as source:
            content = source.read()
        disk.load(place, content)
        placed.append((place, place + len(content), text))
        place = align(place + len(content), PAGE)
    disk.load(place, multiboot_info(place, memory, words, placed))
    disk.write(path, image.entry, place)


def write_rom(source, path):
    """Assembles the option ROM and gives it the check sum that the BIOS asks for."""
    made = subprocess.run(["nasm", "-f", "bin", "-o", path, source], capture_output=True, text=True)
    if made.returncode != 0:
        raise Problem(f"nasm failed on {source}:\n{made.stderr.rstrip()}")
    with open(path, "r+b") as rom:
        content = bytearray(rom.read())
        content[-1] = -sum(content[:-1]) & 0xFF
        rom.seek(0)
        rom.write(content)
