# SPDX-License-Identifier: BSD-2-Clause
"""Virtual machines as the user asks for them, and the module words that tell the hypervisor."""

from dataclasses import dataclass, field
from pathlib import Path

from .near import nearest
from .problem import NOT_STARTED, Problem, USAGE
from .size import MIB, parse_size

KINDS = ("auto", "disk", "floppy", "cdrom", "raw", "rom", "oprom")
DRIVES = {
    "disk0": "disk unit=0x80",
    "disk1": "disk unit=0x81",
    "disk2": "disk unit=0x82",
    "disk3": "disk unit=0x83",
    "floppy0": "floppy unit=0x00",
    "floppy1": "floppy unit=0x01",
    "cd0": "cdrom",
    "oprom0": "oprom",
    "oprom1": "oprom",
    "sym": "sym",
}
DRIVE_WORDS = ("ro", "at", "start")  # these go with the image, the rest with the VM
VM_WORDS = ("mem", "cpus", "boot", "com1", "keys", "trace")
KEYS = ("image", "kind", "name", "unit", *DRIVES, *DRIVE_WORDS, *VM_WORDS)
DEFAULT_MEMORY = 64 * MIB


@dataclass
class Module:
    """A file handed to the hypervisor and the words that go with it."""

    file: Path
    words: str


@dataclass
class Vm:
    """One virtual machine: its name, its size and its modules in order."""

    name: str
    memory: int = DEFAULT_MEMORY
    cpus: int = 1
    modules: list = field(default_factory=list)


def split_settings(text):
    """Splits `a=1,b=x,y` into pairs; a piece without '=' continues the value before it."""
    pairs = []
    for piece in text.split(","):
        if "=" in piece:
            pairs.append(piece.split("=", 1))
        elif pairs:
            pairs[-1][1] += "," + piece
        else:
            raise Problem(f"--vm: '{piece}' is not of the form name=value", USAGE)
    return pairs


def existing(text):
    path = Path(text)
    if not path.exists():
        raise Problem(f"{text}: no such file", NOT_STARTED)
    if not path.is_file():
        raise Problem(f"{text}: not a file", NOT_STARTED)
    return path.resolve()


def whole_number(text, what):
    if not text.isdigit() or int(text) == 0:
        raise Problem(f"{what}: '{text}' is not a number of at least 1", USAGE)
    return int(text)


def checked_settings(text):
    settings = {}
    for key, value in split_settings(text):
        if key not in KEYS:
            raise Problem(f"--vm: unknown word '{key}'{nearest(key, KEYS)}", USAGE)
        if key in settings:
            raise Problem(f"--vm: '{key}' is given twice", USAGE)
        if not value or any(character.isspace() for character in value) and key not in DRIVES:
            if key != "image" or not value:
                raise Problem(f"--vm: '{key}' has a bad value '{value}'", USAGE)
        settings[key] = value
    kind = settings.get("kind", "auto")
    if kind not in KINDS:
        raise Problem(f"--vm: unknown kind '{kind}'{nearest(kind, KINDS)}", USAGE)
    if "image" not in settings and not any(drive in settings for drive in DRIVES):
        raise Problem(f"--vm '{text}' names no image: give image=FILE or one of disk0=, floppy0=, cd0=", USAGE)
    return settings


def parse_vm(text, index):
    """The VM meant by the text of a --vm option; `index` names it when it has no name."""
    settings = checked_settings(text)
    vm = Vm(settings.get("name", f"vm{index}"))
    if "mem" in settings:
        vm.memory = parse_size(settings["mem"], "--vm mem")
    if "cpus" in settings:
        vm.cpus = whole_number(settings["cpus"], "--vm cpus")
    drives = []
    if "image" in settings:
        words = [settings.get("kind", "auto")]
        words += [f"{key}={settings[key]}" for key in ("unit", *DRIVE_WORDS) if key in settings]
        drives.append((settings["image"], words))
    drives += [(settings[key], [words]) for key, words in DRIVES.items() if key in settings]
    vm_words = [f"vm={vm.name}"] + [f"{key}={settings[key]}" for key in VM_WORDS if key in settings]
    for file, words in drives:
        first = not vm.modules
        tail = vm_words if first else vm_words[:1]
        vm.modules.append(Module(existing(file), " ".join(words[:1] + tail + words[1:])))
    return vm


def image_vm(file, index):
    """The VM for an IMAGE argument."""
    name = f"vm{index}"
    return Vm(name, modules=[Module(existing(file), f"auto vm={name}")])
