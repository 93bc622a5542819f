# SPDX-License-Identifier: BSD-2-Clause
"""What a VM costs whose guest has nothing to do, from `stats json`."""

import json
import re

MOST_EXITS = 50  # a second, beside those that serve the guest's ticks


def figures(console):
    return [json.loads(found) for found in re.findall(r'^\{"vm":.*\}', console, re.M)]


def frequency(console):
    """Of the TSC."""
    return int(re.search(r"TSC (\d+) kHz", console)[1]) * 1000


def check(*exits_per_tick, sleeps=0.99):
    """A judge of a console with one line of statistics for each number: the exits which one interrupt
    makes by what its handler does, HLT included."""

    def judge(console):
        told = figures(console)
        if len(told) != len(exits_per_tick):
            return f"{len(told)} statistics instead of {len(exits_per_tick)}"
        for figure, own in zip(told, exits_per_tick):
            ticks = [figure[name] for name in ("guest_ticks", "host_ticks", "idle_ticks")]
            seconds = sum(ticks) / frequency(console)
            interrupts = sum(one["count"] for one in figure["interrupts"])
            beside = (figure["exits_total"] - own * interrupts) / seconds
            idle = ticks[2] / sum(ticks)
            print(f"    idle: {seconds:.1f} s, {figure['exits_total']} exits, {interrupts} "
                  f"interrupts; {beside:.1f} exits a second beside them; the CPU sleeps for "
                  f"{100 * idle:.2f} %", flush=True)
            if seconds < 3:
                return f"only {seconds:.1f} s were measured"
            if beside >= MOST_EXITS:
                return f"{beside:.0f} exits a second while idle: {figure}"
            if idle < sleeps:
                return f"the CPU slept for {100 * idle:.1f} % only"
        return ""

    return judge
