# SPDX-License-Identifier: BSD-2-Clause
"""What one system test is made of."""

from dataclasses import dataclass, field


@dataclass
class Case:
    """One boot of Vestige. `expect` are regular expressions that must match one after the other in
    what the console shows, those of `also` anywhere in it; the run ends when all have. MD5(NAME)
    stands for the sum of an image. `keys` maps an expression to what is typed once it has appeared.
    `status` is the exit status, checked when the run ends by itself."""

    name: str
    expect: list = field(default_factory=list)
    also: list = field(default_factory=list)
    vms: list = field(default_factory=list)
    arguments: list = field(default_factory=list)
    keys: dict = field(default_factory=dict)
    forbidden: list = field(default_factory=lambda: [r"panic:", r"FAIL "])
    gdb: list = field(default_factory=list)  # of GdbSession
    status: int = None
    pictures: tuple = None  # a file, and what says that a picture is there, and the key then
    cpu_model: str = ""  # of the emulator that has VMX; empty: its usual one
    count_exits: bool = False  # `stats json` must agree with Bochs' debugger
    check: object = None  # a function of the console's text that says what is wrong
    complaints: bool = False  # the emulator's log is expected to complain
    group: str = ""  # words; such a test runs only when it or one of them is named
    bare: str = ""  # a CD to boot without Vestige as well; the ticks to its shell are compared
    most_ratio: float = 0  # of those ticks, with Vestige over without
    limit: int = 150  # seconds of processor time for the emulator; only a hang gets there


def raw(name, extra="", kind="raw"):
    return f"image=guest:{name},kind={kind},name={name.replace('_', '-')}{extra}"


def broken(name):
    return f"image=guest:fault_{name},kind=raw,name={name.replace('_', '-')},mem=8M"


def disk(image, drive, extra="", kind="image"):
    return f"{drive}={kind}:{image},name=a,mem=32M{extra}"
