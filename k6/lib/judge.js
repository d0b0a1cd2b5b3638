// Stops a ladder of rates at the first step that does not hold, without losing an answer.
//
// k6's own way, a threshold with abortOnFail, is of no use: an abort breaks off every request in
// flight, whose row is written all the same, and a threshold cannot be told to wait for them. And
// VUs share no memory, so that none can tell the others. What they do share are k6's counters.
//
// So after each step a VU of its own, in a scenario of its own, reads the step's figures from k6's
// REST API. If the step held, its iteration ends. If not it stays, and k6 interrupts it before the
// next step begins, which every VU can see (exec.instance.iterationsInterrupted): from then on
// arrivals are passed over, and the first that finds no request in flight aborts the load.

import exec from 'k6/execution';
import http from 'k6/http';
import { sleep } from 'k6';

import { PAUSE_S } from './arrivals.js';
import { ofStepWindow } from './ladder_summary.js';
import { metrics } from './metrics.js';
import { text } from './options.js';

// Where this k6 serves its HTTP API: `k6 run --address`, without which k6 2 serves none.
const API = `http://${text('K6_ADDRESS')}/v1/metrics`;
const SCENARIO = 'judge_';

// A judge comes a little before its step ends, reads half a second later than that, when most
// answers are there and added up (k6 does so 20 times a second: collectRate in its ingester.go), and
// is interrupted a little before the next step begins: 1 s is the least that k6 lets a scenario last.
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
  return function judge() {
    const i = Number(exec.scenario.name.slice(SCENARIO.length));
    if (hasStopped(exec.instance)) return; // requests of that step are still in flight
    const sign = Math.random();
    metrics.judge_sign.add(sign);
    sleep((EARLY_MS + AFTER_MS) / 1000);
    try {
      const read = readFigures(sign);
      const dropped = read('dropped_iterations').count;
      metrics.steps_judged.add(1, { step: `${i}` });
      metrics.dropped_so_far.add(dropped, { step: `${i}` });
      if (holds(i, steps[i], settings, read, dropped)) return;
    } catch (error) {
      console.error(`step ${i} cannot be judged: ${error.message || error}`);
    }
    sleep(3600); // until k6 interrupts it
  };
}

// The same rule as scripts/levelbench/load/capacity.py's, whose word is the last: it has every answer.
// What does not hold here does not hold there, since answers that are still to come are slower.
function holds(i, step, { objective_ms, error_rate_max }, read, dropped) {
  const of = (metric) => read(ofStepWindow(metric, i));
  const answers = of('requests').count;
  const due = (step.rate_rps * (step.end_ms - step.measure_ms)) / 1000;
  // Those that have no answer yet have waited for longer than AFTER_MS.
  const tooLate = AFTER_MS >= objective_ms ? due - answers : 0;
  const late_ms = read('generator_lag').min; // of k6's own count: see ladder_summary.js
  return (
    dropped === 0
    && of('errors').count <= error_rate_max * answers
    && tooLate < 0.05 * due
    && of('latency')['p(95)'] - late_ms <= objective_ms
  );
}

// This load's figures by the name of their (sub-)metric, from k6's REST API.
function readFigures(sign) {
  const answer = http.get(API, { timeout: '1s' });
  if (answer.status !== 200) throw new Error(`k6's REST API answers ${answer.status}`);
  const figures = new Map(answer.json('data').map(({ id, attributes }) => [id, attributes.sample]));
  const read = (name) => {
    if (!figures.has(name)) throw new Error(`k6's REST API has no ${name}`);
    return figures.get(name);
  };
  // Of two k6 on one machine, the first has the address.
  if (!figures.has('judge_sign') || read('judge_sign').value !== sign) {
    throw new Error(`another k6 answers at ${API}`);
  }
  return read;
}

// Whether a judge was interrupted. Nothing else is, before the load ends.
function hasStopped(instance) {
  return instance.iterationsInterrupted > 0;
}

/** Tells whether an arrival is to be sent: not after a step that did not hold. */
export function createGate() {
  let instance = null; // kept, since k6 makes exec.instance anew each time it is asked for
  return function isOpen() {
    if (instance === null) instance = exec.instance;
    if (!hasStopped(instance)) return true;
    // This VU alone is at work: nothing is in flight.
    if (instance.vusActive === 1) exec.test.abort('a step did not hold');
    return false;
  };
}
