// Sends each request of a guest's journey a few times, before any load.
//
//   BASE_URL   the guest's URL
//
// Output: {"sent": 9, "failed": ["create: failed the check created: status 500: ..."]}. A journey
// that cannot be read ends k6 with an error.

import * as own from './guest/journey.js';
import { excerpt } from './lib/checks.js';
import { createGuest } from './lib/guest.js';
import { send } from './lib/load.js';
import { baseUrl } from './lib/options.js';

const TIMES = 3;
const SEED = 1;

const BASE_URL = baseUrl();
const guest = createGuest(own);

export const options = { iterations: 1, vus: 1, setupTimeout: '300s', throw: true, maxRedirects: 0 };

// In setup(), because handleSummary gets its result, but nothing that a VU collects.
export function setup() {
  const make = guest.requestOf(SEED);
  const failedCheck = guest.createCheck();
  const failed = [];
  guest.ENDPOINTS.forEach((name, place) => {
    for (let i = 0; i < TIMES; i += 1) {
      const request = make(name, place * TIMES + i);
      if (typeof request.path !== 'string' || !request.path.startsWith('/')) {
        throw new Error(`request of ${name} returns no path that begins with /`);
      }
      const response = send(BASE_URL, request);
      const check = failedCheck(request, response);
      if (check !== null) {
        const sent = `${request.method} ${request.path}`;
        failed.push(`${name} failed the check ${check}: ${sent} got ${excerpt(response)}`);
      }
    }
  });
  return { sent: TIMES * guest.ENDPOINTS.length, failed };
}

export default function nothing() {} // k6 requires an iteration

export function handleSummary(data) {
  return data.setup_data ? { stdout: `${JSON.stringify(data.setup_data)}\n` } : {};
}
