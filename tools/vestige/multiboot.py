# SPDX-License-Identifier: BSD-2-Clause
"""What a multiboot 1 loader takes from the hypervisor's file: bytes, where they go, the entry."""

import struct
from typing import NamedTuple

from .problem import Problem

MAGIC = 0x1BADB002
SEARCHED = 8192  # the header lies within these first bytes
ADDRESS_FIELDS = 1 << 16
PT_LOAD = 1


class Image(NamedTuple):
    address: int  # physical, of the first byte
    content: bytes
    cleared: int  # bytes to clear behind the content
    entry: int


def find_header(data):
    for offset in range(0, min(len(data), SEARCHED) - 31, 4):
        magic, flags, checksum = struct.unpack_from("<III", data, offset)
        if magic == MAGIC and (magic + flags + checksum) & 0xFFFFFFFF == 0:
            return offset, flags
    return None


def by_address_fields(data, offset):
    header, load, load_end, bss_end, entry = struct.unpack_from("<5I", data, offset + 12)
    start = offset - (header - load)
    content = data[start : start + load_end - load] if load_end else data[start:]
    cleared = max(0, bss_end - load - len(content)) if bss_end else 0
    return Image(load, content, cleared, entry)


def by_segments(data):
    if data[4] == 2:
        entry, table = struct.unpack_from("<QQ", data, 24)
        size, count = struct.unpack_from("<HH", data, 54)
        layout, fields = "<IIQQQQQ", (0, 2, 4, 5, 6)
    else:
        entry, table = struct.unpack_from("<II", data, 24)
        size, count = struct.unpack_from("<HH", data, 42)
        layout, fields = "<IIIIII", (0, 1, 3, 4, 5)
    segments = []
    for index in range(count):
        row = struct.unpack_from(layout, data, table + index * size)
        kind, offset, address, in_file, in_memory = (row[field] for field in fields)
        if kind == PT_LOAD and in_memory:
            segments.append((address, data[offset : offset + in_file], address + in_memory))
    first = min(address for address, _, _ in segments)
    image = bytearray(max(address + len(content) for address, content, _ in segments) - first)
    for address, content, _ in segments:
        image[address - first : address - first + len(content)] = content
    end = max(end for _, _, end in segments)
    return Image(first, bytes(image), end - first - len(image), entry)


def load_image(path):
    """Reads the image at `path` as a multiboot 1 loader would."""
    with open(path, "rb") as file:
        data = file.read()
    found = find_header(data)
    if found is None:
        raise Problem(f"{path} has no multiboot header")
    offset, flags = found
    if flags & ADDRESS_FIELDS:
        return by_address_fields(data, offset)
    if data[:4] != b"\x7fELF":
        raise Problem(f"{path} is neither ELF nor has it multiboot address fields")
    return by_segments(data)
