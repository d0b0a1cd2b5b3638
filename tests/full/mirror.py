"""Passes connections on to a registry, until it has passed on so many bytes of its answers: then
it closes them all and is gone, or falls silent. Runs in the private engine's network:

    python mirror.py PORT REGISTRY_PORT [BYTES gone|silent]
"""

import os
import socket
import sys
import threading

CHUNK_B = 65536


class Mirror:
    """One port, passed on to another."""

    def __init__(self, port: int, target: int, limit_b: float, then: str) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        self._target = target
        self._left_b = limit_b
        self._then = then
        self._lock = threading.Lock()

    def serve(self) -> None:
        while True:
            client, _ = self._listener.accept()
            threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        self._spend(0)
        registry = socket.create_connection(("127.0.0.1", self._target))
        threading.Thread(target=self._copy, args=(client, registry), daemon=True).start()
        self._copy(registry, client, counted=True)

    def _copy(self, source: socket.socket, sink: socket.socket, *, counted: bool = False) -> None:
        try:
            while data := source.recv(CHUNK_B):
                if counted:
                    self._spend(len(data))
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            source.close()
            sink.close()

    def _spend(self, count_b: int) -> None:
        with self._lock:
            self._left_b -= count_b
        if self._left_b > 0:
            return
        if self._then == "gone":
            os._exit(0)
        threading.Event().wait()  # for ever


if __name__ == "__main__":
    port, target, *limit = sys.argv[1:]
    mirror = Mirror(
        int(port),
        int(target),
        float(limit[0]) if limit else float("inf"),
        limit[1] if limit else "",
    )
    print("ready", flush=True)
    mirror.serve()
