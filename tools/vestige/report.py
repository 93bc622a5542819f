# SPDX-License-Identifier: BSD-2-Clause
"""The runner's own messages: on standard error, so that standard output is the console alone."""

import sys


def say(text):
    print(f"run: {text}", file=sys.stderr, flush=True)
