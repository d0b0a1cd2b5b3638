// Summary of an open load up a ladder of rates.
//
// k6 starts a ladder's clock when its VUs are ready, a few ms after the scenario's start, which is
// the origin of latency and lag here: all of them are too long by the same offset. The least lag of
// the load is that offset; scripts/levelbench subtracts it.

import { PAUSE_S } from './arrivals.js';
import {
  PHASES, asThresholds, commonNames, head, ofPhase, reader, whole, windowOf,
} from './summary.js';

const CUT = ['requests', 'errors', 'timeouts', 'latency'];

export const ofStep = (metric, i) => `${metric}{step:${i}}`;
export const ofStepWindow = (metric, i) => `${metric}{step:${i},phase:measure}`;

/** Thresholds that make k6 keep the sub-metrics that the summary reads. */
export function subMetrics(steps) {
  const names = commonNames();
  for (const metric of CUT) names.push(...PHASES.map((phase) => ofPhase(metric, phase)));
  steps.forEach((_, i) => {
    names.push(...CUT.map((metric) => ofStepWindow(metric, i)));
    names.push(...['generator_lag', 'steps_judged', 'dropped_so_far'].map((m) => ofStep(m, i)));
  });
  return asThresholds([...names, 'generator_lag', 'dropped_iterations']);
}

/** The summary document, with the steps that were reached: k6's `values` objects unchanged, by
 *  phase and step. */
export function summarise(data, settings, steps) {
  const read = reader(data, CUT);
  const { seed, vus, steps_rps, warmup_s, measure_s, weights, pages, orders } = settings;
  const { objective_ms, error_rate_max } = settings;
  const shown = {
    seed, vus, steps_rps, warmup_s, measure_s, pause_s: PAUSE_S, objective_ms, error_rate_max,
    weights, pages, orders,
  };
  return {
    ...head('capacity', shown, read),
    generator_lag: read.values('generator_lag'),
    phases: read.by(PHASES, ofPhase),
    steps: steps.flatMap((step, i) => (read.count(ofStep('steps_judged', i)) === 0 ? [] : [{
      rate_rps: step.rate_rps,
      window: windowOf(step, read),
      ...read.cut((metric) => ofStepWindow(metric, i)),
      generator_lag: read.values(ofStep('generator_lag', i)), // including the warm-up
      dropped_so_far: read.values(ofStep('dropped_so_far', i)).value, // since the load's start
    }])),
    ...whole(read),
  };
}
