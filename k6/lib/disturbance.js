// Parts of a disturbed load. Pure functions, without imports from k6: the tests run them under Node.

/** Parts of a load that is measured, in the order of the summary. */
export const NAMES = ['before', 'during', 'after'];

/**
 * The warm-up, then before, during and after each disturbance; ms since the load's start.
 *
 * @param rates_rps of before, during and after
 */
export function partsOf({ warmup_s, before_s, during_s, after_s, cycles, rates_rps }) {
  const cycle = [before_s, during_s, after_s].map((seconds, i) => [NAMES[i], seconds, rates_rps[i]]);
  const all = [['warmup', warmup_s, rates_rps[0]], ...Array(cycles).fill(cycle).flat()];
  let start_ms = 0;
  return all.map(([name, seconds, rate_rps]) => {
    const own = { name, rate_rps, start_ms, end_ms: start_ms + seconds * 1000 };
    start_ms = own.end_ms;
    return own;
  });
}

/** The part in which a request begins; the last one after its end too. */
export function partAt(parts, ms) {
  let i = parts.length - 1;
  while (i > 0 && ms < parts[i].start_ms) i -= 1;
  return parts[i];
}

/** Whole seconds of a load. */
export function secondsOf(parts) {
  return Math.floor(parts[parts.length - 1].end_ms / 1000);
}
