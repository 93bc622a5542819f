# SPDX-License-Identifier: BSD-2-Clause
"""Compares Vestige's BIOS with SeaBIOS and Bochs' rombios, call by call."""

import re
from collections import Counter
from pathlib import Path

from vestige.tree import SOURCE

import machines
import script as scripts
from compare import Judge, read_rules, show

HERE = Path(__file__).resolve().parent
REFERENCES = HERE / "references"
LEAST_CALLS, LEAST_OF_A_ROW = 600, 2
LIMIT = 90  # seconds without a line; only a hang gets there


def names():
    return sorted(path.stem for path in (HERE / "scripts").glob("*.calls"))


def script_path(name):
    return HERE / f"scripts/{name}.calls"


def stored(machine, name):
    path = REFERENCES / machine / f"{name}.txt"
    return path.read_text().splitlines() if path.exists() else []


def store(machine, name, lines):
    path = REFERENCES / machine / f"{name}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


def record(name):
    results = machines.run_image(script_path(name), ("seabios", "rombios"), LIMIT)
    for machine, lines in results.items():
        store(machine, name, lines)
        print(f"{name}: {machine}: {len(lines)} lines{'' if ended(lines) else ', NOT TO THE END'}",
              flush=True)


def ended(lines):
    return bool(lines) and lines[-1] == "REFEREE END"


def run_vestige(name):
    machines.run_image(script_path(name), ("vestige",), LIMIT)


def last_run(name):
    path = machines.FOLDER / name / "vestige/lines.txt"
    return path.read_text().splitlines() if path.exists() else []


def record_own(name):
    store("vestige", name, last_run(name))


def judge(name):
    """(verdict, rules for differences, known mismatches) of the last run."""
    script = scripts.read_script(script_path(name))
    differences = read_rules(HERE / "differences.txt")
    known = [rule for rule in read_rules(HERE / "known.txt")]
    outputs = {"seabios": stored("seabios", name), "rombios": stored("rombios", name),
               "vestige": last_run(name)}
    verdict = Judge(script, differences, known).run(outputs, stored("vestige", name))
    return verdict, differences, known


def problems(name):
    """What is wrong with the last run, as lines of text."""
    verdict, _, known = judge(name)
    lines = [show(finding) for finding in verdict.wrong]
    return lines


def report(name, differences):
    verdict, _, _ = judge(name)
    for finding in verdict.wrong:
        print(f"{name}: {show(finding)}")
    if differences:
        for finding, rule in verdict.explained:
            print(f"{name}: {show(finding)}: {rule.whom}: {rule.reason}")
    print(f"{name}: {verdict.calls} calls, {verdict.agreed} fields agree, "
          f"{len(verdict.explained)} differ as listed, {len(verdict.known)} known to be wrong, "
          f"{len(verdict.wrong)} wrong", flush=True)
    return len(verdict.wrong)


def matrix_rows():
    text = (SOURCE / "tests/bios/service_matrix.hpp").read_text()
    return re.findall(r'MatrixRow\{"([^"]+)"', text)


def calls_by_row():
    count = Counter()
    for name in names():
        count.update(label.row for label in scripts.read_script(script_path(name)).calls)
    return count


def report_totals():
    count = calls_by_row()
    few = [row for row in matrix_rows() if count[row] < LEAST_OF_A_ROW]
    print(f"{sum(count.values())} calls; fewer than {LEAST_OF_A_ROW} of: {', '.join(few) or 'none'}")
    return len(few)
