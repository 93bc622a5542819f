# SPDX-License-Identifier: BSD-2-Clause
"""Memory sizes as users write them."""

import re

from .problem import Problem, USAGE

MIB = 1 << 20
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def parse_size(text, option):
    """Bytes meant by `64M`, `1G`, `640K` or a plain number of bytes."""
    match = re.fullmatch(r"(\d+)([KMG]?)", text, re.IGNORECASE)
    if not match or int(match[1]) == 0:
        raise Problem(f"{option}: '{text}' is not a size such as 64M", USAGE)
    return int(match[1]) * UNITS[match[2].upper()]


def whole_mib(size):
    return (size + MIB - 1) // MIB
