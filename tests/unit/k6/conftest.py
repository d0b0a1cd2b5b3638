"""k6's scripts, run under Node on a simulated clock."""

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from levelbench.model.config import ROOT, load_config
from tests.unit.k6 import START_MS

STUBS = {
    "index": "export const sleep = (s) => lab.pass(s * 1000);",
    "data": "export class SharedArray { constructor(_, make) { return make(); } }",
    "execution": """export default {
      get scenario() { return lab.scenario; },
      get instance() { return lab.instance; },
      get vu() { return { idInTest: lab.vu }; },
      test: { abort: (message) => { lab.aborted = true; lab.onAbort(message); } },
    };""",
    "http": """export default {
      expectedStatuses: (status) => status,
      request: (method, url, body) => {
        if (body !== null) lab.bodies.push(JSON.parse(body));
        lab.onRequest(url);
        lab.asked.push([lab.elapsed(), `${method} ${url}`]);
        lab.pass(lab.answer.duration);
        if (lab.answer.status === 0) throw new Error('connection refused');
        // Of the endpoints, a login's right answer is the same for all requests.
        const token = { access_token: 'a.b.c', token_type: 'bearer', expires_in: 3600 };
        const json = lab.json || (() => (url.endsWith('/login') ? token : undefined));
        const { headers = {} } = lab;
        return { ...lab.answer, headers, body: '{}', json, timings: lab.answer };
      },
      get: (url) => lab.api(url),
    };""",
    "metrics": """class Metric {
      constructor(name) { this.name = name; }
      add(value, tags) {
        // As k6 does: another tag is an error, and the iteration is over.
        const found = Object.values(tags || {});
        if (found.some((tag) => typeof tag !== 'string')) throw new Error(`tag ${found}`);
        lab.samples.push([this.name, value, tags || {}]);
      }
    }
    export { Metric as Counter, Metric as Gauge, Metric as Trend };""",
}


class Samples:
    """What one virtual user did: the metrics' samples, and its requests."""

    def __init__(self, found: dict[str, Any]) -> None:
        self._samples: list[list[Any]] = found["samples"]
        self.asked = [(moment_ms, request) for moment_ms, request in found["asked"]]
        """(milliseconds since the load's start, request)."""
        self.bodies: list[dict[str, str]] = found["bodies"]
        """Of its requests that have one."""
        self.options = found["options"]
        """As k6 gets them."""
        self.aborted: bool = found["aborted"]
        self.elapsed_ms: float = found["elapsed_ms"]
        """Since the load's start, in the end."""

    def of(self, metric: str) -> list[tuple[Any, dict[str, str]]]:
        """(value, tags) of each sample."""
        return [(value, tags) for name, value, tags in self._samples if name == metric]

    def values(self, metric: str) -> list[Any]:
        return [value for value, _ in self.of(metric)]

    def by(self, tag: str, metric: str) -> dict[str, list[Any]]:
        """Tag's value -> samples."""
        found: dict[str, list[Any]] = {}
        for value, tags in self.of(metric):
            found.setdefault(tags[tag], []).append(value)
        return found


def environment(settings: dict[str, Any]) -> dict[str, str]:
    """Environment variables of a workload."""
    env = {
        "BASE_URL": "http://service:8000", "SEED": "1", "VUS": "1", "ORDERS": "10000",
        "TRIAL": "b1n1a1", "K6_ADDRESS": "localhost:6565",
        "WEIGHTS": json.dumps(load_config().load.weights),
        "USERS": json.dumps([{"username": "u", "password": "p", "token": "t"}]),
    }  # fmt: skip
    return env | {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in settings.items()
    }


