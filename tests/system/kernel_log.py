# SPDX-License-Identifier: BSD-2-Clause
"""What Linux complains about in a VM and not on the emulated machine itself."""

import re

COMMAND = "drivers; warnings; echo WARNINGS-$((1+1))\r"
END = r"WARNINGS-2"
# What only a VM's kernel may say, and why.
ALLOWED = {}


def complaints(text):
    """Messages that are warnings or worse, each once, in their order; # stands for any number."""
    lines = re.findall(r"WARNING <\d+>\[[ \d.]+\] ([^\r\n]*)", text)
    return list(dict.fromkeys(re.sub(r"0x[0-9a-f]+|\d+", "#", line) for line in lines))


def compare(text, bare):
    """Prints what either kernel complains about; what is wrong, in words."""
    ours, theirs = complaints(text), complaints(bare)
    only_ours = [line for line in ours if line not in theirs]
    for title, lines in (("both", [line for line in ours if line in theirs]), ("only in a VM", only_ours),
                         ("only without Vestige", [line for line in theirs if line not in ours])):
        for line in lines:
            print(f"    kernel warning, {title}: {line}", flush=True)
    if not theirs:
        return "the kernel's warnings without Vestige are missing"
    new = [line for line in only_ours if not any(re.search(pattern, line) for pattern in ALLOWED)]
    return f"the kernel complains in a VM only: {new[0]}" if new else ""
