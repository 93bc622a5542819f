# SPDX-License-Identifier: BSD-2-Clause
"""VM exits as Vestige's statistics and as Bochs' own debugger count them."""

import json
import re

from vestige.bochs import EXIT

LAUNCH = 1  # the first entry of a vCPU, which comes back at once


def compare(console):
    """What is wrong, in words."""
    told = [json.loads(found) for found in re.findall(r'^\{"vm":.*\}', console, re.M)]
    if len(told) != 1:
        return f"{len(told)} statistics instead of one"
    kinds = {kind["name"]: kind["count"] for kind in told[0]["exits"]}
    kinds |= {"quick calls": told[0]["quick_calls"], "own": told[0]["own_exits"]}
    if sum(kinds.values()) != told[0]["exits_total"]:
        return "the kinds of exits do not add up to their total"
    seen = console.count(EXIT) - LAUNCH
    if told[0]["exits_total"] != seen:
        return f"{told[0]['exits_total']} exits, Bochs' debugger saw {seen}: {kinds}"
    print(f"statistics: {seen} exits, as Bochs counts them: {kinds}", flush=True)
    return ""
