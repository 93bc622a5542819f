# SPDX-License-Identifier: BSD-2-Clause
"""Scripts of BIOS calls: text with a call a line, made into the table of guest/referee/engine.asm.
The words of a line are told in README.md."""

import fnmatch
import re
from dataclasses import dataclass, field

# Registers that a call does not name: high halves that no BIOS should look at or change.
POISON = {"eax": 0xE1A50000, "ebx": 0xE2B60000, "ecx": 0xE3C70000, "edx": 0xE4D80000,
          "esi": 0xE5E90000, "edi": 0xE6FA0000, "ebp": 0xE70B0000, "esp": 0x00001000,
          "ds": 0x2000, "es": 0x2000, "fs": 0x2F00, "gs": 0x2E00, "ss": 0x0800}
GENERAL, SEGMENTS = list(POISON)[:8], list(POISON)[8:]
HALVES = {"ax": "eax", "bx": "ebx", "cx": "ecx", "dx": "edx", "si": "esi", "di": "edi",
          "bp": "ebp", "sp": "esp"}
# Variants of a call: interrupts on and CF set, interrupts off and ZF set.
FLAGS = {"a": 0x0203, "b": 0x0042}
WAYS = {"int": 0, "far-call": 1, "far-jump": 2, "v86": 3}
NO_SWEEP = 0xFF
MACHINE_BITS = {"seabios": 1, "rombios": 2, "vestige": 4}
PACKET = (0x2F00, 0x0000)  # where packet= puts a disk address packet


class ScriptError(Exception):
    """A line that cannot be understood."""


@dataclass
class Label:
    """What stands at the start of a call's line."""

    row: str
    name: str
    registers: dict  # as they were given to the call; none for `run`
    sweep: tuple = None  # (place in the table's registers, first, last)


@dataclass
class Script:
    """A script, read: the table for the assembler and what the comparison must know."""

    name: str
    machine: dict = field(default_factory=dict)
    masks: list = field(default_factory=list)  # (row pattern, name pattern, field patterns, reason)
    calls: list = field(default_factory=list)  # Label, by number
    table: list = field(default_factory=list)

    def mask_for(self, row, name):
        """Patterns of the fields of this call that are not compared."""
        return [pattern for rows, names, fields, _ in self.masks
                if fnmatch.fnmatchcase(row, rows) and fnmatch.fnmatchcase(name, names)
                for pattern in fields]


def number(text):
    return int(text, 16)


def far(text):
    segment, offset = text.split(":")
    return number(segment), number(offset)


def quoted(text):
    return f'"{text}", 0'


def place_of(register):
    """Offset of a register's byte in the table's registers."""
    if register[-1] in "lh" and register[0] in "abcd":
        return GENERAL.index(f"e{register[0]}x") * 4 + (register[1] == "h")
    if register in HALVES:
        return GENERAL.index(HALVES[register]) * 4
    if register in GENERAL:
        return GENERAL.index(register) * 4
    return 32 + SEGMENTS.index(register) * 2


def set_register(registers, name, value):
    if name in registers:
        registers[name] = value
    elif name in HALVES:
        whole = HALVES[name]
        registers[whole] = registers[whole] & 0xFFFF0000 | value & 0xFFFF
    elif len(name) == 2 and name[0] in "abcd" and name[1] in "lh":
        whole, shift = f"e{name[0]}x", 8 if name[1] == "h" else 0
        registers[whole] = registers[whole] & ~(0xFF << shift) | (value & 0xFF) << shift
    else:
        raise ScriptError(f"no register {name}")


def registers_of_row(row):
    """The interrupt and the registers that choose a row, as its id tells."""
    registers = dict(POISON)
    plain = re.fullmatch(r"INT_([0-9A-F]{2})", row)
    if plain:
        return number(plain[1]), registers
    found = re.fullmatch(r"([0-9A-F]{2})/([0-9A-Fx]{2,4})(?:_BL=([0-9A-F]{2}))?", row, re.I)
    if not found:
        return None, registers
    function = found[2].replace("x", "0")
    set_register(registers, "ax", number(function) << (8 if len(function) == 2 else 0))
    if found[3]:
        set_register(registers, "bl", number(found[3]))
    return number(found[1]), registers


