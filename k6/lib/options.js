// Settings from the environment, read once; an invalid one ends k6 before the first request.
//
//   BASE_URL   where the contestant is, e.g. http://service:8000
//   SEED       whole number; seed and n determine the request of iteration n
//   VUS        virtual users (default 100)
//   WARMUP_S   whole seconds before each measured window
//   MEASURE_S  whole seconds of each window
//   RATE       whole requests/s, of an open load
//   ARRIVALS   even (the default) or poisson, of an open load
//   STEPS      [100, 110, ...], whole requests/s, ascending, of a ladder of rates
//   STEP_WARMUP_S, STEP_MEASURE_S   whole seconds, of each step
//   VISIT      what users with think time do: [session.visit] of levelbench.toml; STEPS is then how many
//   DISTURBANCE  parts of a disturbed load, rates_rps, and of logins their number
//   OBJECTIVE_MS     limit of a step's p95 latency
//   ERROR_RATE_MAX   limit of a step's share of errors
//   WEIGHTS    {"register": 2, "login": 2, "list": 46, "detail": 46, "task": 4}, where all are mixed
//   GATE       URL where a contestant that takes turns with others asks for each of them
//   SLICES     in how many parts its window is cut
//   PAGES      [{"first": 1, "last": 1, "weight": 50}, ...] (default: PAGES in journey.js)
//   ORDERS     orders in the dataset
//   USERS      [{"username", "password", "token"}, ...], as prepare.js prints them; what is too long
//              for one variable continues in USERS_1, USERS_2, ...
//   UNCHECKED  {"list": ["user", ...], ...}, checks to skip, of an exhibit
//   K6_ADDRESS address of k6's HTTP API, e.g. localhost:6565, for a ladder of rates
//   TRIAL      prefix of the usernames to register, unique among the trials on a database

import { PAGES } from './journey.js';
import { ENDPOINTS, IS_GUEST, checkNames } from './subject.js';

const PAGE_SIZE = 20;

