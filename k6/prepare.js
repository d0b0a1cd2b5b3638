// Registers the load's users and signs them in, through the contestant's own API, before any window.
//
//   BASE_URL     the contestant's URL
//   PASSWORD     of all of them
//   USERS_COUNT  how many: lab_user_000 and on (default 100)
//   REGISTER=0   only sign in: the users exist and get new tokens
//
// Output: {"users": [{username, password, token, expires_at_epoch_s}]}. Unless all users are signed
// in, k6's exit status is not 0.

import http from 'k6/http';

import { excerpt } from './lib/checks.js';
import { baseUrl, text, whole } from './lib/options.js';

const BATCH = 10;

const AUTH = `${baseUrl()}/api/v1/auth`;
const PASSWORD = text('PASSWORD');
const COUNT = whole('USERS_COUNT', 1, '100');
const REGISTER = text('REGISTER', '1') !== '0';

export const options = {
  iterations: 1,
  vus: 1,
  setupTimeout: '300s',
  batch: BATCH,
  batchPerHost: BATCH,
};

function post(path, usernames) {
  const params = { headers: { 'Content-Type': 'application/json' }, timeout: '60s' };
  return http.batch(
    usernames.map((username) => [
      'POST', `${AUTH}/${path}`, JSON.stringify({ username, password: PASSWORD }), params,
    ]),
  );
}

function expect(status, response, username, what) {
  if (response.status === status) return;
  const hint = response.status === 409 ? ' (REGISTER=0 signs existing users in)' : '';
  throw new Error(`${username} could not ${what}${hint}: ${excerpt(response)}`);
}

// In setup(), because handleSummary gets its result, but nothing that a VU collects.
export function setup() {
  const usernames = Array.from({ length: COUNT }, (_, i) => `lab_user_${`${i}`.padStart(3, '0')}`);
  const users = [];
  for (let i = 0; i < COUNT; i += BATCH) {
    const batch = usernames.slice(i, i + BATCH);
    if (REGISTER) {
      post('register', batch).forEach((response, j) => expect(201, response, batch[j], 'register'));
    }
    const asked_s = Math.floor(Date.now() / 1000); // before the response, so that the expiry is never too late
    post('login', batch).forEach((response, j) => {
      expect(200, response, batch[j], 'sign in');
      const { access_token: token, expires_in: lifetime_s } = response.json();
      if (!token || !(lifetime_s > 0)) throw new Error(`${batch[j]} signed in, but the response has no token`);
      users.push({
        username: batch[j],
        password: PASSWORD,
        token,
        expires_at_epoch_s: asked_s + lifetime_s,
      });
    });
  }
  return { users };
}

export default function nothing() {} // k6 requires an iteration

export function handleSummary(data) {
  const { users } = data.setup_data || {};
  return users === undefined ? {} : { stdout: `${JSON.stringify({ users })}\n` };
}
