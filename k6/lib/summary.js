// The lab's metrics and what becomes of them: a small JSON document with k6's own figures.
// scripts/levelbench/k6summary.py reads it.

import { Counter, Gauge, Trend } from 'k6/metrics';

import { checkNames } from './checks.js';
import { ENDPOINTS } from './journey.js';
import { PAUSE_S, length_s } from './slots.js';

export const FORMAT = 1;
export const PHASES = ['warmup', 'measure', 'cooldown'];
const HALVES = ['1', '2'];

export const SUMMARY_TREND_STATS = [
  'count', 'avg', 'min', 'med', 'max', 'p(50)', 'p(90)', 'p(95)', 'p(99)', 'p(99.9)',
];

export const metrics = {
  requests: new Counter('requests'), // answers, right or wrong
  errors: new Counter('errors'), // those that fail a check
  latency: new Trend('latency', true), // of the right ones, ms
  busy_ms: new Counter('busy_ms'), // time the server kept VUs waiting, for right and wrong alike
  vu_ms: new Counter('vu_ms'), // the VUs' own time from answer to answer, busy_ms within it
  disturbances: new Counter('disturbances'), // answers of one slot within the window of another
  registrations_201: new Counter('registrations_201'),
  invoices_202: new Counter('invoices_202'),
  failed_checks: new Counter('failed_checks'),
  timeline: new Counter('timeline'), // answers by second since the scenario's start
  scenario_start: new Gauge('scenario_start'), // epoch ms
};

// Metrics that are cut by phase, and by endpoint within the window.
const CUT = ['requests', 'errors', 'latency', 'busy_ms', 'vu_ms'];

const ofPhase = (metric, phase) => `${metric}{phase:${phase}}`;
const ofHalf = (metric, half) => `${metric}{half:${half}}`;
const ofEndpoint = (metric, endpoint) => `${metric}{phase:measure,endpoint:${endpoint}}`;
const ofEndpointHalf = (metric, endpoint, half) => `${metric}{half:${half},endpoint:${endpoint}}`;
const ofAll = (metric, endpoint) => `${metric}{endpoint:${endpoint}}`;
const ofCheck = (endpoint, check) => `failed_checks{endpoint:${endpoint},check:${check}}`;
const ofSecond = (second) => `timeline{second:${second}}`;

const areAlone = (slots) => slots[0].endpoint !== null;
const upTo = (count) => Array.from({ length: count }, (_, i) => i);

/** k6 keeps a sub-metric only where a threshold names it; an empty list of thresholds passes. */
export function subMetrics(slots) {
  const names = [];
  for (const metric of CUT) {
    names.push(...PHASES.map((phase) => ofPhase(metric, phase)));
    names.push(...ENDPOINTS.map((endpoint) => ofEndpoint(metric, endpoint)));
    if (!areAlone(slots)) names.push(...HALVES.map((half) => ofHalf(metric, half)));
  }
  for (const endpoint of ENDPOINTS) {
    names.push(ofAll('requests', endpoint), ofAll('errors', endpoint));
    names.push(...checkNames(endpoint).map((check) => ofCheck(endpoint, check)));
    if (areAlone(slots)) {
      names.push(...HALVES.map((half) => ofEndpointHalf('requests', endpoint, half)));
      names.push(ofAll('disturbances', endpoint));
    }
  }
  names.push(...upTo(length_s(slots)).map(ofSecond));
  return Object.fromEntries(names.map((name) => [name, []]));
}

// k6's figures by the name of their (sub-)metric.
function reader(data) {
  const values = (name) => (name in data.metrics ? data.metrics[name].values : null);
  const count = (name) => (values(name) || { count: 0 }).count;
  const cut = (name) => Object.fromEntries(CUT.map((metric) => [metric, values(name(metric))]));
  const by = (keys, name) =>
    Object.fromEntries(keys.map((key) => [key, cut((metric) => name(metric, key))]));
  return { values, count, by };
}

/** The summary of a load: k6's `values` objects as they are, cut as above. */
export function summarise(data, workload, settings, slots) {
  const { values, count, by } = reader(data);
  const start = values('scenario_start');
  const alone = areAlone(slots);
  return {
    format: FORMAT,
    workload,
    settings: settingsShown(settings, alone),
    scenario_start_epoch_ms: start === null ? null : start.value,
    phases: by(PHASES, ofPhase),
    ...(alone
      ? { endpoints: endpointsAlone(data, slots, start) }
      : {
        window: windowOf(slots[0], start),
        halves: by(HALVES, ofHalf),
        endpoints: by(ENDPOINTS, ofEndpoint),
      }),
    answers: byEndpoint((endpoint) => ({ // over all phases
      requests: count(ofAll('requests', endpoint)),
      errors: count(ofAll('errors', endpoint)),
    })),
    registrations_201: count('registrations_201'),
    invoices_202: count('invoices_202'),
    failed_checks: failedChecks(count),
    timeline: upTo(length_s(slots)).map((second) => count(ofSecond(second))),
  };
}

function byEndpoint(make) {
  return Object.fromEntries(ENDPOINTS.map((endpoint) => [endpoint, make(endpoint)]));
}

function settingsShown({ seed, vus, warmup_s, measure_s, weights, pages, orders }, alone) {
  const own = alone ? { pause_s: PAUSE_S } : { weights };
  return { seed, vus, warmup_s, measure_s, ...own, pages, orders };
}

function windowOf(slot, start) {
  const epoch_ms = (ms) => (start === null ? null : start.value + ms);
  return { start_epoch_ms: epoch_ms(slot.measure_ms), end_epoch_ms: epoch_ms(slot.end_ms) };
}

// Each endpoint with its own window.
function endpointsAlone(data, slots, start) {
  const { count, by } = reader(data);
  const cuts = by(ENDPOINTS, ofEndpoint);
  const halves = (endpoint) =>
    HALVES.map((half) => [half, count(ofEndpointHalf('requests', endpoint, half))]);
  return Object.fromEntries(
    slots.map((slot) => [
      slot.endpoint,
      {
        window: windowOf(slot, start),
        ...cuts[slot.endpoint],
        halves: Object.fromEntries(halves(slot.endpoint)),
        disturbances: count(ofAll('disturbances', slot.endpoint)),
      },
    ]),
  );
}

function failedChecks(count) {
  return ENDPOINTS.flatMap((endpoint) =>
    checkNames(endpoint)
      .map((check) => ({ endpoint, check, count: count(ofCheck(endpoint, check)) }))
      .filter(({ count: failed }) => failed > 0));
}
