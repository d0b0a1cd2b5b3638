// Requests arrive at a given rate, however long the answers take; an iteration is one request.
// What every workload of that kind does, step by step (lib/arrivals.js).
//
// Latency runs from when a request was due: http_req_duration + (actual start - intended start).
// The generator's own part of it is kept apart, and so is the service's.

import exec from 'k6/execution';

import { arrival, decisive_ms, stepAt } from './arrivals.js';
import { createJourney } from './journey.js';
import { begin, createAccount, send, tagsOf } from './load.js';
import { metrics } from './metrics.js';
import { PARTS, partAt } from './slots.js';

/** A duration as k6 takes it, exact to a nanosecond. */
export function duration(ms) {
  return `${Math.round(ms * 1e6)}ns`;
}

/** VUs wait for arrivals, all of them from the start: k6 would take time to make one. */
export function waiting(vus) {
  return { timeUnit: '1s', preAllocatedVUs: vus, maxVUs: vus };
}

/**
 * The iteration of an open load.
 *
 * @param duration_ms of the whole scenario, as k6 was told
 * @param isOpen      whether the next arrival is to be sent
 */
export function createOpenLoad(settings, steps, duration_ms, isOpen = () => true) {
  const journey = createJourney(settings);
  const isRight = createAccount(settings);
  const last = steps[steps.length - 1];
  const due = last.first + last.count;
  const tags = new Map(); // step -> part -> endpoint -> tags: of the steps that are reached

  function tagsAt(step, at_ms) {
    if (!tags.has(step)) tags.set(step, tagsOf(PARTS, { step: `${steps.indexOf(step)}` }));
    return tags.get(step).get(partAt(step, at_ms));
  }

  let scenario = null; // kept, since k6 makes exec.scenario anew each time it is asked for

  return function iterate() {
    if (!isOpen()) return;
    if (scenario === null) scenario = exec.scenario;
    const n = scenario.iterationInTest;
    // Held up for half a period as a load at one rate ends, k6 begins what is due after its end:
    // the timer of the next arrival and that of the end have both gone off, and either may be seen
    // first (Run in constant_arrival_rate.go).
    if (n >= due) return;
    if (n === 0) begin(scenario.startTime);

    const own = arrival(steps, n);
    const request = journey(n);
    // Not by Date.now() and startTime: both are cut to milliseconds, and half of all latencies
    // would be wrong by more than one. progress is the time since the start over the duration.
    const began_ms = scenario.progress * duration_ms;
    const response = send(settings.base_url, request);

    const at_ms = decisive_ms(own, began_ms);
    const step = stepAt(steps, at_ms);
    const tagged = tagsAt(step, at_ms)[request.endpoint];
    const lag_ms = began_ms - own.due_ms;
    metrics.generator_lag.add(lag_ms, tagged);
    if (isRight(request, response, tagged)) {
      metrics.latency.add(lag_ms + response.timings.duration, tagged);
      metrics.service_time.add(response.timings.duration, tagged);
    }
  };
}