def watch(key, value):
    """The bytes of a watch, or None if the word is not one."""
    if key in ("mem", "far"):
        where, length = value.split("+")
        segment, offset = far(where)
        kind = 0 if key == "mem" else 6
        return f"db {kind}\n dw {offset}, {segment}, {number(length) & 0xFFFF}"
    if key == "port":
        return f"db 1\n dw {number(value)}"
    if key == "idx":
        port, index = far(value)
        return f"db 2\n dw {port}\n db {index}"
    if key == "attr":
        return f"db 3, {number(value)}"
    if key == "ptr":
        where, length = value.split("+")
        segment, offset = where.split(":")
        return f"db 4, {place_of(segment)}, {place_of(offset)}\n dw {number(length) & 0xFFFF}"
    if key == "dac":
        first, count = value.split("+")
        return f"db 5, {number(first)}\n dw {number(count)}"
    if key == "vga":
        return "db 7"
    return None


def area(kind, value):
    """fill= and ramp=: SEG:OFF+LENGTH:VALUE."""
    found = re.fullmatch(r"(\w+):(\w+)\+(\w+):(\w+)", value)
    if not found:
        raise ScriptError(f"'{value}' is not SEG:OFF+LENGTH:VALUE")
    segment, offset, length, byte = (number(part) for part in found.groups())
    return f"db {kind}\n dw {offset}, {segment}, {length & 0xFFFF}\n db {byte}"


def poke(value):
    segment, offset, data = value.split(":")
    content = bytes.fromhex(data)
    return (f"db 4\n dw {number(offset)}, {number(segment)}\n db {len(content)}, "
            + ", ".join(str(byte) for byte in content))


def packet(value, registers):
    """packet=SIZE,COUNT,SEG:OFF,LBA[,FLAT]: a disk address packet at PACKET, in DS:SI."""
    parts = value.split(",")
    segment, offset = far(parts[2])
    content = bytes([number(parts[0]), 0]) + number(parts[1]).to_bytes(2, "little")
    content += offset.to_bytes(2, "little") + segment.to_bytes(2, "little")
    content += number(parts[3]).to_bytes(8, "little")
    if len(parts) > 4:
        content += number(parts[4]).to_bytes(8, "little")
    content = content.ljust(24, b"\0")
    registers["ds"] = PACKET[0]
    set_register(registers, "si", PACKET[1])
    return poke(f"{PACKET[0]:x}:{PACKET[1]:x}:{content.hex()}")


def out(value):
    port, byte = far(value)
    return f"db 5\n dw {port}\n db {byte}"


def keys(value):
    codes = [str(number(code)) for code in value.split(",")]
    return f"db 6, {len(codes)}, " + ", ".join(codes)


PREPARE = {"fill": lambda v: area(3, v), "ramp": lambda v: area(10, v), "poke": poke, "out": out,
           "keys": keys, "ticks": lambda v: f"db 7\n dw {number(v)}"}


def machine_bits(names):
    return sum(MACHINE_BITS[machine] for machine in names.split(","))


def unless_skipped(lines, label, machines):
    """The table's lines, jumped over on some machines."""
    if not machines:
        return lines
    behind = f"behind_{label[:3]}"
    return [f"db 11\n dw {behind}\n db {machines}", *lines, f"{behind}:"]


