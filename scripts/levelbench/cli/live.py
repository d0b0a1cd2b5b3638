"""Serve the page of a run on loopback while the run lasts (`LIVE=1`); keep it in its folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from levelbench.bench.run import OngoingRun
from levelbench.model.files import write_atomic
from levelbench.progress import Display, figures_text
from levelbench.report import live
from levelbench.report.live import State

HOST = "127.0.0.1"


class Page:
    """What is shown: the display's state, and that of the run once it has begun."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._reader = live.Reader()
        self._run: OngoingRun | None = None

    def begun(self, run: OngoingRun) -> None:
        """The run has a folder."""
        self._run = run

    def state(self) -> State:
        display, run = self._display, self._run
        trials = tuple(run.trials) if run else ()
        done = {(trial.workload, trial.block) for trial in trials}
        return State(
            run_id=run.record.run_id if run else "",
            status=run.record.status if run else "partial",
            doing=display.doing,
            elapsed_s=round(display.elapsed_s, 1),
            remaining_s=display.remaining_s(),
            trials=live.trial_states(run.record, trials, display.under_way, figures_text)
            if run
            else (),
            seconds=self._reader.seconds(run.folder, trials) if run else {},
            findings=live.findings(run.record, trials) if run else (),
            rounds=len(done),
        )

    def answer(self, path: str) -> tuple[str, bytes] | None:
        """(content type, body) of a path; None where there is nothing."""
        match path.partition("?")[0]:
            case "/":
                return "text/html; charset=utf-8", live.render(None).encode()
            case "/state.json":
                return "application/json", self.state().model_dump_json().encode()
            case "/report.html" if self._run and (self._run.folder / "report.html").exists():
                return "text/html; charset=utf-8", (self._run.folder / "report.html").read_bytes()
        return None

    def keep(self) -> None:
        """Write the page with its last state into the folder of the run."""
        if self._run:
            write_atomic(self._run.folder / live.FILE, live.render(self.state()))


@contextmanager
def served(display: Display) -> Iterator[Page]:
    """A page on a free port of loopback; its address is printed."""
    page = Page(display)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = page.answer(self.path)
            self.send_response(200 if found else 404)
            if found:
                self.send_header("Content-Type", found[0])
            self.send_header("Cache-Control", "no-store")
            self.send_header("Content-Length", str(len(found[1]) if found else 0))
            self.end_headers()
            if found:
                self.wfile.write(found[1])

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the terminal belongs to the run."""

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        display.say(f"live page: http://{HOST}:{server.server_address[1]}/")
        try:
            yield page
        finally:
            server.shutdown()
            page.keep()
