// overload: requests arrive at a rate that the contestant serves, then at more than it can, then at the
// first rate again, all endpoints mixed by their weights.
//
// Settings: lib/options.js. Standard output is only the summary, a JSON document
// (lib/disturbed_summary.js).

import { partsOf } from '../lib/disturbance.js';
import { arriving, createDisturbed } from '../lib/disturbed.js';
import { subMetrics, summarise } from '../lib/disturbed_summary.js';
import { loadOptions } from '../lib/load.js';
import { readDisturbedSettings } from '../lib/options.js';

const settings = readDisturbedSettings();
const parts = partsOf(settings.disturbance);
const SENDERS = ['others'];

export const options = loadOptions(
  { overload: arriving(parts, settings.vus) },
  subMetrics(parts, SENDERS),
);

export default createDisturbed(settings, parts);

export function handleSummary(data) {
  return { stdout: `${JSON.stringify(summarise(data, 'overload', settings, parts, SENDERS))}\n` };
}
