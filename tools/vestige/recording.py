# SPDX-License-Identifier: BSD-2-Clause
"""The record of the screens, which Vestige puts between the bytes of its console."""

import re

# On a terminal that draws the guest's screen it is a string that no terminal shows, else a line.
ITEM = re.compile(rb"\x1b_vestige: vm (\S+) screen ([^\x1b]*)\x1b\\|"
                  rb"(?:(?<=\n)|^)vestige: vm (\S+) screen (\d+\.[^\r\n]*)\r?\n")
LINE_START = b"vestige: vm "
STRING_START = b"\x1b_"


def unfinished(data):
    """Where the end of data may be the beginning of an item; its length for none."""
    string = data.rfind(STRING_START)
    if string >= 0 and b"\x1b\\" not in data[string:]:
        return string
    if data.endswith(b"\x1b"):
        return len(data) - 1
    line = data.rfind(b"\n") + 1
    tail = data[line:]
    if tail and (tail.startswith(LINE_START) or LINE_START.startswith(tail)):
        return line
    return len(data)


class Recording:
    """Takes the console's bytes, writes the record to a file, and passes the rest on to `show`."""

    def __init__(self, show, file):
        self.show = show
        self.file = file
        self.held = b""

    def __call__(self, data):
        data = self.held + data
        end = unfinished(data)
        data, self.held = data[:end], data[end:]
        rest = ITEM.sub(self.keep, data)
        if rest:
            self.show(rest)

    def keep(self, match):
        name, text = (match[1], match[2]) if match[1] else (match[3], match[4])
        self.file.write(f"{name.decode()} {text.decode(errors='replace')}\n")
        return b""

    def close(self):
        """What is held back is no item any more."""
        if self.held:
            self.show(self.held)
        self.file.close()
