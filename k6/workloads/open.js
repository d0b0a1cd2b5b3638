// open: requests arrive at a constant rate, the same for all contestants, all endpoints mixed by
// their weights.
//
// Settings: lib/options.js. Standard output is only the summary, a JSON document
// (lib/open_summary.js).

import { steady } from '../lib/arrivals.js';
import { GRACEFUL_STOP, loadOptions } from '../lib/load.js';
import { createOpenLoad, duration, waiting } from '../lib/open.js';
import { subMetrics, summarise } from '../lib/open_summary.js';
import { readOpenSettings } from '../lib/options.js';

const settings = readOpenSettings();
const steps = steady(settings);

// Half a period shorter, so that no arrival is due at the end.
const duration_ms = (steps[0].count - 0.5) * steps[0].period_ms;

const scenario = {
  executor: 'constant-arrival-rate',
  rate: settings.rate_rps,
  duration: duration(duration_ms),
  gracefulStop: GRACEFUL_STOP,
  ...waiting(settings.vus),
};

export const options = loadOptions({ open: scenario }, subMetrics());

export default createOpenLoad(settings, steps, duration_ms);

export function handleSummary(data) {
  return { stdout: `${JSON.stringify(summarise(data, settings, steps))}\n` };
}
