// A constant number of VUs without think time; an iteration is one request. What every workload of
// that kind does, slot by slot (lib/slots.js).
//
// Warm-up and window are one scenario: same VUs, same connections, no gap. A request belongs to
// the phase in which it is completed, so a window is cut out of a steady state and has no bias at
// its start or end; requests in flight at the end are let finish, so that rows written equal
// answers counted.

import exec from 'k6/execution';
import http from 'k6/http';
import { sleep } from 'k6';

import { excerpt, expectedStatus, failedCheck } from './checks.js';
import { ENDPOINTS, createJourney } from './journey.js';
import { PARTS, disturbedBy, length_s, partAt, slotAt } from './slots.js';
import { SUMMARY_TREND_STATS, metrics, subMetrics } from './summary.js';

// A request that is given up ends well before k6 would interrupt it: every row that a contestant
// writes has its answer counted.
const REQUEST_TIMEOUT = '25s';
const GRACEFUL_STOP = '30s';

/** k6's options for a closed load: one scenario, so that no window has a seam before it. */
export function closedOptions(workload, settings, slots) {
  return {
    scenarios: {
      [workload]: {
        executor: 'constant-vus',
        vus: settings.vus,
        duration: `${length_s(slots)}s`,
        gracefulStop: GRACEFUL_STOP,
      },
    },
    thresholds: subMetrics(slots),
    summaryTrendStats: SUMMARY_TREND_STATS,
    // k6's own metrics are not read: without tags they cost the least.
    systemTags: [],
    throw: true, // a request without an answer is ours to count: k6 would log each one
    maxRedirects: 0, // the contract has none: one is a wrong answer, not a second request
  };
}

const EXPECTED = Object.fromEntries(
  ENDPOINTS.map((endpoint) => [endpoint, http.expectedStatuses(expectedStatus(endpoint))]),
);

function send(base_url, request) {
  const headers = {};
  if (request.token !== null) headers.Authorization = `Bearer ${request.token}`;
  if (request.body !== null) headers['Content-Type'] = 'application/json';
  const sent_ms = Date.now();
  try {
    return http.request(request.method, base_url + request.path, request.body, {
      headers,
      tags: { name: request.endpoint },
      responseCallback: EXPECTED[request.endpoint],
      timeout: REQUEST_TIMEOUT,
    });
  } catch (error) {
    const timings = { duration: Date.now() - sent_ms };
    return { status: 0, headers: {}, body: null, error: error.message || `${error}`, timings };
  }
}

// Slot -> the journey of its requests. Alone, an endpoint has all of the weight.
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

// Part of a slot -> endpoint -> tags of a sample: made once, since there is one for every answer.
const TAGS = new Map(
  PARTS.map((part) => [
    part,
    Object.fromEntries(ENDPOINTS.map((endpoint) => [endpoint, { ...part, endpoint }])),
  ]),
);

/** The iteration of a load: the function that k6 calls again and again in each VU. */
export function createLoad(settings, slots) {
  const steps = journeys(settings, slots);
  const countSecond = secondCounter(length_s(slots));
  const warn = oneWarning();

  let scenario = null; // kept, since k6 makes exec.scenario anew each time it is asked for
  let start_ms = null; // of the scenario, the same for all VUs
  let free_ms = null; // since when this VU could have sent its next request

  function slotOfNext() {
    const elapsed_ms = Date.now() - start_ms;
    const slot = slotAt(slots, elapsed_ms);
    if (elapsed_ms < slot.start_ms) {
      sleep((slot.start_ms - elapsed_ms) / 1000);
      free_ms = Date.now();
    }
    return slot;
  }

  return function iterate() {
    if (scenario === null) {
      scenario = exec.scenario;
      start_ms = scenario.startTime;
    }
    const n = scenario.iterationInTest;
    if (n === 0) {
      metrics.scenario_start.add(start_ms);
      console.info(`scenario started at ${start_ms} ms`); // for whoever watches the log
    }

    const slot = slotOfNext();
    const request = steps.get(slot)(n);
    const response = send(settings.base_url, request);
    const now_ms = Date.now();
    const elapsed_ms = now_ms - start_ms;

    const tags = TAGS.get(partAt(slot, elapsed_ms))[request.endpoint];
    metrics.requests.add(1, tags);
    // From answer to answer, so that what a window cuts off is cut off both. A VU's first answer
    // has none before it and lies in the warm-up, unless the server hangs for all of that.
    if (free_ms !== null) {
      metrics.busy_ms.add(response.timings.duration, tags);
      metrics.vu_ms.add(now_ms - free_ms, tags);
    }
    free_ms = now_ms;
    countSecond(elapsed_ms);
    const disturbed = disturbedBy(slot, slots, elapsed_ms);
    if (disturbed !== null) metrics.disturbances.add(1, { endpoint: disturbed.endpoint });
    // By status alone: the row is written even where the body is wrong.
    if (response.status === 201) metrics.registrations_201.add(1);
    if (response.status === 202) metrics.invoices_202.add(1);

    const failed = failedCheck(request, response, settings.orders);
    if (failed === null) {
      metrics.latency.add(response.timings.duration, tags);
      return;
    }
    metrics.errors.add(1, tags);
    metrics.failed_checks.add(1, { endpoint: request.endpoint, check: failed });
    warn(request, response, failed);
    // Nothing listens: do not spin on it. This core is the database's too. It is the VU's idle time.
    if (response.status === 0) sleep(0.1);
  };
}

// A VU adds up a second before it reports it, since a sample for every answer would cost more.
// It cannot know which of its answers is its last, so in the last second it reports each.
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

// One error a VU at most: the log is kept.
function oneWarning() {
  let warned = false;
  return (request, response, failed) => {
    if (warned) return;
    warned = true;
    console.warn(`${request.method} ${request.path}: ${failed}, ${excerpt(response)}`);
  };
}
