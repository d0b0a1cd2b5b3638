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
 * The slots of a contestant that takes turns with others: a warm-up, then its slices of one window.
 *
 * @param turns [{start_ms, measure_ms, end_ms, until_ms}], ms since the origin of all contestants
 */
export function inTurns(turns) {
  const slices = turns.filter(({ measure_ms, end_ms }) => end_ms > measure_ms);
  const half_ms = (turn) => {
    const place = slices.indexOf(turn) / slices.length;
    if (place + 1 / slices.length <= 0.5) return turn.end_ms;
    return place >= 0.5 ? turn.measure_ms : (turn.measure_ms + turn.end_ms) / 2;
  };
  return turns.map((turn) => ({ endpoint: null, ...turn, half_ms: half_ms(turn) }));
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

/**
 * Whether a response was so late that it overlapped the next contestant's window: later after the end
 * of its turn than a turn's time before its window.
 */
export function isBelated({ start_ms, measure_ms, until_ms }, elapsed_ms) {
  return elapsed_ms >= until_ms + (measure_ms - start_ms);
}

/** Another slot in the window of which a response completes, or null. */
export function disturbedBy(own, slots, elapsed_ms) {
  if (elapsed_ms < own.end_ms) return null;
  const within = ({ measure_ms, end_ms }) => elapsed_ms >= measure_ms && elapsed_ms < end_ms;
  return slots.find((slot) => slot !== own && within(slot)) || null;
}
