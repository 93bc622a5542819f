# SPDX-License-Identifier: BSD-2-Clause
"""The referee's scripts as tests: each boots Vestige once and compares every BIOS call with what
SeaBIOS and rombios did (tests/referee)."""

import sys

from vestige.tree import SOURCE

sys.path.append(str(SOURCE / "tests/referee"))
import referee  # noqa: E402

PREFIX = "referee-"
ROWS = PREFIX + "rows"


def names(asked):
    """The tests asked for; without a name all of them."""
    there = [ROWS] + [PREFIX + name for name in referee.names()]
    return [name for name in there if name in asked or not asked]


def run(name):
    """What is wrong, in words; empty when every call is as it should be."""
    if name == ROWS:
        return referee.missing_calls()
    script = name.removeprefix(PREFIX)
    referee.run_vestige(script)
    verdict = referee.judge(script)
    print(referee.summary(script, verdict), flush=True)
    return f"{len(verdict.wrong)} wrong, the first: {verdict.wrong[0]}" if verdict.wrong else ""
