#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Prints the fonts of the video BIOS (code page 437 in 8x8, 8x14 and 8x16) as rows of a C++ array,
made from the console fonts of Debian's console-data. There is no code page 437 in all three sizes;
865 has all but three of its characters, and 850 has those."""

import gzip
import sys

FROM_850 = {0x9B: 0xBD, 0x9D: 0xBE, 0xAF: 0xAF}  # cent, yen, right guillemet


def glyphs(folder, page, height):
    """256 glyphs of a PSF 1 font: magic, mode, height, then the bitmaps."""
    with gzip.open(f"{folder}/cp{page}-8x{height}.psf.gz") as file:
        content = file.read()
    if content[:2] != b"\x36\x04" or content[3] != height or len(content) < 4 + 256 * height:
        sys.exit(f"make-fonts: cp{page}-8x{height} is not a font of 8x{height} pixels")
    return [content[4 + i * height:4 + (i + 1) * height] for i in range(256)]


def main():
    folder = sys.argv[1]
    for height in (8, 14, 16):
        font = glyphs(folder, 865, height)
        others = glyphs(folder, 850, height)
        for code, other in FROM_850.items():
            font[code] = others[other]
        for glyph in font:
            print(", ".join(f"0x{row:02x}" for row in glyph) + ",")


main()
