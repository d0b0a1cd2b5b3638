// Open loads: requests arrive at a given rate, however long the responses take, one request per
// iteration, step by step (lib/arrivals.js).
//
// Latency runs from when a request was due: http_req_duration + (actual start - intended start). The
// generator's part (generator_lag) and the service's part (service_time) have metrics of their own. A
// request that times out is an error, and its wait until then is a latency: at least the timeout.

import exec from 'k6/execution';

import { arrival, decisive_ms, stepAt } from './arrivals.js';
import { begin, createAccount, send, tagsOf, timedOut } from './load.js';
import { metrics } from './metrics.js';
import { PARTS, partAt } from './slots.js';
import { createJourney } from './subject.js';

/** A duration in k6's format, exact to a nanosecond. */
export function duration(ms) {
  return `${Math.round(ms * 1e6)}ns`;
}

/** All VUs are allocated before the start, since k6 takes time to initialize one. */
export function waiting(vus) {
  return { timeUnit: '1s', preAllocatedVUs: vus, maxVUs: vus };
}

/**
 * The iteration of an open load.
 *
 * @param duration_ms of the whole scenario, as in k6's options
 * @param isOpen      whether to send the next arrival
 */
export function createOpenLoad(settings, steps, duration_ms, isOpen = () => true) {
  const journey = createJourney(settings);
  const isRight = createAccount(settings);
  const last = steps[steps.length - 1];
  const due = last.first + last.count;
  const tags = new Map(); // step -> part -> endpoint -> tags, built when a step is reached

  function tagsAt(step, at_ms) {
    if (!tags.has(step)) tags.set(step, tagsOf(PARTS, { step: `${steps.indexOf(step)}` }));
    return tags.get(step).get(partAt(step, at_ms));
  }

  let scenario = null; // cached, since k6 builds exec.scenario anew at each access

  return function iterate() {
    if (!isOpen()) return;
    if (scenario === null) scenario = exec.scenario;
    const n = scenario.iterationInTest;
    // Delayed by half a period at a load's end, k6 begins an iteration that is due after the end: the
    // timers of the next arrival and of the end have both fired, and either may be handled first (Run
    // in constant_arrival_rate.go).
    if (n >= due) return;
    if (n === 0) begin(scenario.startTime);

    const own = arrival(steps, n);
    const request = journey(n);
    // Date.now() and startTime are truncated to milliseconds: half of all latencies would be wrong by
    // more than 1 ms. progress is the time since the start over the duration.
    const began_ms = scenario.progress * duration_ms;
    const response = send(settings.base_url, request);

    const at_ms = decisive_ms(own, began_ms);
    const step = stepAt(steps, at_ms);
    const tagged = tagsAt(step, at_ms)[request.endpoint];
    const lag_ms = began_ms - own.due_ms;
    metrics.generator_lag.add(lag_ms, tagged);
    const right = isRight(request, response, tagged);
    const waited_ms = timedOut(response);
    if (waited_ms !== null) metrics.timeouts.add(1, tagged);
    if (right || waited_ms !== null) {
      const duration = waited_ms === null ? response.timings.duration : waited_ms;
      metrics.latency.add(lag_ms + duration, tagged);
      metrics.service_time.add(duration, tagged);
    }
  };
}
