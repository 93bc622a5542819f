#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Proves that a source package has every file of the repository; outside a checkout there is nothing
# to compare with.
set -eu
source=$(cd "${srcdir:-.}" && pwd)
stage=dist-check
[ -e "$source/.git" ] || exit 77
trap 'chmod -R u+w "$stage"; rm -rf "$stage"' EXIT
make -s distdir distdir="$stage" >/dev/null
missing=$(cd "$source" && git ls-files | grep -v '^\.ci/\|^\.github/\|^\.gitignore$' |
    while read -r file; do [ -e "$OLDPWD/$stage/$file" ] || echo "$file"; done)
[ -z "$missing" ] || { echo "not in the source package:"; echo "$missing"; exit 1; }
