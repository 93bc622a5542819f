# SPDX-License-Identifier: BSD-2-Clause
"""Where things are in the source tree and its build folder."""

from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
TOOLS = SOURCE / "tools"
BUILD = SOURCE / "build"
ELF = BUILD / "vestige.elf"
ISO = BUILD / "grub.iso"
