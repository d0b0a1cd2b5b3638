// closed: a constant number of VUs without think time; an iteration is one request.
//
// Warm-up and window are one scenario: same VUs, same connections, no gap. A request belongs to
// the phase in which it is completed, so the window is cut out of a steady state and has no bias
// at its start or end; requests in flight at the end are let finish, so that rows written equal
// answers counted.
//
// Settings: lib/options.js. Standard output is the summary alone (lib/summary.js), a JSON document.

import exec from 'k6/execution';
import http from 'k6/http';
import { sleep } from 'k6';

import { excerpt, expectedStatus, failedCheck } from '../lib/checks.js';
import { ENDPOINTS, createJourney } from '../lib/journey.js';
import { REQUEST_TIMEOUT, closedOptions, readSettings } from '../lib/options.js';
import { SUMMARY_TREND_STATS, metrics, subMetrics, summarise } from '../lib/summary.js';

const settings = readSettings();
export const options = closedOptions(settings, subMetrics(settings), SUMMARY_TREND_STATS);

const step = createJourney(settings);

const WARMUP_MS = settings.warmup_s * 1000;
const HALF_MS = WARMUP_MS + settings.measure_s * 500;
const END_MS = WARMUP_MS + settings.measure_s * 1000;

// Tags of a sample, made once: endpoint -> tags.
const tagsOf = (tags) =>
  Object.fromEntries(ENDPOINTS.map((endpoint) => [endpoint, { ...tags, endpoint }]));
const WARMUP = tagsOf({ phase: 'warmup' });
const FIRST_HALF = tagsOf({ phase: 'measure', half: '1' });
const SECOND_HALF = tagsOf({ phase: 'measure', half: '2' });
const COOLDOWN = tagsOf({ phase: 'cooldown' });

function phaseAt(elapsed_ms) {
  if (elapsed_ms < WARMUP_MS) return WARMUP;
  if (elapsed_ms < HALF_MS) return FIRST_HALF;
  return elapsed_ms < END_MS ? SECOND_HALF : COOLDOWN;
}

const EXPECTED = Object.fromEntries(
  ENDPOINTS.map((endpoint) => [endpoint, http.expectedStatuses(expectedStatus(endpoint))]),
);

function send(request) {
  const headers = {};
  if (request.token !== null) headers.Authorization = `Bearer ${request.token}`;
  if (request.body !== null) headers['Content-Type'] = 'application/json';
  const sent_ms = Date.now();
  try {
    return http.request(request.method, settings.base_url + request.path, request.body, {
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

let scenario = null; // kept, since k6 makes exec.scenario anew each time it is asked for
let start_ms = null; // of the scenario, the same for all VUs
let answered_ms = null; // when this VU had its previous answer

export default function closed() {
  if (scenario === null) {
    scenario = exec.scenario;
    start_ms = scenario.startTime;
  }
  const n = scenario.iterationInTest;
  if (n === 0) {
    metrics.scenario_start.add(start_ms);
    console.info(`scenario started at ${start_ms} ms`); // for whoever watches the log
  }

  const request = step(n);
  const response = send(request);
  const now_ms = Date.now();
  const elapsed_ms = now_ms - start_ms;

  const tags = phaseAt(elapsed_ms)[request.endpoint];
  metrics.requests.add(1, tags);
  // From answer to answer, so that what a window cuts off is cut off both. A VU's first answer has
  // none before it and lies in the warm-up, unless the server hangs for all of that.
  if (answered_ms !== null) {
    metrics.busy_ms.add(response.timings.duration, tags);
    metrics.vu_ms.add(now_ms - answered_ms, tags);
  }
  answered_ms = now_ms;
  countSecond(elapsed_ms);
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
  // Nothing listens: do not spin on it. This core is the database's too. It is idle time of the VU.
  if (response.status === 0) sleep(0.1);
}

// A VU adds up a second before it reports it, since a sample for every answer would cost more.
// It cannot know which of its answers is its last, so in the last second it reports each.
const LAST_SECOND = END_MS / 1000 - 1;
let second = 0;
let answers = 0;

function countSecond(elapsed_ms) {
  const now = Math.floor(elapsed_ms / 1000);
  if (now !== second) {
    if (answers > 0) metrics.timeline.add(answers, { second: `${second}` });
    second = now;
    answers = 0;
  }
  if (now < LAST_SECOND) answers += 1;
  else if (now === LAST_SECOND) metrics.timeline.add(1, { second: `${second}` });
}

// One error a VU at most: the log is kept.
let warned = false;

function warn(request, response, failed) {
  if (warned) return;
  warned = true;
  console.warn(`${request.method} ${request.path}: ${failed}, ${excerpt(response)}`);
}

export function handleSummary(data) {
  return { stdout: `${JSON.stringify(summarise(data, settings, 'closed'))}\n` };
}
