// capacity: requests arrive at a rate that rises step by step, the same steps for all contestants,
// until a step exceeds a limit: dropped iterations, too many errors, or p95 above the objective.
//
// Settings: lib/options.js. Standard output is only the summary, a JSON document
// (lib/ladder_summary.js).

import { PAUSE_S, ladder, lead_ms } from '../lib/arrivals.js';
import { createGate, createJudge, judges } from '../lib/judge.js';
import { subMetrics, summarise } from '../lib/ladder_summary.js';
import { GRACEFUL_STOP, loadOptions } from '../lib/load.js';
import { createOpenLoad, duration, waiting } from '../lib/open.js';
import { readLadderSettings } from '../lib/options.js';

const settings = readLadderSettings();
const steps = ladder(settings);

// One scenario for all steps, so that all have the same VUs and connections. A stage of 0 s is a
// jump.
const hold = (target, ms) => [
  { target, duration: '0s' },
  { target, duration: duration(ms) },
];
const climb = {
  executor: 'ramping-arrival-rate',
  startRate: settings.steps_rps[0],
  stages: [
    ...hold(settings.steps_rps[0], lead_ms(settings.steps_rps)),
    ...steps.flatMap(({ rate_rps, start_ms, end_ms }) => [
      ...hold(rate_rps, end_ms - start_ms),
      ...hold(0, PAUSE_S * 1000),
    ]),
  ],
  gracefulStop: GRACEFUL_STOP,
  ...waiting(settings.vus),
};
const duration_ms = steps[steps.length - 1].end_ms + PAUSE_S * 1000;

export const options = loadOptions({ climb, ...judges(steps, 'judge') }, subMetrics(steps));

export default createOpenLoad(settings, steps, duration_ms, createGate());

export const judge = createJudge(settings, steps);

export function handleSummary(data) {
  return { stdout: `${JSON.stringify(summarise(data, settings, steps))}\n` };
}
