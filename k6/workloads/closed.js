// closed: a constant number of VUs without think time, all endpoints mixed by their weights, in one
// window, or in slices that alternate with other contestants, each of which has its own k6.
//
// Settings: lib/options.js. Standard output is only the summary, a JSON document
// (lib/closed_summary.js).

import { closedOptions, createLoad } from '../lib/closed.js';
import { summarise, summariseTurns } from '../lib/closed_summary.js';
import { readClosedSettings } from '../lib/options.js';
import { mixed } from '../lib/slots.js';
import { createTurns, turnsOptions } from '../lib/turns.js';

const settings = readClosedSettings();
const slots = mixed(settings);

export const options = settings.gate
  ? turnsOptions('closed', settings)
  : closedOptions('closed', settings, slots);

export default settings.gate ? createTurns(settings) : createLoad(settings, slots);

export function handleSummary(data) {
  const summary = settings.gate
    ? summariseTurns(data, 'closed', settings)
    : summarise(data, 'closed', settings, slots);
  return { stdout: `${JSON.stringify(summary)}\n` };
}
