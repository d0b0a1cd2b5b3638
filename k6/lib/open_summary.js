// Summary of an open load at one rate.

import { TAIL_S, explained_ms } from './arrivals.js';
import { ENDPOINTS } from './subject.js';
import {
  HALVES, PHASES, asThresholds, byEndpoint, commonNames, head, ofEndpoint, ofHalf, ofPhase, reader,
  whole, windowOf,
} from './summary.js';

// Metrics that are cut by phase, and by half and endpoint within the window.
const CUT = ['requests', 'errors', 'timeouts', 'latency', 'service_time', 'generator_lag'];

/** Thresholds that make k6 keep the sub-metrics that the summary reads. */
export function subMetrics() {
  const names = commonNames();
  for (const metric of CUT) {
    names.push(...PHASES.map((phase) => ofPhase(metric, phase)));
    names.push(...HALVES.map((half) => ofHalf(metric, half)));
    names.push(...ENDPOINTS.map((endpoint) => ofEndpoint(metric, endpoint)));
  }
  // Over all phases: a dropped iteration belongs to none.
  return asThresholds([...names, 'generator_lag', 'dropped_iterations']);
}

/** The summary document: k6's `values` objects unchanged, by phase, half and endpoint. */
export function summarise(data, settings, [step]) {
  const read = reader(data, CUT);
  const dropped = read.count('dropped_iterations');
  const { seed, vus, rate_rps, arrivals, warmup_s, measure_s, weights, pages, orders } = settings;
  const shown = {
    seed, vus, rate_rps, arrivals, warmup_s, measure_s, tail_s: TAIL_S, weights, pages, orders,
  };
  return {
    ...head('open', shown, read),
    arrivals: { due: step.count, dropped, explained_ms: explained_ms(step, dropped) },
    generator_lag: read.values('generator_lag'),
    phases: read.by(PHASES, ofPhase),
    window: windowOf(step, read),
    halves: read.by(HALVES, ofHalf),
    ...byEndpoint(read),
    ...whole(read),
  };
}
