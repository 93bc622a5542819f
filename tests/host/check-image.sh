#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Proves that the linked image is what boot loaders expect: both multiboot headers where they are
# searched for, one loadable 64-bit file, and no code that would have to run before main.
set -eu
elf=vestige.elf
failures=0

fail() {
    echo "$elf: $1"
    failures=$((failures + 1))
}

[ -f "$elf" ] || { echo "$elf is not in $(pwd)"; exit 1; }
grub-file --is-x86-multiboot "$elf" || fail "no multiboot 1 header"
grub-file --is-x86-multiboot2 "$elf" || fail "no multiboot 2 header"
readelf -h "$elf" | grep -q 'Class: *ELF64' || fail "not a 64-bit ELF"
[ "$(readelf -lW "$elf" | grep -c '^ *LOAD ')" -eq 1 ] || fail "not exactly one loadable segment"
if readelf -SW "$elf" | grep -Eq '\.(init_array|ctors|eh_frame)'; then
    fail "sections for initialisers or unwinding"
fi
if objdump -d --no-show-raw-insn "$elf" | grep -q '%[xyz]mm[0-9]'; then
    fail "vector instructions, which would destroy guests' registers"
fi
echo "$elf checked, $failures failures"
[ "$failures" -eq 0 ]
