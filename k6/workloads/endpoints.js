// endpoints: a constant number of VUs without think time, one endpoint after the other, so that
// reads do not hide the cost of hashing. In the order of the journey: background work comes last,
// since the worker is still busy with it after the load.
//
// Settings: lib/options.js. Standard output is only the summary, a JSON document
// (lib/closed_summary.js).

import { closedOptions, createLoad } from '../lib/closed.js';
import { summarise } from '../lib/closed_summary.js';
import { ENDPOINTS } from '../lib/journey.js';
import { readSettings } from '../lib/options.js';
import { eachAlone } from '../lib/slots.js';

const settings = readSettings();
const slots = eachAlone(ENDPOINTS, settings);

export const options = closedOptions('endpoints', settings, slots);

export default createLoad(settings, slots);

export function handleSummary(data) {
  return { stdout: `${JSON.stringify(summarise(data, 'endpoints', settings, slots))}\n` };
}
