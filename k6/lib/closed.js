// Closed loads: a constant number of VUs without think time, one request per iteration, slot by
// slot (lib/slots.js).
//
// Warm-up and window are one scenario: same VUs, same connections, no gap. A request belongs to the
// phase in which it completes, so that a window is cut out of a steady state, without bias at its
// start or end. Requests in flight at the end finish, so that rows written equal responses counted.

import exec from 'k6/execution';
import { sleep } from 'k6';

import { subMetrics } from './closed_summary.js';
import { ENDPOINTS, createJourney } from './journey.js';
import { GRACEFUL_STOP, begin, createAccount, loadOptions, send, tagsOf } from './load.js';
import { metrics } from './metrics.js';
import { PARTS, disturbedBy, isBelated, length_s, partAt, slotAt } from './slots.js';

// With turns, the clocks of all load generators have one origin, before which their VUs are ready.
const READY_BEFORE_S = 1;

/** k6's options for a closed load: one scenario, so that nothing interrupts it before a window. */
export function closedOptions(workload, settings, slots) {
  const scenario = {
    executor: 'constant-vus',
    vus: settings.vus,
    duration: `${(settings.taken ? READY_BEFORE_S : 0) + length_s(slots)}s`,
    gracefulStop: GRACEFUL_STOP,
  };
  return loadOptions({ [workload]: scenario }, subMetrics(slots));
}

/**
 * Waits until shortly before the first turn of all contestants: called in k6's setup(), so that
 * the scenario starts and ends with the turns, however early this load generator was started.
 */
export function awaitTurns({ origin_epoch_ms }) {
  const left_ms = origin_epoch_ms - READY_BEFORE_S * 1000 - Date.now();
  if (left_ms > 0) sleep(left_ms / 1000);
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

const TAGS = tagsOf(PARTS);

/** The iteration of a closed load: the function that k6 calls repeatedly in each VU. */
export function createLoad(settings, slots) {
  const steps = journeys(settings, slots);
  const countSecond = secondCounter(length_s(slots));
  const isRight = createAccount(settings);
  const over_ms = slots[slots.length - 1].until_ms;

  let scenario = null; // cached, since k6 builds exec.scenario anew at each access
  let start_ms = null; // of the scenario, the same for all VUs
  let free_ms = null; // when this VU became free to send its next request

  function slotOfNext() {
    const elapsed_ms = Date.now() - start_ms;
    const slot = slotAt(slots, elapsed_ms);
    if (elapsed_ms < slot.start_ms) {
      sleep((slot.start_ms - elapsed_ms) / 1000);
      free_ms = Date.now();
    }
    return slot;
  }

  function countDisturbance(slot, elapsed_ms) {
    if (settings.taken) {
      if (isBelated(slot, elapsed_ms)) metrics.disturbances.add(1);
      return;
    }
    const disturbed = disturbedBy(slot, slots, elapsed_ms);
    if (disturbed !== null) metrics.disturbances.add(1, { endpoint: disturbed.endpoint });
  }

  return function iterate() {
    if (scenario === null) {
      scenario = exec.scenario;
      start_ms = settings.taken ? settings.taken.origin_epoch_ms : scenario.startTime;
    }
    const n = scenario.iterationInTest;
    if (n === 0) {
      begin(start_ms);
      metrics.generator_start.add(scenario.startTime);
    }
    if (settings.taken && Date.now() - start_ms >= over_ms) {
      sleep(0.2); // no turns left: wait for the scenario's end
      return;
    }

    const slot = slotOfNext();
    const request = steps.get(slot)(n);
    const response = send(settings.base_url, request);
    const now_ms = Date.now();
    const elapsed_ms = now_ms - start_ms;

    const tags = TAGS.get(partAt(slot, elapsed_ms))[request.endpoint];
    // From response to response, so that a window's edges cut both sums alike. A VU's first response
    // has none before it and lies in the warm-up, unless the server hangs for all of it.
    if (free_ms !== null) {
      metrics.busy_ms.add(response.timings.duration, tags);
      metrics.vu_ms.add(now_ms - free_ms, tags);
    }
    free_ms = now_ms;
    countSecond(elapsed_ms);
    countDisturbance(slot, elapsed_ms);

    if (isRight(request, response, tags)) {
      metrics.latency.add(response.timings.duration, tags);
    } else if (response.status === 0) {
      // Nothing listens: do not retry at full speed, since the database shares this core. The sleep
      // is the VU's idle time.
      sleep(0.1);
    }
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
