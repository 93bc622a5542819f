# SPDX-License-Identifier: BSD-2-Clause
"""tools/referee: runs images of BIOS calls and reports where Vestige and the references differ."""

import argparse
import sys

from vestige import setup
from vestige.problem import Problem

import referee


def parse():
    parser = argparse.ArgumentParser(prog="tools/referee", description=referee.__doc__)
    parser.add_argument("images", nargs="*", metavar="IMAGE",
                        help=f"scripts to run (default: all): {', '.join(referee.names())}")
    parser.add_argument("--record", action="store_true",
                        help="run SeaBIOS in QEMU and rombios in Bochs and store what they do")
    parser.add_argument("--record-own", action="store_true",
                        help="store what Vestige does where differences.txt says 'own'")
    parser.add_argument("--no-run", action="store_true",
                        help="compare what the last run left in build/referee")
    parser.add_argument("--differences", action="store_true",
                        help="list also the differences that a rule explains")
    return parser.parse_args()


def main():
    options = parse()
    unknown = set(options.images) - set(referee.names())
    if unknown:
        raise Problem(f"no script is called {', '.join(sorted(unknown))}", 2)
    for needs in (setup.BUILD_NEEDS, setup.BOCHS_NEEDS, setup.QEMU_NEEDS):
        setup.install(needs)
    names = options.images or referee.names()
    if options.record:
        for name in names:
            referee.record(name)
    verdicts = []
    for name in names:
        if not options.no_run:
            referee.run_vestige(name)
        if options.record_own:
            referee.record_own(name)
        verdicts.append(referee.report(name, options.differences))
    complete = bool(options.images) or referee.report_totals(verdicts)
    return 0 if complete and not any(verdict.wrong for verdict in verdicts) else 1


try:
    sys.exit(main())
except Problem as problem:
    print(f"referee: {problem}", file=sys.stderr)
    sys.exit(problem.status)
