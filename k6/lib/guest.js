// A guest's journey (docs/your-own-service.md), with the same functions as the contract's in
// journey.js and checks.js. Without imports from k6: the tests run it under Node.

import { dealer, uniform } from './journey.js';

const WEIGHT_MAX = 1000;
const NAME = /^[A-Za-z][\w-]{0,39}$/; // a tag's value, which k6 also parses as part of a metric's name

// Of the draws within a request; others of the same seed deal the requests.
const STREAM = 0x67756573;
const DRAWS = 32;

function ensure(condition, message) {
  if (!condition) throw new Error(message);
}

const isObject = (value) => value !== null && typeof value === 'object';
const areFunctions = (values) => values.every((value) => typeof value === 'function');

function ensureRequests(requests) {
  ensure(
    isObject(requests) && Object.keys(requests).length > 0,
    'it does not export `requests`, an object with at least one request',
  );
  for (const [name, own] of Object.entries(requests)) {
    ensure(NAME.test(name), `the name ${name} is not a letter and up to 39 letters, digits, - or _`);
    ensure(isObject(own), `${name} is not {weight, request, checks}`);
    const { weight, request, checks } = own;
    ensure(
      Number.isInteger(weight) && weight >= 1 && weight <= WEIGHT_MAX,
      `the weight of ${name} is ${JSON.stringify(weight)}, not a whole number from 1 to ${WEIGHT_MAX}`,
    );
    ensure(typeof request === 'function', `request of ${name} is not a function`);
    ensure(
      isObject(checks) && Object.keys(checks).length > 0 && areFunctions(Object.values(checks)),
      `checks of ${name} is not an object with at least one function`,
    );
    const odd = Object.keys(checks).find((check) => !NAME.test(check));
    ensure(
      odd === undefined,
      `the check ${odd} of ${name} is not a letter and up to 39 letters, digits, - or _`,
    );
  }
}

/** A function of name and n: the request of iteration n. `pick(count)` draws from 0 to count - 1. */
function createRequest(requests, seed) {
  const draw = uniform(seed + STREAM);
  return (name, n) => {
    let drawn = 0;
    const pick = (count) => {
      drawn += 1;
      return Math.floor(draw(n * DRAWS + drawn) * count);
    };
    const { method = 'GET', path, headers = {}, body = null } = requests[name].request(pick, n);
    return {
      endpoint: name,
      method,
      path,
      headers: { ...headers },
      token: null,
      body: body === null || typeof body === 'string' ? body : JSON.stringify(body),
    };
  };
}

/** The journey of a module with `requests`. Throws an Error that says what is wrong with it. */
export function createGuest({ requests }) {
  ensureRequests(requests);
  const names = Object.keys(requests);
  const weights = Object.fromEntries(names.map((name) => [name, requests[name].weight]));
  const held = Object.fromEntries(names.map((name) => [name, Object.entries(requests[name].checks)]));
  return {
    ENDPOINTS: names,
    requestOf: (seed) => createRequest(requests, seed),
    createJourney({ seed }) {
      const deal = dealer(names, weights, uniform(seed));
      const make = createRequest(requests, seed);
      return (n) => make(deal(n), n);
    },
    createCheck: () => (request, response) => {
      if (response.status === 0) return 'no_answer';
      for (const [name, holds] of held[request.endpoint]) {
        try {
          if (!holds(response, request)) return name;
        } catch (error) {
          return name; // it reads what the response does not have
        }
      }
      return null;
    },
    checkNames: (name) => ['no_answer', ...Object.keys(requests[name].checks)],
    expectedStatus: () => ({ min: 100, max: 599 }), // the checks decide
  };
}