export function text(name, fallback) {
  const value = __ENV[name] || fallback;
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

export function whole(name, least, fallback) {
  const value = Number(text(name, fallback));
  if (!Number.isSafeInteger(value) || value < least) {
    throw new Error(`${name} is ${__ENV[name]}: expected a whole number from ${least}`);
  }
  return value;
}

function long(name) {
  let value = text(name);
  for (let i = 1; __ENV[`${name}_${i}`]; i += 1) value += __ENV[`${name}_${i}`];
  return value;
}

function number(name) {
  const value = Number(text(name));
  if (!(value >= 0 && Number.isFinite(value))) {
    throw new Error(`${name} is ${__ENV[name]}: expected a number from 0`);
  }
  return value;
}

function json(name, value = text(name)) {
  try {
    return JSON.parse(value);
  } catch (error) {
    throw new Error(`${name} is not JSON: ${error.message}`); // not the value: it may contain tokens
  }
}

function ensure(condition, message) {
  if (!condition) throw new Error(message);
}

/** The contestant's URL, without a slash at the end. */
export function baseUrl() {
  return text('BASE_URL').replace(/\/+$/, '');
}

// What the contract's journey needs: a guest's has its own.
function readContract() {
  const pages = json('PAGES', text('PAGES', JSON.stringify(PAGES)));
  const orders = whole('ORDERS', 1);
  const users = json('USERS', long('USERS'));
  const unchecked = json('UNCHECKED', text('UNCHECKED', '{}'));
  ensure(
    Array.isArray(pages) && pages.length > 0
      && pages.every(({ first, last, weight }) => first >= 1 && last >= first && weight > 0),
    'PAGES must be a list of {first, last, weight}',
  );
  const lastPage = Math.ceil(orders / PAGE_SIZE);
  ensure(
    pages.every(({ last }) => last <= lastPage),
    `PAGES exceeds page ${lastPage}, the last page with ORDERS=${orders}`,
  );
  ensure(
    Array.isArray(users) && users.length > 0
      && users.every(({ username, password, token }) => username && password && token),
    'USERS must be a list of {username, password, token}',
  );
  ensure(
    Object.entries(unchecked).every(([endpoint, names]) =>
      ENDPOINTS.includes(endpoint)
        && Array.isArray(names) && names.every((name) => checkNames(endpoint).includes(name))),
    'UNCHECKED must be names of checks by endpoint',
  );
  return { pages, orders, users, unchecked };
}

/**
 * The settings of every workload, validated. Throws an Error that names the variable.
 *
 * @param prefix of the variables WARMUP_S and MEASURE_S
 */
export function readSettings(prefix = '') {
  const settings = {
    base_url: baseUrl(),
    seed: whole('SEED', 0),
    vus: whole('VUS', 1, '100'),
    warmup_s: whole(`${prefix}WARMUP_S`, 0),
    measure_s: whole(`${prefix}MEASURE_S`, 1),
    trial: text('TRIAL'),
    ...(IS_GUEST ? { pages: [], orders: 0, users: [], unchecked: {} } : readContract()),
  };
  // <trial>_<n> must be a valid username: 32 characters of [a-z0-9_], ten of them for n.
  ensure(/^[a-z0-9_]{1,20}$/.test(settings.trial), 'TRIAL must be 1 to 20 characters of [a-z0-9_]');
  return settings;
}

/** The same, with the weights of a mix. */
export function readMixSettings(prefix = '') {
  if (IS_GUEST) return { ...readSettings(prefix), weights: {} };
  const weights = json('WEIGHTS');
  ensure(
    Object.keys(weights).length === ENDPOINTS.length
      && ENDPOINTS.every((name) => weights[name] >= 0)
      && ENDPOINTS.some((name) => weights[name] > 0),
    `WEIGHTS must have a weight for each of ${ENDPOINTS.join(', ')}, not all of them 0`,
  );
  return { ...readSettings(prefix), weights };
}

/** The same, with where to ask for turns; null where no turns are taken. */
export function readClosedSettings() {
  const gate = __ENV.GATE || null;
  return { ...readMixSettings(), gate, slices: gate === null ? 1 : whole('SLICES', 1) };
}

/** The same, with a rate. */
export function readOpenSettings() {
  const arrivals = text('ARRIVALS', 'even');
  ensure(['even', 'poisson'].includes(arrivals), `ARRIVALS is ${arrivals}: expected even or poisson`);
  return { ...readMixSettings(), rate_rps: whole('RATE', 1), arrivals };
}

// The steps of a ladder and their limits.
function readSteps() {
  const steps = json('STEPS');
  ensure(
    Array.isArray(steps) && steps.length > 0
      && steps.every((value, i) =>
        Number.isSafeInteger(value) && value > (i === 0 ? 0 : steps[i - 1])),
    'STEPS must be a list of whole numbers in ascending order',
  );
  return {
    steps,
    objective_ms: number('OBJECTIVE_MS'),
    error_rate_max: number('ERROR_RATE_MAX'),
    api_address: text('K6_ADDRESS'), // `k6 run --address`, without which k6 2 has no HTTP API
  };
}

/** The same, with the steps of a ladder of rates and their limits. */
export function readLadderSettings() {
  const { steps: steps_rps, ...limits } = readSteps();
  return { ...readMixSettings('STEP_'), steps_rps, ...limits };
}

const VISIT = ['median_s', 'sigma', 'rounds', 'signup_share', 'poll_s', 'polls_max'];

/** The settings of sessions, with the steps of a ladder of users and their limits. */
export function readSessionSettings() {
  const { steps: steps_users, ...limits } = readSteps();
  const visit = json('VISIT');
  ensure(
    VISIT.every((name) => Number.isFinite(visit[name]) && visit[name] > 0),
    `VISIT must have a number above 0 for each of ${VISIT.join(', ')}`,
  );
  return { ...readSettings('STEP_'), steps_users, visit, ...limits };
}

/** The settings of a disturbed load. */
export function readDisturbedSettings() {
  const { warmup_s, ...mix } = readMixSettings();
  const own = json('DISTURBANCE');
  const known = ['before_s', 'during_s', 'after_s', 'cycles'];
  ensure(
    known.every((name) => Number.isSafeInteger(own[name]) && own[name] > 0)
      && Array.isArray(own.rates_rps) && own.rates_rps.length === 3
      && own.rates_rps.every((rate) => Number.isSafeInteger(rate) && rate > 0),
    `DISTURBANCE must have whole numbers above 0: ${known.join(', ')} and three rates_rps`,
  );
  return { ...mix, warmup_s, disturbance: { warmup_s, ...own } };
}
