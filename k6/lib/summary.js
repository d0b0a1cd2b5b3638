// The lab's metrics and what becomes of them: a small JSON document with k6's own figures.
// scripts/levelbench/k6.py reads it.

import { Counter, Gauge, Trend } from 'k6/metrics';

import { checkNames } from './checks.js';
import { ENDPOINTS } from './journey.js';

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
  registrations_201: new Counter('registrations_201'),
  invoices_202: new Counter('invoices_202'),
  failed_checks: new Counter('failed_checks'),
  timeline: new Counter('timeline'), // answers by second since the scenario's start
  scenario_start: new Gauge('scenario_start'), // epoch ms
};

// Metrics that are cut by phase, by half of the window, and by endpoint within it.
const CUT = ['requests', 'errors', 'latency', 'busy_ms', 'vu_ms'];

const ofPhase = (metric, phase) => `${metric}{phase:${phase}}`;
const ofHalf = (metric, half) => `${metric}{half:${half}}`;
const ofEndpoint = (metric, endpoint) => `${metric}{phase:measure,endpoint:${endpoint}}`;
const ofAll = (metric, endpoint) => `${metric}{endpoint:${endpoint}}`;
const ofCheck = (endpoint, check) => `failed_checks{endpoint:${endpoint},check:${check}}`;
const ofSecond = (second) => `timeline{second:${second}}`;

/** k6 keeps a sub-metric only where a threshold names it; an empty list of thresholds passes. */
export function subMetrics(settings) {
  const names = [];
  for (const metric of CUT) {
    names.push(...PHASES.map((phase) => ofPhase(metric, phase)));
    names.push(...HALVES.map((half) => ofHalf(metric, half)));
    names.push(...ENDPOINTS.map((endpoint) => ofEndpoint(metric, endpoint)));
  }
  for (const endpoint of ENDPOINTS) {
    names.push(ofAll('requests', endpoint), ofAll('errors', endpoint));
    names.push(...checkNames(endpoint).map((check) => ofCheck(endpoint, check)));
  }
  for (let second = 0; second < settings.warmup_s + settings.measure_s; second += 1) {
    names.push(ofSecond(second));
  }
  return Object.fromEntries(names.map((name) => [name, []]));
}

/** The summary of a closed load: k6's `values` objects as they are, cut as above. */
export function summarise(data, settings, workload) {
  const values = (name) => (name in data.metrics ? data.metrics[name].values : null);
  const count = (name) => (values(name) || { count: 0 }).count;
  const cut = (name) => Object.fromEntries(CUT.map((metric) => [metric, values(name(metric))]));
  const by = (keys, name) =>
    Object.fromEntries(keys.map((key) => [key, cut((metric) => name(metric, key))]));

  const start = values('scenario_start');
  const t0 = start === null ? null : start.value + settings.warmup_s * 1000;
  const failedChecks = [];
  for (const endpoint of ENDPOINTS) {
    for (const check of checkNames(endpoint)) {
      const failed = count(ofCheck(endpoint, check));
      if (failed > 0) failedChecks.push({ endpoint, check, count: failed });
    }
  }
  const answers = {};
  for (const endpoint of ENDPOINTS) {
    answers[endpoint] = {
      requests: count(ofAll('requests', endpoint)),
      errors: count(ofAll('errors', endpoint)),
    };
  }
  const timeline = [];
  for (let second = 0; second < settings.warmup_s + settings.measure_s; second += 1) {
    timeline.push(count(ofSecond(second)));
  }
  return {
    format: FORMAT,
    workload,
    settings: {
      seed: settings.seed,
      vus: settings.vus,
      warmup_s: settings.warmup_s,
      measure_s: settings.measure_s,
      weights: settings.weights,
      pages: settings.pages,
      orders: settings.orders,
    },
    scenario_start_epoch_ms: start === null ? null : start.value,
    window: {
      start_epoch_ms: t0,
      end_epoch_ms: t0 === null ? null : t0 + settings.measure_s * 1000,
    },
    phases: by(PHASES, ofPhase),
    halves: by(HALVES, ofHalf),
    endpoints: by(ENDPOINTS, ofEndpoint),
    answers, // over all phases
    registrations_201: count('registrations_201'),
    invoices_202: count('invoices_202'),
    failed_checks: failedChecks,
    timeline,
  };
}
