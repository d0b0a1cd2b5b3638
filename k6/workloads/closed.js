// closed: a constant number of VUs without think time, all endpoints mixed by their weights.
//
// Settings: lib/options.js. Standard output is the summary alone, a JSON document
// (lib/closed_summary.js).

import { closedOptions, createLoad } from '../lib/closed.js';
import { summarise } from '../lib/closed_summary.js';
import { readMixSettings } from '../lib/options.js';
import { mixed } from '../lib/slots.js';

const settings = readMixSettings();
const slots = mixed(settings);

export const options = closedOptions('closed', settings, slots);

export default createLoad(settings, slots);

export function handleSummary(data) {
  return { stdout: `${JSON.stringify(summarise(data, 'closed', settings, slots))}\n` };
}
