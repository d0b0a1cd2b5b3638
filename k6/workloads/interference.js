// interference: steady browsing at a rate that the contestant serves; at known moments many users log
// in at once. /healthz is asked at a rate of its own, as an orchestrator does.
//
// Settings: lib/options.js. Standard output is only the summary, a JSON document
// (lib/disturbed_summary.js).

import exec from 'k6/execution';

import { partsOf } from '../lib/disturbance.js';
import { arriving, createDisturbed, createSender } from '../lib/disturbed.js';
import { subMetrics, summarise } from '../lib/disturbed_summary.js';
import { requests } from '../lib/journey.js';
import { GRACEFUL_STOP, loadOptions } from '../lib/load.js';
import { waiting } from '../lib/open.js';
import { readDisturbedSettings } from '../lib/options.js';

const settings = readDisturbedSettings();
const { logins, health_rps } = settings.disturbance;
const parts = partsOf(settings.disturbance);
const SENDERS = ['others', 'logins', 'health'];

const bursts = parts.filter(({ name }) => name === 'during').map(({ start_ms }, i) => [
  `burst_${i}`,
  {
    executor: 'per-vu-iterations',
    exec: 'logIn',
    vus: logins,
    iterations: 1,
    startTime: `${start_ms}ms`,
    maxDuration: '1s',
    gracefulStop: GRACEFUL_STOP,
  },
]);
const health = {
  executor: 'constant-arrival-rate',
  exec: 'askHealth',
  rate: health_rps,
  duration: `${parts[parts.length - 1].end_ms}ms`,
  gracefulStop: GRACEFUL_STOP,
  ...waiting(settings.vus),
};

export const options = loadOptions(
  { browse: arriving(parts, settings.vus), health, ...Object.fromEntries(bursts) },
  subMetrics(parts, SENDERS),
);

export default createDisturbed(settings, parts);

// A burst's scenario begins later than the load.
let burst_ms = null;
const sendLogin = createSender(settings, parts, 'logins', () => burst_ms);

export function logIn() {
  const { scenario } = exec;
  const number = Number(scenario.name.slice('burst_'.length));
  burst_ms = scenario.startTime - parts.filter(({ name }) => name === 'during')[number].start_ms;
  sendLogin(requests.login(settings.users[scenario.iterationInTest % settings.users.length]));
}

let health_ms = null;
const sendHealth = createSender(settings, parts, 'health', () => health_ms);

export function askHealth() {
  if (health_ms === null) health_ms = exec.scenario.startTime;
  sendHealth(requests.health());
}

export function handleSummary(data) {
  return { stdout: `${JSON.stringify(summarise(data, 'interference', settings, parts, SENDERS))}\n` };
}
