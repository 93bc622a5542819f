# SPDX-License-Identifier: BSD-2-Clause
"""The one exception that the user sees as a line of text."""

USAGE = 2
NOT_STARTED = 127


class Problem(Exception):
    """A condition to report in one line, and the exit status that goes with it."""

    def __init__(self, text, status=NOT_STARTED):
        super().__init__(text)
        self.status = status
