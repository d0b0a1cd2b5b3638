// The summary of an open load that climbs a ladder of rates.
//
// k6 starts to count a ladder's time once it has set its VUs to work, a few ms after the scenario's
// start, by which latency and lag are taken: all are too long by that, the same for all. The least
// lag of the load tells how much it is; scripts/levelbench takes it off.

import { PAUSE_S } from './arrivals.js';
import {
  PHASES, asThresholds, commonNames, head, ofPhase, reader, whole, windowOf,
} from './summary.js';

const CUT = ['requests', 'errors', 'latency'];

export const ofStep = (metric, i) => `${metric}{step:${i}}`;
export const ofStepWindow = (metric, i) => `${metric}{step:${i},phase:measure}`;

/** The thresholds that make k6 keep what the summary reads. */
export function subMetrics(steps) {
  const names = commonNames();
  for (const metric of CUT) names.push(...PHASES.map((phase) => ofPhase(metric, phase)));
  steps.forEach((_, i) => {
    names.push(...CUT.map((metric) => ofStepWindow(metric, i)));
    names.push(...['generator_lag', 'steps_judged', 'dropped_so_far'].map((m) => ofStep(m, i)));
  });
  return asThresholds([...names, 'generator_lag', 'dropped_iterations']);
}

/** The summary of a load, with the steps that were reached alone: k6's `values` objects as they
 *  are, cut as above. */
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
      generator_lag: read.values(ofStep('generator_lag', i)), // warm-up included
      dropped_so_far: read.values(ofStep('dropped_so_far', i)).value, // since the load's start
    }])),
    ...whole(read),
  };
}
