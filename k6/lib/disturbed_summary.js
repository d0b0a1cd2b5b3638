// Summary of a disturbed load: by who sends and by part, and latency by second.

import { NAMES, secondsOf } from './disturbance.js';
import {
  asThresholds, commonNames, head, ofAll, reader, whole, windowOf,
} from './summary.js';

const CUT = ['requests', 'errors', 'timeouts', 'latency'];
const PARTS = ['warmup', ...NAMES];

const ofPart = (metric, who, part) => `${metric}{who:${who},part:${part}}`;
const ofSecond = (second) => `by_second{second:${second}}`;
const upTo = (count) => Array.from({ length: count }, (_, i) => i);

/** Thresholds that make k6 keep the sub-metrics that the summary reads. `senders`: who sends. */
export function subMetrics(parts, senders) {
  const names = [...commonNames(), ...['requests', 'errors'].map((name) => ofAll(name, 'health'))];
  for (const who of senders) {
    for (const part of PARTS) names.push(...CUT.map((metric) => ofPart(metric, who, part)));
  }
  return asThresholds([...names, ...upTo(secondsOf(parts)).map(ofSecond)]);
}

/** The summary document: k6's `values` objects unchanged. */
export function summarise(data, workload, settings, parts, senders) {
  const read = reader(data, CUT);
  const { seed, vus, warmup_s, measure_s, weights, pages, orders, disturbance } = settings;
  const shown = { seed, vus, warmup_s, measure_s, weights, pages, orders, disturbance };
  const [, first] = parts;
  const measured = { measure_ms: first.start_ms, end_ms: parts[parts.length - 1].end_ms };
  return {
    ...head(workload, shown, read),
    window: windowOf(measured, read),
    senders: Object.fromEntries(senders.map((who) => [
      who, read.by(PARTS, (metric, part) => ofPart(metric, who, part)),
    ])),
    seconds: upTo(secondsOf(parts)).map((second) => {
      const { count, 'p(95)': p95 } = read.values(ofSecond(second));
      return { count, p95_ms: count > 0 ? p95 : null };
    }),
    ...whole(read),
  };
}
