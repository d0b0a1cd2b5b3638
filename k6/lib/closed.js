// Closed loads: a constant number of VUs without think time, one request per iteration, slot by
// slot (lib/slots.js).
//
// Warm-up and window are one scenario: same VUs, same connections, no gap. A request belongs to the
// phase in which it completes, so that a window is cut out of a steady state, without bias at its
// start or end. Requests in flight at the end finish, so that rows written equal responses counted.

import exec from 'k6/execution';
import { sleep } from 'k6';

import { subMetrics } from './closed_summary.js';
import { GRACEFUL_STOP, begin, createUser, loadOptions } from './load.js';
import { metrics } from './metrics.js';
import { disturbedBy, length_s, slotAt } from './slots.js';
import { ENDPOINTS, createJourney } from './subject.js';

/** k6's options for a closed load: one scenario, so that nothing interrupts it before a window. */
export function closedOptions(workload, settings, slots) {
  const scenario = {
    executor: 'constant-vus',
    vus: settings.vus,
    duration: `${length_s(slots)}s`,
    gracefulStop: GRACEFUL_STOP,
  };
  return loadOptions({ [workload]: scenario }, subMetrics(slots));
}

// Slot -> the journey of its requests. An isolated endpoint has all of the weight.
function journeys(settings, slots) {
  const alone = (endpoint) =>
    Object.fromEntries(ENDPOINTS.map((name) => [name, name === endpoint ? 1 : 0]));
  return new Map(
    slots.map((slot) => [
      slot,
      createJourney(slot.endpoint === null ? settings : { ...settings, weights: alone(slot.endpoint) }),
    ]),
  );
}

/** The iteration of a closed load: the function that k6 calls repeatedly in each VU. */
export function createLoad(settings, slots) {
  const steps = journeys(settings, slots);
  const countSecond = secondCounter(length_s(slots));
  const user = createUser(settings);

  let scenario = null; // cached, since k6 builds exec.scenario anew at each access
  let start_ms = null; // of the scenario, the same for all VUs

  function slotOfNext() {
    const elapsed_ms = Date.now() - start_ms;
    const slot = slotAt(slots, elapsed_ms);
    if (elapsed_ms < slot.start_ms) {
      sleep((slot.start_ms - elapsed_ms) / 1000);
      user.isFree();
    }
    return slot;
  }

  return function iterate() {
    if (scenario === null) {
      scenario = exec.scenario;
      start_ms = scenario.startTime;
    }
    const n = scenario.iterationInTest;
    if (n === 0) begin(start_ms);
    const slot = slotOfNext();
    user.request(steps.get(slot)(n), slot, start_ms, (elapsed_ms) => {
      countSecond(elapsed_ms);
      const disturbed = disturbedBy(slot, slots, elapsed_ms);
      if (disturbed !== null) metrics.disturbances.add(1, { endpoint: disturbed.endpoint });
    });
  };
}

// Responses per second. A VU reports one sample per second, since a sample per response costs more.
// It cannot know which response is its last, so it reports each one in the last second.
function secondCounter(seconds) {
  const last = seconds - 1;
  let second = 0;
  let answers = 0;
  return (elapsed_ms) => {
    const now = Math.floor(elapsed_ms / 1000);
    if (now !== second) {
      if (answers > 0) metrics.timeline.add(answers, { second: `${second}` });
      second = now;
      answers = 0;
    }
    if (now < last) answers += 1;
    else if (now === last) metrics.timeline.add(1, { second: `${second}` });
  };
}
