#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Usage: fetch-zydis.sh DIR
# Puts the source of the Zydis decoder, as Debian or Ubuntu packages it, into DIR (src/ and include/
# with the headers of Zycore). apt downloads and verifies it; neither root nor an enabled source
# repository is needed: the configured binary repositories are asked for their sources, with lists of
# our own. Nothing is left behind but DIR.
set -eu

if [ $# -ne 1 ]; then
    echo "usage: $0 DIR" >&2
    exit 2
fi
mkdir -p "$(dirname "$1")"
target=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")

fail() {
    echo "fetch-zydis: $*" >&2
    echo "fetch-zydis: Zydis 4 can also be given by hand: configure --with-zydis=DIR," >&2
    echo "fetch-zydis: where DIR has its src/ and include/ (Zycore headers included)" >&2
    exit 1
}
command -v apt-get >/dev/null || fail "apt-get is missing"

work=$target.fetching.$$
trap 'rm -rf "$work"' EXIT INT TERM
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/sources" "$work/tree"

# The configured repositories, each also as a source repository.
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -f "$list" ] || continue
    sed -n 's/^ *deb \(.*\)/deb \1\ndeb-src \1/p' "$list" >"$work/sources/$(basename "$list" .list).list"
done
for list in /etc/apt/sources.list.d/*.sources; do
    [ -f "$list" ] || continue
    sed 's/^Types:.*/Types: deb deb-src/' "$list" >"$work/sources/$(basename "$list")"
done
set -- -q -o Dir::Etc::sourcelist=- -o Dir::Etc::sourceparts="$work/sources" \
    -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" -o Debug::NoLocking=1 \
    -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none -o Acquire::Retries=2

log=$work/log
run() {
    (cd "$work" && "$@") >>"$log" 2>&1
}
# Repositories of others that have no sources make update complain; what counts comes next.
run apt-get "$@" update || true
run apt-get "$@" source --download-only zydis || {
    tail -n 5 "$log" >&2
    fail "the source package zydis cannot be had from the configured repositories"
}
archive=$(ls "$work"/zydis_*.orig.tar.* 2>/dev/null | head -n 1)
[ -n "$archive" ] || fail "the source package zydis has no upstream archive"
tar -xf "$archive" -C "$work/tree" --strip-components=1
[ -f "$work/tree/src/Decoder.c" ] || fail "the source package zydis has no src/Decoder.c"

headers=$work/tree/dependencies/zycore/include/Zycore
[ -d "$headers" ] || headers=/usr/include/Zycore
if [ ! -d "$headers" ]; then
    run apt-get "$@" download libzycore-dev || {
        tail -n 5 "$log" >&2
        fail "the package libzycore-dev cannot be had from the configured repositories"
    }
    dpkg-deb -x "$work"/libzycore-dev_*.deb "$work/zycore"
    headers=$work/zycore/usr/include/Zycore
fi
cp -R "$headers" "$work/tree/include/"

rm -rf "$target"
mkdir "$target"
cp -R "$work/tree/src" "$work/tree/include" "$work/tree/LICENSE" "$target/"
