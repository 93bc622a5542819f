# SPDX-License-Identifier: BSD-2-Clause
"""A bootable CD with GRUB, the hypervisor and the modules of a run."""

import shutil

from .setup import run
from .tree import ELF


def write_iso(folder, path, words, modules):
    """`modules` are (file, words). GRUB keeps a module's file name to itself: words are all."""
    root = folder / "iso"
    shutil.rmtree(root, ignore_errors=True)
    (root / "boot/grub").mkdir(parents=True)
    shutil.copy(ELF, root / "boot/vestige.elf")
    lines = ["set timeout=0", 'menuentry "Vestige" {', f"    multiboot2 /boot/vestige.elf {words}"]
    for number, (file, text) in enumerate(modules):
        name = f"boot/module{number}"
        shutil.copy(file, root / name)
        lines.append(f"    module2 --nounzip /{name} {text}")
    lines.append("}")
    (root / "boot/grub/grub.cfg").write_text("\n".join(lines) + "\n")
    run(["grub-mkrescue", "-o", str(path), str(root)])
