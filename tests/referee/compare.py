# SPDX-License-Identifier: BSD-2-Clause
"""Compares what the calls of a script did on the machines, field by field.

Where SeaBIOS and rombios agree, Vestige must; where they differ, a rule of differences.txt tells
whom it follows and why."""

import fnmatch
import re
from dataclasses import dataclass, field

FLAGS = {"cf": 0x0001, "zf": 0x0040, "if": 0x0200, "df": 0x0400}
REGISTERS = ("eax", "ebx", "ecx", "edx", "esi", "edi", "ebp")
MACHINES = ("seabios", "rombios", "vestige")
BYTE = re.compile(r"04[0-9A-F]{2}")
LINE = re.compile(r"(\d{3}) (\S+) ([^\s+]+)(?:\+([0-9A-F]{2}))?((?: \S+=\S*| v[0-9A-F]{2})*)$")


@dataclass
class Rule:
    """A line of differences.txt: ROWS[:NAMES] FIELDS WHOM REASON."""

    rows: str
    names: str
    fields: list
    whom: str
    reason: str

    def covers(self, row, name, what):
        return (fnmatch.fnmatchcase(row, self.rows)
                and any(fnmatch.fnmatchcase(name, pattern) for pattern in self.names.split(","))
                and any(fnmatch.fnmatchcase(what, pattern) for pattern in self.fields))


def read_rules(path):
    rules = []
    for line in path.read_text().splitlines():
        words = line.split("#")[0].split(None, 3)
        if not words:
            continue
        if len(words) < 4:
            raise ValueError(f"{path.name}: '{line}' is not ROWS FIELDS WHOM REASON")
        rows, _, names = words[0].replace("_", " ").partition(":")
        rules.append(Rule(rows, names or "*", words[1].split(","), words[2], words[3]))
    return rules


@dataclass
class Finding:
    """A field in which machines are not as one."""

    label: object
    what: str
    values: dict
    text: str = ""

    def __str__(self):
        values = " ".join(f"{machine}={self.values[machine] or '-'}" for machine in MACHINES)
        return f"{self.label.row} {self.label.name} {self.what}: {values} ({self.text})"


@dataclass
class Verdict:
    """Of one script: counts, and what is wrong."""

    calls: int = 0
    fields: int = 0
    agreed: int = 0
    explained: list = field(default_factory=list)  # (Finding, Rule)
    wrong: list = field(default_factory=list)


def register_values(label, shown):
    """Low and high halves of the registers after a call; unchanged ones are not in the line."""
    values = {}
    for name in REGISTERS:
        given = label.registers.get(name)
        value = int(shown[name], 16) if name in shown else given
        if value is None:
            continue
        values[name[1:]] = f"{value & 0xFFFF:04X}"
        values[f"{name}.high"] = f"{value >> 16:04X}"
    return values


def split_value(name, value):
    """A field, or those that dots are between: NAME.0, NAME.1..."""
    parts = value.split(".")
    return ({name: value} if len(parts) == 1
            else {f"{name}.{index}": part for index, part in enumerate(parts)})


class Fields(dict):
    """The fields of a line, and `area`: the BIOS data area after it, from 0400 on."""

    area = bytes(256)

    def value(self, name):
        """A field; a byte of the data area that this call did not change is as it was left."""
        if name in self or not BYTE.fullmatch(name):
            return self.get(name)
        return f"{self.area[int(name, 16) - 0x400]:02X}"


def fields_of(label, text, area):
    """The fields of a line's right part; `area` is brought up to date."""
    shown = {}
    for word in text.split():
        name, _, value = word.partition("=")
        shown[name] = value
    values = Fields(register_values(label, shown))
    for name, value in shown.items():
        if name == "f":
            for flag, mask in FLAGS.items():
                values[flag] = "1" if int(value, 16) & mask else "0"
        elif name not in REGISTERS:
            values.update(split_value(name, value))
            if BYTE.fullmatch(name):
                area[int(name, 16) - 0x400] = int(value, 16)
    values.area = bytes(area)
    return values


