#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Prints an assembly file with the addresses and names of the functions in an ELF file, sorted.
# usage: make-symbols.sh NM [ELF]     (without ELF: an empty table)
set -eu
nm=$1
echo '.section .symbols, "a"'
echo '.balign 8'
echo '.global symbol_table, symbol_count'
if [ $# -lt 2 ]; then
    echo 'symbol_table:'
    echo 'symbol_count: .quad 0'
    exit 0
fi
"$nm" -nC --defined-only "$2" | sed -n 's/^\([0-9a-f]*\) [TtWw] \(.*\)$/\1 \2/p' |
    awk '{ address = $1; sub(/^[0-9a-f]* /, ""); gsub(/[\\"]/, "");
           n++; table = table sprintf(".quad 0x%s, name%d\n", address, n);
           names = names sprintf("name%d: .asciz \"%s\"\n", n, substr($0, 1, 90)) }
         END { printf "symbol_table:\n%ssymbol_count: .quad %d\n%s", table, n, names }'
