// open: requests arrive at one rate, the same for all contestants, all endpoints mixed by their
// weights: evenly spaced, or at times drawn from the seed.
//
// Settings: lib/options.js. Standard output is only the summary, a JSON document
// (lib/open_summary.js).

import { SharedArray } from 'k6/data';

import { GAP_UNIT_S, PAUSE_S, drawn, gaps, irregular, steady } from '../lib/arrivals.js';
import { GRACEFUL_STOP, loadOptions } from '../lib/load.js';
import { createOpenLoad, duration, waiting } from '../lib/open.js';
import { subMetrics, summarise } from '../lib/open_summary.js';
import { readOpenSettings } from '../lib/options.js';

const settings = readOpenSettings();
const isDrawn = settings.arrivals === 'poisson';

// Drawn once for all VUs, which share it.
const steps = isDrawn
  ? irregular(settings, new SharedArray('drawn', () => drawn(settings)))
  : steady(settings);
const [step] = steps;

// Of even arrivals half a period shorter, so that none is due at the end.
const drawn_ms = (step.count / settings.rate_rps) * 1000;
const duration_ms = isDrawn ? drawn_ms + PAUSE_S * 1000 : (step.count - 0.5) * step.period_ms;

// Only where k6 reads the options: the stages of all VUs together would exceed its memory.
const stages = isDrawn && __VU === 0 ? gaps(drawn(settings), drawn_ms) : [];

const even = {
  executor: 'constant-arrival-rate',
  rate: settings.rate_rps,
  duration: duration(duration_ms),
  ...waiting(settings.vus),
};
const irregularly = {
  executor: 'ramping-arrival-rate',
  startRate: 0,
  stages,
  ...waiting(settings.vus),
  timeUnit: `${GAP_UNIT_S}s`,
};

const scenario = { ...(isDrawn ? irregularly : even), gracefulStop: GRACEFUL_STOP };

export const options = loadOptions({ open: scenario }, subMetrics());

export default createOpenLoad(settings, steps, duration_ms);

export function handleSummary(data) {
  return { stdout: `${JSON.stringify(summarise(data, settings, steps))}\n` };
}
