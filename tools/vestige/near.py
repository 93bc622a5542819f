# SPDX-License-Identifier: BSD-2-Clause
"""Suggestions for misspelt names."""

import difflib


def nearest(name, known):
    """Text to append to a message: the known name nearest to `name`, if any is near."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean '{found[0]}'?" if found else ""
