// When each request of an open load is due, and which figures it belongs to. Pure functions;
// nothing of k6 is imported here: the tests run them under Node.
//
// A request belongs to the phase in which it is DUE, and its latency runs from then. In a closed
// load it is the completion: there the window is cut out of a stream of answers, whose number is
// the result. In an open load the number is given, and the result is how long each request of a
// given population took. Were that population chosen by completion, or by the actual start, a
// server (or a generator) that stalls would move its slowest requests out of the window, and the
// worse it is, the more of them: coordinated omission by another door. Due in the window are
// exactly rate x seconds requests, the same ones for every contestant, whatever becomes of them.
//
// Which one an iteration is, is told by its number (iterationInTest) alone, and a dropped iteration
// takes no number (k6 gives it to a VU as it begins): from the first one on, numbers are behind the
// arrivals, and what is due when is no longer known. Such figures are not used.

/** Arrivals go on for so long after the window: the last requests due within it meet the same load
 *  as the others, and one that the generator begins late is still begun. Seconds. */
export const TAIL_S = 1;

/** Between two steps of a ladder nothing is sent for so long: what is in flight is let finish, so
 *  that no step inherits a queue, and the step is judged (lib/judge.js). Seconds. */
export const PAUSE_S = 1;

// A request that begins so much after it was due is of the time when it began: its number must be
// behind (dropped iterations), and would place it ever further in the past.
const LATE_MAX_MS = 1000;

// Arrival j of a step is due at start_ms + (j + lead) x period_ms.
function step(rate_rps, { warmup_s, measure_s }, { first, count, start_ms, lead, period_ms }) {
  const measure_ms = start_ms + warmup_s * 1000;
  return {
    rate_rps,
    first, // number of its first arrival
    count,
    start_ms, // since the load's start, as all that follows
    measure_ms,
    half_ms: measure_ms + measure_s * 500,
    end_ms: measure_ms + measure_s * 1000,
    period_ms,
    due_ms: start_ms + lead * period_ms, // of its first arrival
    middle_ms: (0.5 - lead) * period_ms, // from when one is due to the middle of its own interval
  };
}

/**
 * One rate, for k6's constant-arrival-rate executor: its first iteration is due as the scenario
 * starts, and each other one a period later, which is cut to whole nanoseconds (getTickerPeriod in
 * lib/executor/helpers.go, Run in constant_arrival_rate.go).
 */
export function steady({ rate_rps, warmup_s, measure_s }) {
  return [
    step(rate_rps, { warmup_s, measure_s }, {
      first: 0,
      count: rate_rps * (warmup_s + measure_s + TAIL_S),
      start_ms: 0,
      lead: 0,
      period_ms: Math.floor(1e9 / rate_rps) / 1e6,
    }),
  ];
}

/**
 * Rates one after the other, for k6's ramping-arrival-rate executor: the areas under its rate,
 * stage by stage, are added up, and an iteration is due whenever the sum is a whole number (cal in
 * ramping_arrival_rate.go). `lead_ms`, half a period before the first step, puts every arrival of
 * every step into the middle of its interval, so that no rounding moves one over a step's edge.
 */
export function ladder({ steps_rps, warmup_s, measure_s }) {
  let start_ms = lead_ms(steps_rps);
  let first = 0;
  return steps_rps.map((rate_rps) => {
    const count = rate_rps * (warmup_s + measure_s);
    const own = step(rate_rps, { warmup_s, measure_s }, {
      first, count, start_ms, lead: 0.5, period_ms: 1000 / rate_rps,
    });
    start_ms = own.end_ms + PAUSE_S * 1000;
    first += count;
    return own;
  });
}

/** Half a period of a ladder's first rate, cut to whole nanoseconds. */
export function lead_ms(steps_rps) {
  return Math.floor(0.5e9 / steps_rps[0]) / 1e6;
}

// The last step that something has reached, the first if none. It is looked up for every request,
// and k6's interpreter takes three times as long for a callback or an iterator.
function lastReached(steps, name, value) {
  let i = steps.length - 1;
  while (i > 0 && value < steps[i][name]) i -= 1;
  return steps[i];
}

/** When the arrival of a number is due, since the load's start, and the middle of its interval. */
export function arrival(steps, n) {
  const own = lastReached(steps, 'first', n);
  const due_ms = own.due_ms + (n - own.first) * own.period_ms;
  return { due_ms, middle_ms: due_ms + own.middle_ms };
}

/** The moment that decides which step and phase a request belongs to. By the middle of its
 *  interval, since its beginning may lie on an edge. */
export function decisive_ms({ middle_ms }, began_ms) {
  return Math.max(middle_ms, began_ms - LATE_MAX_MS);
}

/** The step that a moment belongs to, the pause after it included. */
export function stepAt(steps, ms) {
  return lastReached(steps, 'start_ms', ms);
}
