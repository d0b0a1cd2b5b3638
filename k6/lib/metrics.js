// The lab's metrics. What becomes of them: lib/summary.js.

import { Counter, Gauge, Trend } from 'k6/metrics';

export const SUMMARY_TREND_STATS = [
  'count', 'avg', 'min', 'med', 'max', 'p(50)', 'p(90)', 'p(95)', 'p(99)', 'p(99.9)',
];

export const metrics = {
  requests: new Counter('requests'), // answers, right or wrong
  errors: new Counter('errors'), // those that fail a check
  latency: new Trend('latency', true), // of the right ones, ms
  registrations_201: new Counter('registrations_201'),
  invoices_202: new Counter('invoices_202'),
  failed_checks: new Counter('failed_checks'),
  scenario_start: new Gauge('scenario_start'), // epoch ms

  // Where VUs ask again as soon as they are answered.
  busy_ms: new Counter('busy_ms'), // time the server kept VUs waiting, for right and wrong alike
  vu_ms: new Counter('vu_ms'), // the VUs' own time from answer to answer, busy_ms within it
  disturbances: new Counter('disturbances'), // answers of one slot within the window of another
  generator_start: new Gauge('generator_start'), // epoch ms, where it is not the load's own
  timeline: new Counter('timeline'), // answers by second since the scenario's start

  // Where requests arrive at a rate.
  service_time: new Trend('service_time', true), // latency without the generator's lag, ms
  generator_lag: new Trend('generator_lag', true), // from intended to actual start, ms
  judge_sign: new Gauge('judge_sign'), // tells this k6 from another
  steps_judged: new Counter('steps_judged'),
  dropped_so_far: new Gauge('dropped_so_far'), // dropped iterations by the end of a step
};
