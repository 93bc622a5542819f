#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Proves that make install puts the hypervisor, its manual page and a GRUB entry that names the
# installed image below DESTDIR, and nothing else.
set -eu
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
make -s install DESTDIR="$stage" prefix=/opt/v sysconfdir=/opt/v/etc >/dev/null
found=$(cd "$stage" && find . -type f | LC_ALL=C sort | tr '\n' ' ')
expected="./opt/v/etc/grub.d/42_vestige ./opt/v/lib/vestige/vestige.elf \
./opt/v/share/man/man7/vestige.7 "
[ "$found" = "$expected" ] || { echo "installed: $found"; exit 1; }
cmp vestige.elf "$stage/opt/v/lib/vestige/vestige.elf"
sh -n "$stage/opt/v/etc/grub.d/42_vestige"
grep -q '/lib/vestige/vestige.elf$' "$stage/opt/v/etc/grub.d/42_vestige" ||
    { echo "the GRUB entry names no image"; exit 1; }
[ -x "$stage/opt/v/etc/grub.d/42_vestige" ] || { echo "the GRUB entry is no script"; exit 1; }
