// Stops a ladder of rates at the first step that exceeds a limit, without losing a response.
//
// A threshold with abortOnFail does not work: an abort interrupts every request in flight, although
// the server writes its row, and a threshold cannot wait for them. VUs share no memory, so that no
// VU can notify the others, but all of them can read k6's counters.
//
// After each step a VU of a separate scenario reads the step's metrics from k6's HTTP API. If the
// step held, its iteration ends. If not, the iteration stays until k6 interrupts it before the next
// step, which every VU can see (exec.instance.iterationsInterrupted). From then on arrivals are
// skipped, and the first that finds no request in flight aborts the load.

import exec from 'k6/execution';
import http from 'k6/http';
import { sleep } from 'k6';

import { PAUSE_S } from './arrivals.js';
import { ofStepWindow } from './ladder_summary.js';
import { metrics } from './metrics.js';

const SCENARIO = 'judge_';

// A judge starts shortly before its step ends, reads half a second after the end, when most responses
// are counted (k6 does so 20 times a second: collectRate in its ingester.go), and is interrupted
// shortly before the next step: 1 s is the shortest scenario that k6 allows.
const EARLY_MS = 100;
const AFTER_MS = PAUSE_S * 500;
const MOST_MS = PAUSE_S * 1000;

/** One scenario after each step; `exec` names the function that createJudge() makes. */
export function judges(steps, exec_name) {
  return Object.fromEntries(
    steps.map((step, i) => [
      `${SCENARIO}${i}`,
      {
        executor: 'per-vu-iterations',
        exec: exec_name,
        vus: 1,
        iterations: 1,
        startTime: `${Math.round(step.end_ms) - EARLY_MS}ms`,
        maxDuration: `${MOST_MS}ms`,
        gracefulStop: '0s',
      },
    ]),
  );
}

/** The iteration that judges a step. */
export function createJudge(settings, steps) {
  const isOpen = createGate();
  return function judge() {
    const i = Number(exec.scenario.name.slice(SCENARIO.length));
    if (hasStopped(exec.instance)) { // requests of that step are still in flight, or none is
      isOpen();
      return;
    }
    const sign = Math.random();
    metrics.judge_sign.add(sign);
    sleep((EARLY_MS + AFTER_MS) / 1000);
    try {
      const read = readMetrics(settings.api_address, sign);
      const dropped = read('dropped_iterations').count;
      metrics.steps_judged.add(1, { step: `${i}` });
      metrics.dropped_so_far.add(dropped, { step: `${i}` });
      if (holds(i, steps[i], settings, read, dropped)) return;
    } catch (error) {
      console.error(`cannot read the metrics of step ${i}: ${error.message || error}`);
    }
    sleep(3600); // until k6 interrupts it
  };
}

// The same rule as scripts/levelbench/load/capacity.py, which has every response and decides. A step
// that exceeds a limit here exceeds it there, since responses that are still to come are slower.
function holds(i, step, { objective_ms, error_rate_max }, read, dropped) {
  const of = (metric) => read(ofStepWindow(metric, i));
  const answers = of('requests').count;
  const due = (step.rate_rps * (step.end_ms - step.measure_ms)) / 1000;
  // Requests without a response have waited for longer than AFTER_MS.
  const tooLate = AFTER_MS >= objective_ms ? due - answers : 0;
  const late_ms = read('generator_lag').min; // offset of k6's clock: see ladder_summary.js
  return (
    dropped === 0
    && of('errors').count <= error_rate_max * answers
    && (due === 0 || tooLate < 0.05 * due) // none is due of users with think time
    && of('latency')['p(95)'] - late_ms <= objective_ms
  );
}

// A function from the name of a (sub-)metric to its values, from k6's HTTP API.
function readMetrics(address, sign) {
  const answer = http.get(`http://${address}/v1/metrics`, { timeout: '1s' });
  if (answer.status !== 200) throw new Error(`k6's HTTP API answered with status ${answer.status}`);
  const figures = new Map(answer.json('data').map(({ id, attributes }) => [id, attributes.sample]));
  const read = (name) => {
    if (!figures.has(name)) throw new Error(`k6's HTTP API has no metric ${name}`);
    return figures.get(name);
  };
  // Of two k6 processes on one machine, the first gets the address.
  if (!figures.has('judge_sign') || read('judge_sign').value !== sign) {
    throw new Error(`another k6 process answers at ${address}; set K6_ADDRESS to a free port`);
  }
  return read;
}

// Whether a judge was interrupted: before the load ends, k6 interrupts nothing else.
function hasStopped(instance) {
  return instance.iterationsInterrupted > 0;
}

/** Whether to send an arrival: not after a step that exceeded a limit. */
export function createGate() {
  let instance = null; // cached, since k6 builds exec.instance anew at each access
  return function isOpen() {
    if (instance === null) instance = exec.instance;
    if (!hasStopped(instance)) return true;
    // No other VU is active: nothing is in flight.
    if (instance.vusActive === 1) exec.test.abort('a step exceeded a limit');
    return false;
  };
}
