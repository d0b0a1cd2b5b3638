// Slots of a load: which endpoint is requested when, and which responses count. Pure functions of the
// time since the load's start, without imports from k6: the tests run them under Node.

/**
 * Pause after an endpoint's slot, seconds. 100 hashes in flight take 2 to 4 s of a core: alongside
 * other requests they would continue into the next endpoint's window.
 */
export const PAUSE_S = { register: 4, login: 4, list: 1, detail: 1, task: 1 };

// A window and the warm-up before it, on the same connections; ms since the load's start.
function slot(endpoint, start_ms, { warmup_s, measure_s }) {
  const measure_ms = start_ms + warmup_s * 1000;
  return {
    endpoint, // null: any of them, by the journey's weights
    start_ms,
    measure_ms,
    half_ms: measure_ms + measure_s * 500,
    end_ms: measure_ms + measure_s * 1000,
    until_ms: measure_ms + measure_s * 1000, // end of sending
  };
}

/** One slot for all endpoints together. */
export function mixed(settings) {
  return [slot(null, 0, settings)];
}

/** A slot per endpoint, one after the other, with pauses between. */
export function eachAlone(endpoints, settings) {
  let start_ms = 0;
  return endpoints.map((endpoint) => {
    const own = slot(endpoint, start_ms, settings);
    start_ms = own.end_ms + PAUSE_S[endpoint] * 1000;
    return own;
  });
}

/**
 * The slot of a turn: of a warm-up, which has no window, or of one of the slices of a window.
 *
 * @param turn   {start_ms, measure_ms, end_ms, until_ms}, ms since the epoch
 * @param slice  its number from 0 on; below 0 of a warm-up
 * @param slices how many the window has
 */
export function ofTurn(turn, slice, slices) {
  const half_ms = () => {
    if (2 * (slice + 1) <= slices) return turn.end_ms;
    return 2 * slice >= slices ? turn.measure_ms : (turn.measure_ms + turn.end_ms) / 2;
  };
  return { endpoint: null, ...turn, half_ms: half_ms() };
}

/** Whole seconds in each slice of a window; the rest of a slice is not in the timeline. */
export function sliceSeconds({ measure_s, slices }) {
  return Math.floor(measure_s / slices);
}

/**
 * The second of a timeline in which a response completes: those of the warm-up, then the whole ones
 * of each slice. null for one between them.
 */
export function secondOfTurn(own, slice, settings, now_ms) {
  const warmsUp = slice < 0;
  const second = Math.floor((now_ms - (warmsUp ? own.start_ms : own.measure_ms)) / 1000);
  const seconds = warmsUp ? settings.warmup_s : sliceSeconds(settings);
  if (second < 0 || second >= seconds) return null;
  return warmsUp ? second : settings.warmup_s + slice * seconds + second;
}

/** Whole seconds from the load's start to the end of its last slot. */
export function length_s(slots) {
  return Math.ceil(slots[slots.length - 1].until_ms / 1000);
}

/** The slot of a request that is sent now, or when its slot begins. */
export function slotAt(slots, elapsed_ms) {
  return slots.find(({ until_ms }) => elapsed_ms < until_ms) || slots[slots.length - 1];
}

const WARMUP = { phase: 'warmup' };
const FIRST_HALF = { phase: 'measure', half: '1' };
const SECOND_HALF = { phase: 'measure', half: '2' };
const COOLDOWN = { phase: 'cooldown' };

/** Every part of a slot, as the tags of a response's samples. */
export const PARTS = [WARMUP, FIRST_HALF, SECOND_HALF, COOLDOWN];

/** The part of its slot in which a response completes. */
export function partAt(own, elapsed_ms) {
  if (elapsed_ms < own.measure_ms) return WARMUP;
  if (elapsed_ms < own.half_ms) return FIRST_HALF;
  return elapsed_ms < own.end_ms ? SECOND_HALF : COOLDOWN;
}

/** Another slot in the window of which a response completes, or null. */
export function disturbedBy(own, slots, elapsed_ms) {
  if (elapsed_ms < own.end_ms) return null;
  const within = ({ measure_ms, end_ms }) => elapsed_ms >= measure_ms && elapsed_ms < end_ms;
  return slots.find((slot) => slot !== own && within(slot)) || null;
}
