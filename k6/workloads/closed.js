// closed: a constant number of VUs without think time, all endpoints mixed by their weights, in one
// window, or in slices that alternate with other contestants, each of which has its own k6.
//
// Settings: lib/options.js. Standard output is only the summary, a JSON document
// (lib/closed_summary.js).

import { awaitTurns, closedOptions, createLoad } from '../lib/closed.js';
import { summarise } from '../lib/closed_summary.js';
import { readClosedSettings } from '../lib/options.js';
import { inTurns, mixed } from '../lib/slots.js';

const settings = readClosedSettings();
const slots = settings.taken ? inTurns(settings.taken.turns) : mixed(settings);

export const options = closedOptions('closed', settings, slots);

export function setup() {
  if (settings.taken) awaitTurns(settings.taken);
}

export default createLoad(settings, slots);

export function handleSummary(data) {
  return { stdout: `${JSON.stringify(summarise(data, 'closed', settings, slots))}\n` };
}
