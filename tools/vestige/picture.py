# SPDX-License-Identifier: BSD-2-Clause
"""Pictures of guests: taken through the monitor, kept as PNG or PPM, compared."""

import base64
import re
import struct
import time
import zlib

from .problem import Problem

SIZE = re.compile(rb"picture (\d+)x(\d+)")
ROW = re.compile(rb"row (\d+) (\S+)")
END = re.compile(rb"picture (?:goes on at (\d+)|ends)")


class Picture:
    """Rows of RGB bytes."""

    def __init__(self, width, height, rows):
        self.width, self.height, self.rows = width, height, rows

    def write(self, path):
        """PPM by its name, else PNG."""
        pixels = b"".join(self.rows)
        if str(path).endswith(".ppm"):
            content = b"P6\n%d %d\n255\n" % (self.width, self.height) + pixels
        else:
            content = b"\x89PNG\r\n\x1a\n" + self.png()
        with open(path, "wb") as file:
            file.write(content)

    def png(self):
        def chunk(kind, data):
            return (struct.pack(">I", len(data)) + kind + data
                    + struct.pack(">I", zlib.crc32(kind + data)))
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        lines = b"".join(b"\0" + row for row in self.rows)
        return (chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines, 9))
                + chunk(b"IEND", b""))

    def difference(self, other):
        """What tells the two apart, in words; None when nothing does."""
        if (self.width, self.height) != (other.width, other.height):
            return f"{self.width}x{self.height} and not {other.width}x{other.height}"
        for y, (mine, theirs) in enumerate(zip(self.rows, other.rows)):
            for x in range(self.width):
                a, b = mine[3 * x:3 * x + 3], theirs[3 * x:3 * x + 3]
                if a != b:
                    return f"pixel {x}, {y} is {a.hex()} and not {b.hex()}"
        return None


def read_ppm(path):
    with open(path, "rb") as file:
        content = file.read()
    header = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", content)
    width, height = int(header[1]), int(header[2])
    pixels = content[header.end():]
    return Picture(width, height, [pixels[3 * width * y:3 * width * (y + 1)] for y in range(height)])


def unpack(text):
    """The pixels of a row's line: see src/monitor/picture_text.hpp."""
    data, row, at = base64.b64decode(text), bytearray(), 0
    while at < len(data):
        control = data[at]
        if control < 0x80:
            end = at + 1 + 3 * (control + 1)
            row += data[at + 1:end]
        else:
            end = at + 4
            row += data[at + 1:end] * (control - 0x7E)
        at = end
    return bytes(row)


class Taker:
    """Asks the monitor for a picture, part by part, and reads its answers from what the session
    has seen."""

    ESCAPE = b"\x1e"

    def __init__(self, session):
        self.session = session
        self.mark = len(session.seen)
        self.rows, self.size, self.next = {}, None, None
        self.type(self.ESCAPE + b"m")
        self.ask(0)

    def type(self, keys):
        self.session.pending += keys

    def ask(self, row):
        self.type(b"picture %d\r" % row)

    def poll(self):
        """The picture once it is complete."""
        seen = self.session.seen
        end = END.search(seen, self.mark)
        if not end:
            return None
        part = seen[self.mark:end.start()]
        self.mark = end.end()
        size = SIZE.search(part)
        self.size = int(size[1]), int(size[2])
        for row in ROW.finditer(part):
            number = int(row[1])
            self.rows[number] = self.rows[number - 1] if row[2] == b"=" else unpack(row[2])
        if end[1]:
            self.ask(int(end[1]))
            return None
        self.type(self.ESCAPE + b"m")
        width, height = self.size
        return Picture(width, height, [self.rows[y] for y in range(height)])


def take_picture(session, timeout=120):
    """The picture of the VM in view, with the session going on meanwhile."""
    taker, result = Taker(session), []

    def watch(_):
        picture = taker.poll()
        if picture:
            result.append(picture)
        return True if picture else None

    session.deadline, session.cpu_limit = time.monotonic() + timeout, None
    session.run(watch)
    if not result:
        raise Problem("the hypervisor sent no picture")
    return result[0]