class K6:
    """k6's scripts in a folder where Node finds a simulated k6."""

    def __init__(self, node: str, folder: Path) -> None:
        self._node = node
        self._folder = folder
        shutil.copytree(ROOT / "k6", folder / "lab")
        package = folder / "node_modules" / "k6"
        package.mkdir(parents=True)
        exports = {"." if name == "index" else f"./{name}": f"./{name}.js" for name in STUBS}
        (folder / "package.json").write_text('{"type": "module"}')
        (package / "package.json").write_text(json.dumps({"type": "module", "exports": exports}))
        for name, source in STUBS.items():
            (package / f"{name}.js").write_text(source)

    def script(self, source: str) -> Any:
        """The JSON that a module prints."""
        done = subprocess.run(
            [self._node, "--input-type=module", "-"], input=source, cwd=self._folder,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def errors(self, settings: Iterable[tuple[str, dict[str, Any]]]) -> list[str | None]:
        """Per workload and settings: the message of the error that ends k6."""
        asked = [(workload, environment(own)) for workload, own in settings]
        found: list[str | None] = self.script(f"""
            globalThis.lab = {{}};
            globalThis.__VU = 0;
            const errors = [];
            for (const [i, [workload, env]] of {json.dumps(asked)}.entries()) {{
              globalThis.__ENV = env;
              // Another query makes Node evaluate the module again.
              errors.push(await import(`./lab/workloads/${{workload}}.js?${{i}}`)
                .then(() => null, (error) => error.message));
            }}
            console.log(JSON.stringify(errors));
        """)
        return found

    def user(
        self,
        workload: str,
        answers: Iterable[tuple[float, float, int]],
        warmup_s: int = 1,
        measure_s: int = 2,
        **settings: Any,
    ) -> Samples:
        """Run one virtual user of workloads/<workload>.js for an iteration per answer.

        An answer is: milliseconds of k6's own before the request, its duration, its status.
        """
        return self.run(
            workload,
            {"WARMUP_S": warmup_s, "MEASURE_S": measure_s, **settings},
            f"""
            if (script.setup) script.setup();
            lab.scenario.startTime = Date.now();
            for (const [own_ms, duration, status] of {json.dumps(list(answers))}) {{
              lab.pass(own_ms);
              lab.answer = {{ duration, status }};
              script.default();
              lab.scenario.iterationInTest += 1;
            }}
            """,
        )

    def run(self, workload: str, settings: dict[str, Any], body: str) -> Samples:
        """Run JavaScript with a workload's module as `script` and the simulated k6 as `lab`."""
        found = self.script(f"""
            let now_ms = {START_MS};
            Date.now = () => Math.floor(now_ms);
            console.info = console.warn = console.error = () => {{}};
            globalThis.__ENV = {json.dumps(environment(settings))};
            globalThis.__VU = 0;
            globalThis.lab = {{
              samples: [],
              asked: [],
              bodies: [],
              aborted: false,
              onAbort: () => {{}},
              onRequest: () => {{}},
              vu: 1,
              pass: (ms) => {{ now_ms += ms; }},
              elapsed: () => now_ms - {START_MS},
              scenario: {{
                startTime: {START_MS},
                iterationInTest: 0,
                get progress() {{ return Math.min(1, lab.elapsed() / lab.duration_ms); }},
              }},
              instance: {{ iterationsInterrupted: 0, vusActive: 2 }},
            }};
            const script = await import('./lab/workloads/{workload}.js');
            const ms = (text = '') => Number(text.match(/^([0-9.]+)ns$/)?.[1]) / 1e6 || 0;
            const [own] = Object.values(script.options.scenarios);
            const stages = own.stages || [own];
            lab.duration_ms = stages.reduce((sum, {{ duration }}) => sum + ms(duration), 0);
            {body}
            console.log(JSON.stringify({{
              samples: lab.samples,
              asked: lab.asked,
              bodies: lab.bodies,
              options: script.options,
              aborted: lab.aborted,
              elapsed_ms: lab.elapsed(),
            }}));
        """)
        return Samples(found)


@pytest.fixture(scope="session")
def k6(tmp_path_factory: pytest.TempPathFactory) -> K6:
    """k6's scripts under Node."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    return K6(node, tmp_path_factory.mktemp("k6"))
