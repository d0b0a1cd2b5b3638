// Requests of every load: send one, check its response against the contract, count it.

import { sleep } from 'k6';
import http from 'k6/http';

import { excerpt } from './checks.js';
import { SUMMARY_TREND_STATS, metrics } from './metrics.js';
import { PARTS, partAt } from './slots.js';
import { REQUESTS, createCheck, expectedStatus } from './subject.js';

// Shorter than the graceful stop, so that k6 interrupts no request: the response of every row that a
// contestant writes is counted.
const REQUEST_TIMEOUT_MS = 25_000;
export const GRACEFUL_STOP = '30s';

/** k6's options of every load. */
export function loadOptions(scenarios, thresholds) {
  return {
    scenarios,
    thresholds,
    summaryTrendStats: SUMMARY_TREND_STATS,
    // k6's built-in metrics are not read: without tags they cost the least.
    systemTags: [],
    throw: true, // requests without a response are counted here: k6 would log each one
    maxRedirects: 0, // the contract has none: a redirect is an error, not a second request
  };
}

const EXPECTED = Object.fromEntries(
  REQUESTS.map((endpoint) => [endpoint, http.expectedStatuses(expectedStatus(endpoint))]),
);

/** The response to a request; status 0 where there is none. */
export function send(base_url, request) {
  const headers = request.headers || {};
  if (request.token !== null) headers.Authorization = `Bearer ${request.token}`;
  if (request.body !== null) headers['Content-Type'] = headers['Content-Type'] || 'application/json';
  const sent_ms = Date.now();
  try {
    return http.request(request.method, base_url + request.path, request.body, {
      headers,
      tags: { name: request.endpoint },
      responseCallback: EXPECTED[request.endpoint],
      timeout: REQUEST_TIMEOUT_MS,
    });
  } catch (error) {
    const timings = { duration: Date.now() - sent_ms };
    return { status: 0, headers: {}, body: null, error: error.message || `${error}`, timings };
  }
}

/**
 * How long a request waited that got no response before its timeout, ms; null for all others.
 *
 * Such a request is the slowest of its window: without it a stall would improve the percentiles.
 */
export function timedOut(response) {
  if (response.status !== 0) return null;
  const { duration } = response.timings; // between two truncated times: up to 1 ms too short
  return duration + 1 < REQUEST_TIMEOUT_MS ? null : Math.max(duration, REQUEST_TIMEOUT_MS);
}

/** Records and logs a load's start: called in its first iteration. */
export function begin(start_ms) {
  metrics.scenario_start.add(start_ms);
  console.info(`scenario started at ${start_ms} ms`);
}

/** A function that counts a response and returns whether it is an expected one, per VU. */
export function createAccount(settings) {
  const warn = oneWarning();
  const failedCheck = createCheck(settings.orders, settings.unchecked);
  return function isRight(request, response, tags) {
    metrics.requests.add(1, tags);
    // By status only: the row is written even where the body is wrong.
    if (response.status === 201) metrics.registrations_201.add(1);
    if (response.status === 202) metrics.invoices_202.add(1);

    const failed = failedCheck(request, response);
    if (failed === null) return true;
    metrics.errors.add(1, tags);
    metrics.failed_checks.add(1, { endpoint: request.endpoint, check: failed });
    warn(request, response, failed);
    return false;
  };
}

/**
 * Part of a load -> endpoint -> tags of a sample: built once, since every response has samples.
 *
 * @param parts as tags
 * @param more  tags of every sample
 */
export function tagsOf(parts, more = {}) {
  return new Map(
    parts.map((part) => [
      part,
      Object.fromEntries(REQUESTS.map((endpoint) => [endpoint, { ...more, ...part, endpoint }])),
    ]),
  );
}

const TAGS = tagsOf(PARTS);

/** A VU of a closed load: sends a request at a time and records its response. */
export function createUser(settings) {
  const isRight = createAccount(settings);
  let free_ms = null; // when it became free to send its next request

  return {
    /** Its time until now is not its own: it waited for its turn. */
    isFree() {
      free_ms = Date.now();
    },

    /**
     * Sends a request of a slot; `onResponse` gets the time since `origin_ms`, as in the slot.
     */
    request(request, slot, origin_ms, onResponse) {
      const response = send(settings.base_url, request);
      const now_ms = Date.now();
      const elapsed_ms = now_ms - origin_ms;
      const tags = TAGS.get(partAt(slot, elapsed_ms))[request.endpoint];
      // From response to response, so that a window's edges cut both sums alike. A VU's first
      // response has none before it and lies in the warm-up, unless the server hangs for all of it.
      if (free_ms !== null) {
        metrics.busy_ms.add(response.timings.duration, tags);
        metrics.vu_ms.add(now_ms - free_ms, tags);
      }
      free_ms = now_ms;
      onResponse(elapsed_ms);

      if (isRight(request, response, tags)) {
        metrics.latency.add(response.timings.duration, tags);
      } else if (response.status === 0) {
        // Nothing listens: do not retry at full speed, since the database shares this core. The
        // sleep is the VU's idle time.
        sleep(0.1);
      }
    },
  };
}

// At most one warning per VU, since the log is kept.
function oneWarning() {
  let warned = false;
  return (request, response, failed) => {
    if (warned) return;
    warned = true;
    console.warn(`${request.method} ${request.path}: ${failed}, ${excerpt(response)}`);
  };
}