def read_output(script, lines):
    """{(number, swept value): fields} of a machine's lines; sweeps are filled up."""
    found = {}
    area = bytearray(bytes.fromhex(lines[1]) if len(lines) > 1 else 256)
    for line in lines[2:]:
        match = LINE.match(line)
        if not match or int(match[1]) >= len(script.calls):
            continue
        label = script.calls[int(match[1])]
        if (match[2].replace("_", " "), match[3]) != (label.row, label.name):
            continue
        value = int(match[4], 16) if match[4] else None
        found[int(match[1]), value] = fields_of(label, match[5], area)
    for index, label in enumerate(script.calls):
        if label.sweep:
            last = None
            for value in range(label.sweep[1], label.sweep[2] + 1):
                last = found.setdefault((index, value), last) or last
    return {key: fields for key, fields in found.items() if fields is not None}


def all_keys(script):
    for index, label in enumerate(script.calls):
        if label.sweep:
            yield from ((index, value) for value in range(label.sweep[1], label.sweep[2] + 1))
        else:
            yield index, None


def wanted(finding, rule, own):
    """What Vestige should show under a rule; None: anything that one of the references shows."""
    if rule.whom == "own":
        return own
    return None if rule.whom == "either" else finding.values[rule.whom]


class Judge:
    """Goes through the fields of one script."""

    def __init__(self, script, differences):
        self.script = script
        self.own = [rule for rule in differences if rule.whom == "own"]
        self.others = [rule for rule in differences if rule.whom != "own"]
        self.verdict = Verdict(calls=len(script.calls))

    def rule_for(self, rules, finding):
        for rule in rules:
            if rule.covers(finding.label.row, finding.label.name, finding.what):
                return rule
        return None

    def complain(self, finding, text):
        finding.text = text
        self.verdict.wrong.append(finding)

    def field(self, finding, own):
        """One field; `own` is what Vestige showed when its output was recorded."""
        values = finding.values
        self.verdict.fields += 1
        if values["vestige"] == values["seabios"] == values["rombios"]:
            self.verdict.agreed += 1
            return
        rule = self.rule_for(self.own, finding)
        if rule is None and values["seabios"] == values["rombios"]:
            self.complain(finding, "the references agree")
            return
        rule = rule or self.rule_for(self.others, finding)
        if rule is None:
            return self.complain(finding, "the references differ and no rule says why")
        want = wanted(finding, rule, own)
        right = (values["vestige"] == want if rule.whom != "either"
                 else values["vestige"] in (values["seabios"], values["rombios"]))
        if right:
            self.verdict.explained.append((finding, rule))
        else:
            self.complain(finding, f"rule '{rule.whom}': {rule.reason}")

    def run(self, outputs, recorded):
        read = {machine: read_output(self.script, lines) for machine, lines in outputs.items()}
        read_own = read_output(self.script, recorded)
        for key in all_keys(self.script):
            label = self.script.calls[key[0]]
            masks = self.script.mask_for(label.row, label.name)
            fields = {machine: read[machine].get(key) for machine in MACHINES}
            name = label if key[1] is None else swept(label, key[1])
            own = read_own.get(key) or Fields()
            missing = [machine for machine in MACHINES if fields[machine] is None]
            if missing:
                finding = Finding(name, "line", {m: "none" if m in missing else "there"
                                                 for m in MACHINES})
                self.field(finding, "there")
                if "vestige" in missing:
                    continue
                for machine in missing:  # the others stand for it
                    fields[machine] = next((fields[m] for m in MACHINES[:2] if fields[m]), own)
            for what in sorted(set().union(*(fields[machine] for machine in MACHINES))):
                if not any(fnmatch.fnmatchcase(what, pattern) for pattern in masks):
                    values = {machine: fields[machine].value(what) for machine in MACHINES}
                    self.field(Finding(name, what, values), own.value(what))
        return self.verdict


def swept(label, value):
    return type(label)(label.row, f"{label.name}+{value:02X}", label.registers)
