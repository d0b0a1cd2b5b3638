// Sessions: a number of users with think time, which rises step by step, one iteration per user.
//
// A request belongs to the step and phase in which it completes, as in a closed load. Little's law
// is kept by the millisecond: what a user thinks, as drawn, and waits within a window is counted at
// the window's edges, so that both together are users x window unless k6 wakes users late.

import exec from 'k6/execution';
import { sleep } from 'k6';

import { stepAt } from './arrivals.js';
import { createGate } from './judge.js';
import { begin, createAccount, send, tagsOf } from './load.js';
import { metrics } from './metrics.js';
import { createVisitor, within } from './session_journey.js';
import { PARTS, partAt } from './slots.js';

// A user that thinks looks this often whether a step has exceeded a limit. Seconds.
const LOOK_S = 2;

/** The one iteration of each user. */
export function createSessions(settings, steps) {
  const isRight = createAccount(settings);
  const isOpen = createGate();
  const end_ms = steps[steps.length - 1].end_ms;
  let start_ms = null;
  let tagged = null; // {step, parts}: of the last step reached

  const elapsed_ms = () => Date.now() - start_ms;

  function count(metric, from_ms, until_ms) {
    for (let i = 0; i < steps.length && steps[i].measure_ms < until_ms; i += 1) {
      const ms = within(steps[i], from_ms, until_ms);
      if (ms > 0) metric.add(ms, { step: `${i}` });
    }
  }

  // Whether the load goes on at that time.
  function wait(until_ms) {
    for (;;) {
      if (!isOpen()) return false;
      const left_ms = until_ms - elapsed_ms();
      if (left_ms <= 0) return true;
      sleep(Math.min(left_ms / 1000, LOOK_S));
    }
  }

  function tagsAt(now_ms) {
    const step = stepAt(steps, now_ms);
    if (tagged === null || tagged.step !== step) {
      tagged = { step, parts: tagsOf(PARTS, { step: `${steps.indexOf(step)}` }) };
    }
    return tagged.parts.get(partAt(step, now_ms));
  }

  return function live() {
    start_ms = exec.scenario.startTime;
    const number = exec.scenario.iterationInTest;
    if (number === 0) begin(start_ms);
    const visitor = createVisitor(settings, number);
    let free_ms = steps.find(({ users }) => number < users).start_ms;
    for (;;) {
      const until_ms = free_ms + visitor.think_ms();
      count(metrics.think_ms, free_ms, until_ms);
      if (until_ms >= end_ms || !wait(until_ms)) {
        // To the end of the last step: k6 reports how many users are there.
        wait(end_ms);
        return;
      }
      const request = visitor.next();
      const sent_ms = elapsed_ms();
      const response = send(settings.base_url, request);
      free_ms = elapsed_ms();
      count(metrics.busy_ms, sent_ms, free_ms);
      const tags = tagsAt(free_ms)[request.endpoint];
      const right = isRight(request, response, tags);
      if (right) metrics.latency.add(response.timings.duration, tags);
      visitor.answered(request, right, response);
    }
  };
}
