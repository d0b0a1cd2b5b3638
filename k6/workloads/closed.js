// closed: a constant number of VUs without think time, all endpoints mixed by their weights.
//
// Settings: lib/options.js. Standard output is the summary alone (lib/summary.js), a JSON document.

import { closedOptions, createLoad } from '../lib/load.js';
import { readMixSettings } from '../lib/options.js';
import { mixed } from '../lib/slots.js';
import { summarise } from '../lib/summary.js';

const settings = readMixSettings();
const slots = mixed(settings);

export const options = closedOptions('closed', settings, slots);

export default createLoad(settings, slots);

export function handleSummary(data) {
  return { stdout: `${JSON.stringify(summarise(data, 'closed', settings, slots))}\n` };
}
