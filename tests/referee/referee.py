# SPDX-License-Identifier: BSD-2-Clause
"""Compares Vestige's BIOS with SeaBIOS and Bochs' rombios, call by call."""

import re
from collections import Counter
from pathlib import Path

from vestige.tree import SOURCE

import machines
import script as scripts
from compare import Judge, Verdict, read_rules

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
    """The verdict on the last run."""
    script = scripts.read_script(script_path(name))
    outputs = {"seabios": stored("seabios", name), "rombios": stored("rombios", name),
               "vestige": last_run(name)}
    judge = Judge(script, read_rules(HERE / "differences.txt"))
    return judge.run(outputs, stored("vestige", name))


def summary(name, verdict):
    return (f"{name}: {verdict.calls} calls, {verdict.agreed} fields agree, "
            f"{len(verdict.explained)} differ as listed, {len(verdict.wrong)} unexplained")


def report(name, differences):
    verdict = judge(name)
    for finding in verdict.wrong:
        print(f"{name}: {finding}")
    if differences:
        for finding, rule in verdict.explained:
            print(f"{name}: {finding}: {rule.whom}: {rule.reason}")
    print(summary(name, verdict), flush=True)
    return verdict


def matrix_rows():
    text = (SOURCE / "tests/bios/service_matrix.hpp").read_text()
    return [row.replace("_", " ") for row in re.findall(r'MatrixRow\{[^"]*"([^"]+)"', text)]


def calls_by_row():
    count = Counter()
    for name in names():
        count.update(label.row for label in scripts.read_script(script_path(name)).calls)
    return count


def missing_calls():
    """What the scripts do not do, in words."""
    count = calls_by_row()
    few = [row for row in matrix_rows() if count[row] < LEAST_OF_A_ROW]
    if few:
        return f"fewer than {LEAST_OF_A_ROW} calls of {', '.join(few)}"
    total = sum(count.values())
    return f"only {total} calls" if total < LEAST_CALLS else ""


def report_totals(verdicts):
    """The sum of all scripts' verdicts; False when calls are missing."""
    total = Verdict()
    for verdict in verdicts:
        total.calls += verdict.calls
        total.agreed += verdict.agreed
        total.explained += verdict.explained
        total.wrong += verdict.wrong
    missing = missing_calls()
    print(summary("all", total) + (missing and "; " + missing))
    return not missing
