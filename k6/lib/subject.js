// What a load requests and how responses are checked: the contract's journey, or a guest's where the
// lab mounts one. Without imports from k6: the tests run it under Node.

import * as own from '../guest/journey.js';
import * as checks from './checks.js';
import { createGuest } from './guest.js';
import * as journey from './journey.js';

/** Whether the journey is a guest's. */
export const IS_GUEST = own.ofContract !== true;

const subject = IS_GUEST ? createGuest(own) : { ...journey, ...checks };

/** Names of the requests, in the order of the summary. */
export const ENDPOINTS = subject.ENDPOINTS;
/** The same, and requests that only some workloads send. */
export const REQUESTS = IS_GUEST ? ENDPOINTS : [...ENDPOINTS, ...checks.OTHERS];
/** The journey as a function of n (journey.js). */
export const createJourney = subject.createJourney;
/** The name of the first check that a response fails (checks.js). */
export const createCheck = subject.createCheck;
/** Every name of a failed check of a request. */
export const checkNames = subject.checkNames;
/** For http.expectedStatuses(). */
export const expectedStatus = subject.expectedStatus;
