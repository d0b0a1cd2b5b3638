// Disturbed loads: requests arrive at a rate, then something disturbs the contestant for a known time,
// a few times in a load. Before, during and after it: what is answered, what is not, and how late.
//
// A request belongs to the part in which it begins, and its latency runs from then: with dropped
// iterations, which an overload has, it is unknown when a request was due (lib/arrivals.js).

import exec from 'k6/execution';

import { partAt, secondsOf } from './disturbance.js';
import { GRACEFUL_STOP, begin, createAccount, send, timedOut } from './load.js';
import { metrics } from './metrics.js';
import { duration, waiting } from './open.js';
import { createJourney } from './subject.js';

/** The scenario of the requests that are disturbed, at the rate of each part. */
export function arriving(parts, vus) {
  return {
    executor: 'ramping-arrival-rate',
    startRate: parts[0].rate_rps,
    stages: parts.flatMap(({ rate_rps, start_ms, end_ms }) => [
      { target: rate_rps, duration: '0s' },
      { target: rate_rps, duration: duration(end_ms - start_ms) },
    ]),
    gracefulStop: GRACEFUL_STOP,
    ...waiting(vus),
  };
}

/** A function that sends a request and counts its answer; `who` sends it. */
export function createSender(settings, parts, who, start) {
  const isRight = createAccount(settings);
  const seconds = secondsOf(parts);

  return function sendOne(request) {
    const began_ms = Date.now() - start();
    const tags = { who, part: partAt(parts, began_ms).name, endpoint: request.endpoint };
    const response = send(settings.base_url, request);
    const waited_ms = timedOut(response);
    const right = isRight(request, response, tags);
    if (waited_ms !== null) metrics.timeouts.add(1, tags);
    if (!right && waited_ms === null) return;
    const latency_ms = waited_ms === null ? response.timings.duration : waited_ms;
    metrics.latency.add(latency_ms, tags);
    const second = Math.floor(began_ms / 1000);
    if (who === 'others' && second < seconds) {
      metrics.by_second.add(latency_ms, { second: `${second}` });
    }
  };
}

/** The iteration of the requests that are disturbed. */
export function createDisturbed(settings, parts) {
  const journey = createJourney(settings);
  let start_ms = null;
  const sendOne = createSender(settings, parts, 'others', () => start_ms);

  return function iterate() {
    const { scenario } = exec;
    if (start_ms === null) start_ms = scenario.startTime;
    const n = scenario.iterationInTest;
    if (n === 0) begin(start_ms);
    sendOne(journey(n));
  };
}
