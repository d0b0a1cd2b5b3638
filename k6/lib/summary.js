// Parts that the summaries of all workloads share: a small JSON document of k6's metrics.
// scripts/levelbench/load/document.py reads it.

import { ENDPOINTS, IS_GUEST, checkNames } from './subject.js';

export const FORMAT = 1;
export const PHASES = ['warmup', 'measure', 'cooldown'];
export const HALVES = ['1', '2'];

export const ofPhase = (metric, phase) => `${metric}{phase:${phase}}`;
export const ofHalf = (metric, half) => `${metric}{half:${half}}`;
export const ofEndpoint = (metric, endpoint) => `${metric}{phase:measure,endpoint:${endpoint}}`;
export const ofAll = (metric, endpoint) => `${metric}{endpoint:${endpoint}}`;
const ofCheck = (endpoint, check) => `failed_checks{endpoint:${endpoint},check:${check}}`;

/** Names of the sub-metrics that every summary has. */
export function commonNames() {
  return ENDPOINTS.flatMap((endpoint) => [
    ofAll('requests', endpoint),
    ofAll('errors', endpoint),
    ...checkNames(endpoint).map((check) => ofCheck(endpoint, check)),
  ]);
}

/** Thresholds that always pass: k6 keeps a sub-metric only if a threshold names it. */
export function asThresholds(names) {
  return Object.fromEntries(names.map((name) => [name, []]));
}

/** k6's values by the name of a (sub-)metric, unchanged; `cuts` are metrics with the same tags. */
export function reader(data, cuts) {
  const values = (name) => (name in data.metrics ? data.metrics[name].values : null);
  const count = (name) => (values(name) || { count: 0 }).count;
  const cut = (name) => Object.fromEntries(cuts.map((metric) => [metric, values(name(metric))]));
  const by = (keys, name) =>
    Object.fromEntries(keys.map((key) => [key, cut((metric) => name(metric, key))]));
  const start = values('scenario_start');
  const epoch_ms = (ms) => (start === null ? null : start.value + ms);
  return { values, count, cut, by, epoch_ms };
}

/** The window of a mix by endpoint, or by the requests of a guest's journey. */
export function byEndpoint(read) {
  const cuts = read.by(ENDPOINTS, ofEndpoint);
  return IS_GUEST ? { endpoints: {}, requests: cuts } : { endpoints: cuts };
}

/** First fields of a document. */
export function head(workload, settings, { epoch_ms }) {
  return { format: FORMAT, workload, settings, scenario_start_epoch_ms: epoch_ms(0) };
}

/** Fields over all phases: responses by endpoint, rows to expect, failed checks. */
export function whole({ count }) {
  const answers = (endpoint) => ({
    requests: count(ofAll('requests', endpoint)),
    errors: count(ofAll('errors', endpoint)),
  });
  return {
    // Rows and statements follow from the contract's answers only.
    answers: IS_GUEST
      ? {}
      : Object.fromEntries(ENDPOINTS.map((endpoint) => [endpoint, answers(endpoint)])),
    registrations_201: count('registrations_201'),
    invoices_202: count('invoices_202'),
    failed_checks: ENDPOINTS.flatMap((endpoint) =>
      checkNames(endpoint)
        .map((check) => ({ endpoint, check, count: count(ofCheck(endpoint, check)) }))
        .filter(({ count: failed }) => failed > 0)),
  };
}

/** Start and end of a window, by the clock of the machine. */
export function windowOf({ measure_ms, end_ms }, { epoch_ms }) {
  return {
    start_epoch_ms: epoch_ms(Math.round(measure_ms)),
    end_epoch_ms: epoch_ms(Math.round(end_ms)),
  };
}
