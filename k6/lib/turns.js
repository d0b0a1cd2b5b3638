// Closed loads of contestants that take turns. Before each turn every VU asks the gate
// (scripts/levelbench/lab/gate.py), and so says that it has nothing in flight; the gate answers all
// VUs of a contestant with the times of its turn once no VU of any contestant has a request in flight.

import exec from 'k6/execution';
import http from 'k6/http';

import { turnMetrics } from './closed_summary.js';
import { GRACEFUL_STOP, begin, createUser, loadOptions } from './load.js';
import { metrics } from './metrics.js';
import { ofTurn, secondOfTurn } from './slots.js';
import { createJourney } from './subject.js';

// The gate ends the load. Both are longer than any load: k6 requires a value.
const LONGEST = '24h';

// Requests of one VU in a turn: more than there can be. Each turn begins at a place of its own in the
// journey, the same for all contestants.
const MOST = 100000;

/** k6's options: one iteration per VU, which has all turns. */
export function turnsOptions(workload, settings) {
  const scenario = {
    executor: 'per-vu-iterations',
    vus: settings.vus,
    iterations: 1,
    maxDuration: LONGEST,
    gracefulStop: GRACEFUL_STOP,
  };
  return loadOptions({ [workload]: scenario }, turnMetrics(settings));
}

/** Waits for the next turn of this VU's contestant; null when there is none. */
function nextTurn(gate, vu) {
  let response;
  try {
    response = http.get(`${gate}/${vu}`, { timeout: LONGEST, tags: { name: 'gate' } });
  } catch (error) {
    response = { status: 0, error: error.message || `${error}` };
  }
  if (response.status !== 200) {
    exec.test.abort(`lost the gate between the turns: ${response.error || response.status}`);
  }
  return response.json();
}

/** The one iteration of each VU. */
export function createTurns(settings) {
  const journey = createJourney(settings);
  const user = createUser(settings);
  const count = secondCounter();

  function take(turn, slice, vu) {
    const slot = ofTurn(turn, slice, settings.slices);
    if (slice < 0 && vu === 1) begin(slot.start_ms);
    if (slice >= 0) {
      metrics.slice_start.add(slot.measure_ms, { slice: `${slice}` });
      metrics.slice_end.add(slot.end_ms, { slice: `${slice}` });
    }
    const first = (slice + 1) * MOST * settings.vus + vu - 1;
    for (let i = 0; Date.now() < slot.until_ms; i += 1) {
      user.request(journey(first + i * settings.vus), slot, 0, (now_ms) => {
        count(secondOfTurn(slot, slice, settings, now_ms));
      });
    }
    count(null);
  }

  return function iterate() {
    const vu = exec.vu.idInTest;
    for (let slice = -1; ; slice += 1) {
      const turn = nextTurn(settings.gate, vu);
      if (turn === null) return;
      user.isFree();
      take(turn, slice, vu);
    }
  };
}

// Responses per second of the timeline, one sample per second and VU; null is no second of it.
function secondCounter() {
  let second = null;
  let answers = 0;
  return (now) => {
    if (now !== second) {
      if (answers > 0) metrics.timeline.add(answers, { second: `${second}` });
      second = now;
      answers = 0;
    }
    if (second !== null) answers += 1;
  };
}
