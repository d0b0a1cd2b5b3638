// The lab's metrics; lib/summary.js reads them.

import { Counter, Gauge, Trend } from 'k6/metrics';

export const SUMMARY_TREND_STATS = [
  'count', 'avg', 'min', 'med', 'max', 'p(50)', 'p(90)', 'p(95)', 'p(99)', 'p(99.9)',
];

export const metrics = {
  requests: new Counter('requests'), // responses, expected or errors
  errors: new Counter('errors'), // responses that fail a check
  latency: new Trend('latency', true), // of expected responses, and open loads' timeouts, ms
  registrations_201: new Counter('registrations_201'),
  invoices_202: new Counter('invoices_202'),
  failed_checks: new Counter('failed_checks'),
  scenario_start: new Gauge('scenario_start'), // epoch ms

  // Closed loads.
  busy_ms: new Counter('busy_ms'), // time that VUs waited for the server, errors included
  vu_ms: new Counter('vu_ms'), // time between a VU's responses, busy_ms included
  disturbances: new Counter('disturbances'), // responses of one slot within the window of another
  slice_start: new Gauge('slice_start'), // of each slice's window, epoch ms
  slice_end: new Gauge('slice_end'),
  timeline: new Counter('timeline'), // responses by second of the load, or of its slices

  // Sessions: within the window of a step, cut at its edges, as busy_ms is there.
  think_ms: new Counter('think_ms'), // time that users think, as drawn

  // Open loads.
  service_time: new Trend('service_time', true), // latency without the generator's lag, ms
  timeouts: new Counter('timeouts'), // requests without a response, errors with a latency
  generator_lag: new Trend('generator_lag', true), // from intended to actual start, ms
  by_second: new Trend('by_second', true), // latency of a disturbed load, by second
  judge_sign: new Gauge('judge_sign'), // distinguishes this k6 process from another
  steps_judged: new Counter('steps_judged'),
  dropped_so_far: new Gauge('dropped_so_far'), // dropped iterations by the end of a step
};
