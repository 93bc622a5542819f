# SPDX-License-Identifier: BSD-2-Clause
"""tools/test: set-up, `make check`, then the system tests, two at a time."""

import os
import re
import subprocess
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor

from vestige import setup
from vestige.problem import Problem
from vestige.tree import BUILD

import bios_calls
from cases import CASES
from images import MAKERS, image
from runner import LOGS, run_case


def unit_tests():
    """(passed, failed) of `make check`."""
    done = subprocess.run(["make", "-k", f"-j{os.cpu_count()}", "check"], cwd=BUILD,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    (BUILD / "test-logs").mkdir(exist_ok=True)
    (BUILD / "test-logs/make-check.txt").write_text(done.stdout)
    for line in done.stdout.splitlines():
        if re.match(r"(PASS|FAIL|ERROR|XPASS): ", line):
            print(line, flush=True)
    passed = len(re.findall(r"^PASS: ", done.stdout, re.M))
    failed = len(re.findall(r"^(?:FAIL|ERROR|XPASS): ", done.stdout, re.M))
    if done.returncode != 0 and failed == 0:
        print(done.stdout[-3000:])
        failed = 1
    return passed, failed


def guarded(case):
    try:
        return run_case(case)
    except Exception as error:  # a broken test is a failed test
        traceback.print_exc()
        return f"{type(error).__name__}: {error}"


def show_figures(case):
    """What a guest measured, for whoever reads the log."""
    console = LOGS / case.name / "console.txt"
    if console.exists():
        for figure in re.findall(rb"BENCH [\w.-]+ [\d.]+", console.read_bytes()):
            print(f"    {figure.decode()}")


def system_tests(cases):
    failed = 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        for case, wrong in zip(cases, pool.map(guarded, cases)):
            print(f"{'FAIL' if wrong else 'PASS'}: system/{case.name}"
                  f"{': ' + wrong if wrong else ''}", flush=True)
            show_figures(case)
            failed += bool(wrong)
    return len(cases) - failed, failed


def comparisons(names):
    failed = 0
    for name in names:
        try:
            wrong = bios_calls.run(name)
        except Exception as error:  # a broken test is a failed test
            traceback.print_exc()
            wrong = f"{type(error).__name__}: {error}"
        print(f"{'FAIL' if wrong else 'PASS'}: {name}{': ' + wrong if wrong else ''}", flush=True)
        failed += bool(wrong)
    return len(names) - failed, failed


def main(names):
    cases = [case for case in CASES
             if (set(names) & {case.name, *case.group.split()} if names else not case.group)]
    calls = bios_calls.names(names)
    known = {name for case in CASES for name in (case.name, *case.group.split())}
    unknown = set(names) - known - set(calls)
    if unknown:
        raise Problem(f"no test is called {', '.join(sorted(unknown))}; there are: "
                      + ", ".join(case.name for case in CASES), 2)
    for needs in (setup.BUILD_NEEDS, setup.BOCHS_NEEDS, setup.QEMU_NEEDS, setup.GDB_NEEDS):
        setup.install(needs)
    setup.build()
    passed, failed = (0, 0) if names else unit_tests()
    guests = sorted({f"guest/tests/{g}.bin" for case in cases for vm in case.vms
                     for g in re.findall(r"guest:(\w+)", vm)})
    setup.build(targets=guests or ["vestige.elf"])
    for name in MAKERS:
        if any(f"image:{name}" in vm for case in cases for vm in case.vms):
            image(name)
    for more_passed, more_failed in (system_tests(cases), comparisons(calls)):
        passed, failed = passed + more_passed, failed + more_failed
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


try:
    sys.exit(main(sys.argv[1:]))
except Problem as problem:
    print(f"test: {problem}", file=sys.stderr)
    sys.exit(problem.status)
