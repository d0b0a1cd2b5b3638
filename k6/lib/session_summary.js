// Summary of sessions: up a ladder of users.

import { PAUSE_S } from './arrivals.js';
import { ofStep, ofStepWindow } from './ladder_summary.js';
import {
  PHASES, asThresholds, commonNames, head, ofAll, ofPhase, reader, whole, windowOf,
} from './summary.js';

const CUT = ['requests', 'errors', 'latency'];
const TIMES = ['think_ms', 'busy_ms'];

/** Thresholds that make k6 keep the sub-metrics that the summary and the judge read. */
export function subMetrics(steps) {
  const names = [...commonNames(), ...['requests', 'errors'].map((name) => ofAll(name, 'poll'))];
  for (const metric of CUT) names.push(...PHASES.map((phase) => ofPhase(metric, phase)));
  steps.forEach((_, i) => {
    names.push(...CUT.map((metric) => ofStepWindow(metric, i)));
    names.push(...[...TIMES, 'steps_judged'].map((metric) => ofStep(metric, i)));
  });
  return asThresholds([...names, 'generator_lag', 'dropped_iterations']);
}

/** The summary document, with the steps that were reached: k6's `values` objects unchanged. */
export function summarise(data, settings, steps) {
  const read = reader(data, CUT);
  const { seed, vus, steps_users, warmup_s, measure_s, visit, pages, orders } = settings;
  const { objective_ms, error_rate_max } = settings;
  const shown = {
    seed, vus, steps_users, warmup_s, measure_s, pause_s: PAUSE_S, objective_ms, error_rate_max,
    visit, pages, orders,
  };
  return {
    ...head('session', shown, read),
    phases: read.by(PHASES, ofPhase),
    polls: { requests: read.count(ofAll('requests', 'poll')), errors: read.count(ofAll('errors', 'poll')) },
    steps: steps.flatMap((step, i) => (read.count(ofStep('steps_judged', i)) === 0 ? [] : [{
      users: step.users,
      window: windowOf(step, read),
      ...read.cut((metric) => ofStepWindow(metric, i)),
      ...Object.fromEntries(TIMES.map((metric) => [metric, read.values(ofStep(metric, i))])),
    }])),
    ...whole(read),
  };
}