class Call:
    """One `call` line while it is read."""

    def __init__(self, row):
        self.row = row
        self.interrupt, self.registers = registers_of_row(row)
        self.variants = "ab"
        self.way = "int"
        self.sweep = None
        self.prepare = []
        self.watches = []
        self.flags = None
        self.skip = 0  # machines that cannot live through it

    def word(self, word):
        if word == "once":
            self.variants = "a"
            return
        key, equals, value = word.partition("=")
        if not equals:
            raise ScriptError(f"'{word}' is not NAME=VALUE")
        seen = watch(key, value)
        if seen:
            self.watches.append(seen)
        elif key in PREPARE:
            self.prepare.append(PREPARE[key](value))
        elif key == "packet":
            self.prepare.append(packet(value, self.registers))
        elif key == "sweep":
            register, first, last = re.fullmatch(r"(\w+):(\w+)-(\w+)", value).groups()
            self.sweep = (place_of(register), number(first), number(last))
            set_register(self.registers, register, 0)
        elif key == "int":
            self.interrupt = number(value)
        elif key == "variant":
            self.variants = value
        elif key == "way":
            self.way = value
        elif key == "skip":
            self.skip = machine_bits(value)
        elif key == "flags":
            self.flags = number(value)
        else:
            set_register(self.registers, key, number(value))

    def table(self, label, variant):
        if self.interrupt is None:
            raise ScriptError(f"{self.row}: which interrupt? Say int=")
        flags = self.flags if self.flags is not None else FLAGS[variant]
        lines = ["db 1", *self.prepare, "db 2", f"db {quoted(label)}",
                 f"db {self.interrupt}, {WAYS[self.way]}",
                 "dd " + ", ".join(str(self.registers[name]) for name in GENERAL),
                 "dw " + ", ".join(str(self.registers[name]) for name in SEGMENTS) + f", {flags}",
                 "db {}, {}, {}".format(*(self.sweep or (NO_SWEEP, 0, 0))), f"db {len(self.watches)}", *self.watches]
        return unless_skipped(lines, label, self.skip)


class Reader:
    """Reads the lines of one script."""

    def __init__(self, name):
        self.script = Script(name)
        self.short = {}  # words that a $NAME stands for

    def label(self, row, name, registers, sweep=None):
        index = len(self.script.calls)
        self.script.calls.append(Label(row.replace("_", " "), name, registers, sweep))
        return f"{index:03} {row} {name}"

    def expand(self, words):
        return [piece for word in words
                for piece in (self.short.get(word[1:], [word]) if word.startswith("$") else [word])]

    def line(self, words):
        kind, rest = words[0], self.expand(words[1:])
        table = self.script.table
        if kind == "let":
            self.short[rest[0]] = rest[1:]
        elif kind == "machine":
            self.script.machine = dict(word.split("=", 1) for word in rest)
        elif kind == "mask":
            rows, _, names = rest[0].replace("_", " ").partition(":")
            self.script.masks.append((rows, names or "*", rest[1].split(","), " ".join(rest[2:])))
            if len(rest) < 3:
                raise ScriptError("a mask needs a reason")
        elif kind == "call":
            call = Call(rest[0])
            for word in rest[2:]:
                call.word(word)
            for variant in call.variants:
                label = self.label(rest[0], f"{rest[1]}.{variant}", call.registers, call.sweep)
                table.extend(call.table(label, variant))
        elif kind == "run":
            label = self.label(rest[0], rest[1], {})
            skip = machine_bits(rest[3].removeprefix("skip=")) if len(rest) > 3 else 0
            table += unless_skipped(["db 8", f"db {quoted(label)}", f"dw {rest[2]}"], label, skip)
        elif kind in PREPARE:
            table.append(PREPARE[kind](",".join(rest)))
        else:
            raise ScriptError(f"no such line: {kind}")


def repeated(words):
    """`for X=1,2,3 ...` stands for a line with {X} for each value."""
    if words[0] != "for":
        return [words]
    name, _, values = words[1].partition("=")
    return [[word.replace("{" + name + "}", value) for word in words[2:]]
            for value in values.split(",")]


def read_script(path):
    reader = Reader(path.stem)
    for index, line in enumerate(path.read_text().splitlines(), 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        try:
            for single in repeated(words):
                reader.line(single)
        except (ScriptError, ValueError, IndexError, KeyError, AttributeError) as error:
            raise ScriptError(f"{path.name}:{index}: {error}") from error
    reader.script.table.append("db 0")
    return reader.script
