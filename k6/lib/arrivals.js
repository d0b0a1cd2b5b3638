// When each request of an open load is due, and which phase it belongs to. Pure functions without
// imports from k6: the tests run them under Node.
//
// A request belongs to the phase in which it is DUE, and its latency runs from then. In a closed
// load the completion decides: the window is cut out of a stream of responses, and their number is
// the result. In an open load the number is given, and the result is how long each request of a
// given population took. If the completion or the actual start selected that population, a server
// (or a generator) that stalls would move its slowest requests out of the window: coordinated
// omission. Exactly rate x seconds requests are due in the window, the same ones for every
// contestant.
//
// Arrivals are evenly spaced, or drawn: a Poisson process that has exactly rate x seconds arrivals in
// the warm-up, in the window and in the tail. Its gaps are exponential; given their number, arrivals
// are the order statistics of a uniform distribution (Ross, "Stochastic Processes", 2.3).
//
// Only its number (iterationInTest) identifies an iteration, and a dropped iteration has none (k6
// assigns the number when a VU begins). After the first dropped iteration the numbers lag behind the
// arrivals, and it is unknown when an iteration was due. Such metrics are not used.

import { uniform } from './journey.js';

/** Arrivals continue for this long after the window, so that the last requests due within it meet
 *  the same load as the others, and one that the generator begins late is still begun. Seconds. */
export const TAIL_S = 1;

/** Pause between two steps of a ladder: requests in flight finish, so that no step inherits a
 *  queue, and the step is judged (lib/judge.js). Seconds. */
export const PAUSE_S = 1;

// A request that begins later than this after it was due counts where it began: its number lags
// behind (dropped iterations) and would place it ever further in the past.
const LATE_MAX_MS = 1000;

// Arrival j of a step is due at start_ms + (j + lead) x period_ms.
function step(rate_rps, { warmup_s, measure_s }, { first, count, start_ms, lead, period_ms }) {
  const measure_ms = start_ms + warmup_s * 1000;
  return {
    rate_rps,
    first, // number of the first arrival
    count,
    start_ms, // since the load's start, like all times below
    measure_ms,
    half_ms: measure_ms + measure_s * 500,
    end_ms: measure_ms + measure_s * 1000,
    period_ms,
    due_ms: start_ms + lead * period_ms, // of the first arrival
    middle_ms: (0.5 - lead) * period_ms, // from an arrival to the middle of its interval
  };
}

/**
 * One rate, for k6's constant-arrival-rate executor: the first iteration is due when the scenario
 * starts, and each other one a period later, truncated to whole nanoseconds (getTickerPeriod in
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
 * Rates one after the other, for k6's ramping-arrival-rate executor: k6 integrates the rate over the
 * stages, and an iteration is due whenever the integral is a whole number (cal in
 * ramping_arrival_rate.go). `lead_ms`, half a period before the first step, puts every arrival into
 * the middle of its interval, so that no rounding moves one over a step's edge.
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

// Of the draws; others of the same seed are the journey's (lib/journey.js).
const STREAM = 0x61727276;

/** When each arrival of a Poisson process is due, ms since the load's start, whole nanoseconds. */
export function drawn({ seed, rate_rps, warmup_s, measure_s }) {
  const draw = uniform(seed + STREAM);
  const due_ms = [];
  let drawn_before = 0;
  let start_s = 0;
  for (const seconds of [warmup_s, measure_s, TAIL_S]) {
    const count = rate_rps * seconds;
    const sums = [0];
    for (let i = 0; i <= count; i += 1) {
      sums.push(sums[i] - Math.log(1 - draw(drawn_before + i)));
    }
    drawn_before += count + 1;
    for (let i = 1; i <= count; i += 1) {
      const due_ns = Math.round(1e9 * (start_s + (seconds * sums[i]) / sums[count + 1]));
      due_ms.push(due_ns / 1e6);
    }
    start_s += seconds;
  }
  return due_ms;
}

/** One rate with drawn arrivals, for the ramping-arrival-rate executor and `gaps`. */
export function irregular(settings, due_ms) {
  const [own] = steady(settings);
  return [{ ...own, drawn_ms: due_ms, period_ms: 0, middle_ms: 0 }];
}

/** Time unit of the rates of `gaps`: a rate must be a whole number, and is precise to 1 in 10^6. */
export const GAP_UNIT_S = 1e6;

/**
 * Stages in which k6 begins one iteration at each of these times: in each gap the rate's integral
 * grows by 1 (see `ladder`). A final half makes sure that no rounding loses the last one.
 */
export function gaps(due_ms, length_ms) {
  const hold = (share, ns) => {
    const target = Math.round((share * GAP_UNIT_S * 1e9) / ns);
    return [{ target, duration: '0s' }, { target, duration: `${ns}ns` }];
  };
  const ns = (ms) => Math.round(ms * 1e6);
  const stages = [];
  let before_ns = 0;
  for (const at_ms of due_ms) {
    const gap_ns = Math.max(1, ns(at_ms) - before_ns); // k6 ignores a stage without a length
    stages.push(...hold(1, gap_ns));
    before_ns += gap_ns;
  }
  stages.push(...hold(0.5, ns(length_ms) - before_ns));
  // k6 starts to count its time a few ms after the scenario's start: the last ones are still begun.
  return [...stages, ...hold(0, PAUSE_S * 1e9)];
}

/** The most by which so many dropped iterations make those after them look late, ms. */
export function explained_ms({ drawn_ms, period_ms, count }, dropped) {
  if (!drawn_ms) return dropped * period_ms;
  const most = Math.min(dropped, count - 1);
  let longest = 0;
  for (let i = most; i < count; i += 1) longest = Math.max(longest, drawn_ms[i] - drawn_ms[i - most]);
  return longest;
}

/** Half a period of a ladder's first rate, truncated to whole nanoseconds. */
export function lead_ms(steps_rps) {
  return Math.floor(0.5e9 / steps_rps[0]) / 1e6;
}

// The last step that a value has reached, or the first step. A loop, since it runs for every request
// and k6's interpreter takes three times as long for a callback or an iterator.
function lastReached(steps, name, value) {
  let i = steps.length - 1;
  while (i > 0 && value < steps[i][name]) i -= 1;
  return steps[i];
}

/** When arrival n is due, since the load's start, and the middle of its interval. */
export function arrival(steps, n) {
  const own = lastReached(steps, 'first', n);
  const due_ms = own.drawn_ms
    ? own.drawn_ms[n - own.first]
    : own.due_ms + (n - own.first) * own.period_ms;
  return { due_ms, middle_ms: due_ms + own.middle_ms };
}

/** The time that decides which step and phase a request belongs to: the middle of its interval,
 *  since its start may lie on an edge. */
export function decisive_ms({ middle_ms }, began_ms) {
  return Math.max(middle_ms, began_ms - LATE_MAX_MS);
}

/** The step that a time belongs to, including the pause after the step. */
export function stepAt(steps, ms) {
  return lastReached(steps, 'start_ms', ms);
}
