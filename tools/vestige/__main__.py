# SPDX-License-Identifier: BSD-2-Clause
"""tools/run: from the command line to the exit status."""

import shutil
import sys
import time
from pathlib import Path

from . import setup
from .options import parse_options
from .picture import take_picture
from .problem import Problem
from .recording import Recording
from .report import say
from .runner import make_machine, needed_memory
from .session import TIME_OUT, RawTerminal, Session
from .tree import BUILD


def main(arguments):
    options = parse_options(arguments)
    if options.build:
        setup.install(setup.BUILD_NEEDS)
        setup.build(options.verbose)
    if options.build_only:
        return 0
    options.memory = needed_memory(options)
    folder = Path(options.run_dir) if options.run_dir else BUILD / "run" / str(time.time_ns())
    folder.mkdir(parents=True, exist_ok=True)
    machine = make_machine(options, folder, sys.stdout.isatty())

    def show(data):
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()

    recording = Recording(show, open(options.record, "w")) if options.record else None
    serial = open(options.serial, "wb") if options.serial else None
    session = Session(machine, options.timeout, sys.stdin.buffer, recording or show, serial)
    machine.start()
    try:
        with RawTerminal():
            status = session.run()
            if status == TIME_OUT and options.screenshot:
                take_picture(session).write(options.screenshot)
    finally:
        machine.stop()
        if recording:
            recording.close()
    for line in machine.complaints():
        say(line)
    if not options.run_dir:
        shutil.rmtree(folder)
    return status


try:
    sys.exit(main(sys.argv[1:]))
except Problem as problem:
    say(str(problem))
    sys.exit(problem.status)
except KeyboardInterrupt:
    sys.exit(130)
