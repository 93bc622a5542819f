# SPDX-License-Identifier: BSD-2-Clause
"""Between GDB and the emulated serial port: the emulator connects once, GDB may come and go."""

import select
import socket
import threading

from .problem import Problem

RECEIVE = 65536


class GdbRelay:
    """Listens for GDB on a port of localhost, and on a free one for the emulator."""

    def __init__(self, port):
        try:
            self.front = socket.create_server(("127.0.0.1", port))
        except OSError as error:
            raise Problem(f"--gdb: port {port}: {error.strerror}") from error
        self.back = socket.create_server(("127.0.0.1", 0))
        self.stop_reader, self.stop_writer = socket.socketpair()

    @property
    def emulator_port(self):
        return self.back.getsockname()[1]

    def start(self):
        threading.Thread(target=self.pump, daemon=True).start()

    def pump(self):
        """Bytes that come while no GDB is there are for nobody."""
        emulator, gdb = None, None
        while True:
            sources = [self.stop_reader, self.front, emulator or self.back]
            ready, _, _ = select.select(sources + ([gdb] if gdb else []), [], [])
            if self.stop_reader in ready:
                return
            if self.back in ready:
                emulator, _ = self.back.accept()
                emulator.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.front in ready:
                if gdb:
                    gdb.close()
                gdb, _ = self.front.accept()
                gdb.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                continue
            if gdb in ready:
                data = receive(gdb)
                if data and emulator:
                    emulator.sendall(data)
                elif not data:
                    gdb.close()
                    gdb = None
            if emulator in ready:
                data = receive(emulator)
                if not data:
                    break
                if gdb:
                    send(gdb, data)
        if gdb:
            gdb.close()

    def stop(self):
        self.stop_writer.send(b"x")
        self.front.close()
        self.back.close()


def receive(link):
    try:
        return link.recv(RECEIVE)
    except OSError:
        return b""


def send(link, data):
    try:
        link.sendall(data)
    except OSError:
        pass  # GDB has gone; its end is seen when it is read next
