"""The client keeps its connections: none expires while another thread takes it."""

import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from levelbench.verify.contract.client import Client


class PortOfTheClient(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = str(self.client_address[1]).encode()
        self.send_response_only(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def test_an_idle_connection_does_not_expire(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = time.monotonic
    with HTTPServer(("127.0.0.1", 0), PortOfTheClient) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        client = Client(f"http://127.0.0.1:{server.server_port}")
        before = client.send("GET", "/").body
        monkeypatch.setattr(time, "monotonic", lambda: clock() + 60)
        assert client.send("GET", "/").body == before
        client.close()
        server.shutdown()
