#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Proves that dependencies between the layers point one way: each folder may include its own
# headers and those of the folders listed for it here. Prints every violation; exit status 1 if any.
set -eu
cd "${srcdir:-.}"

allowed() {
    case $1 in
    base) echo base ;;
    machine) echo base machine ;;
    cpu | devices | disk) echo base machine "$1" ;;
    bios) echo base machine cpu devices disk bios ;;
    config) echo base config ;;
    vcpu) echo base cpu vcpu ;;
    vm) echo base machine cpu devices disk bios config vcpu vm ;;
    monitor) echo base machine cpu devices disk bios config vcpu vm monitor ;;
    gdb) echo base machine cpu devices disk bios config vcpu vm monitor gdb ;;
    host) echo base host ;;
    vmx) echo base cpu vcpu host vmx ;;
    main) echo base machine cpu devices disk bios config vcpu vm monitor gdb host vmx main ;;
    *) echo ;;
    esac
}

failures=0
files=0
for file in $(find src include/vestige -name '*.[ch]pp' | sort); do
    folder=$(echo "$file" | sed -e 's,^src/,,' -e 's,^include/vestige/,,' -e 's,/.*,,')
    list=" $(allowed "$folder") "
    if [ "$list" = "  " ]; then
        echo "$file: folder '$folder' is not a layer"
        failures=$((failures + 1))
        continue
    fi
    files=$((files + 1))
    for used in $(sed -n 's,^ *# *include *"vestige/\([a-z]*\)/.*,\1,p' "$file" | sort -u); do
        case $list in
        *" $used "*) ;;
        *)
            echo "$file: $folder may not use $used"
            failures=$((failures + 1))
            ;;
        esac
    done
done
if [ "$files" -eq 0 ]; then
    echo "no source files found in $(pwd)"
    exit 1
fi
echo "$files files checked, $failures violations"
[ "$failures" -eq 0 ]
