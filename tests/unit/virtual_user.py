"""One virtual user of a k6 workload, run under Node on a made-up clock."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from levelbench.config import ROOT, load_config

NODE = shutil.which("node")

START_MS = 1_000_000

STUBS = {
    "index": "export const sleep = (s) => lab.pass(s * 1000);",
    "execution": "export default { scenario: lab.scenario };",
    "http": """export default {
      expectedStatuses: (status) => status,
      request: (method, url) => {
        lab.asked.push([lab.elapsed(), `${method} ${url}`]);
        lab.pass(lab.answer.duration);
        if (lab.answer.status === 0) throw new Error('connection refused');
        const json = () => undefined; // right or wrong is not looked at here
        return { ...lab.answer, headers: {}, body: '{}', json, timings: lab.answer };
      },
    };""",
    "metrics": """class Metric {
      constructor(name) { this.name = name; }
      add(value, tags) { lab.samples.push([this.name, value, tags || {}]); }
    }
    export { Metric as Counter, Metric as Gauge, Metric as Trend };""",
}


class Samples:
    """What one virtual user did: the metrics' samples, and its requests."""

    def __init__(self, samples: list[list[Any]], asked: list[list[Any]], options: Any) -> None:
        self._samples = samples
        self.asked = [(moment_ms, request) for moment_ms, request in asked]
        """(milliseconds since the load's start, request)."""
        self.options = options
        """As k6 gets them."""

    def of(self, metric: str) -> list[tuple[Any, dict[str, str]]]:
        """(value, tags) of each sample."""
        return [(value, tags) for name, value, tags in self._samples if name == metric]

    def by(self, tag: str, metric: str) -> dict[str, list[Any]]:
        """Tag's value -> samples."""
        found: dict[str, list[Any]] = {}
        for value, tags in self.of(metric):
            found.setdefault(tags[tag], []).append(value)
        return found


def virtual_user(
    folder: Path,
    workload: str,
    answers: list[tuple[int, int, int]],
    warmup_s: int = 1,
    measure_s: int = 2,
) -> Samples:
    """Run one virtual user of workloads/<workload>.js for as many iterations as there are answers.

    An answer is: milliseconds of k6's own before the request, its duration, its status.
    """
    if NODE is None:
        pytest.skip("node is not installed")
    shutil.copytree(ROOT / "k6", folder / "lab")
    (folder / "package.json").write_text('{"type": "module"}')
    package = folder / "node_modules" / "k6"
    package.mkdir(parents=True)
    exports = {"." if name == "index" else f"./{name}": f"./{name}.js" for name in STUBS}
    (package / "package.json").write_text(json.dumps({"type": "module", "exports": exports}))
    for name, source in STUBS.items():
        (package / f"{name}.js").write_text(source)
    env = {
        "BASE_URL": "http://service:8000", "SEED": "1", "VUS": "1", "ORDERS": "10000",
        "WARMUP_S": str(warmup_s), "MEASURE_S": str(measure_s), "TRIAL": "b1n1a1",
        "WEIGHTS": json.dumps(load_config().load.weights),
        "USERS": json.dumps([{"username": "u", "password": "p", "token": "t"}]),
    }  # fmt: skip
    (folder / "run.js").write_text(f"""
        let now_ms = {START_MS};
        Date.now = () => now_ms;
        console.info = console.warn = () => {{}};
        globalThis.__ENV = {json.dumps(env)};
        globalThis.lab = {{
          samples: [],
          asked: [],
          pass: (ms) => {{ now_ms += ms; }},
          elapsed: () => now_ms - {START_MS},
          scenario: {{ startTime: {START_MS}, iterationInTest: 0 }},
        }};
        const {{ default: iterate, options }} = await import('./lab/workloads/{workload}.js');
        for (const [own_ms, duration, status] of {json.dumps(answers)}) {{
          lab.pass(own_ms);
          lab.answer = {{ duration, status }};
          iterate();
          lab.scenario.iterationInTest += 1;
        }}
        console.log(JSON.stringify([lab.samples, lab.asked, options]));
    """)
    done = subprocess.run([NODE, folder / "run.js"], capture_output=True, text=True, check=True)
    samples, asked, options = json.loads(done.stdout)
    return Samples(samples, asked, options)
