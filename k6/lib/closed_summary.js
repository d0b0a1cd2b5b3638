// Summary of a closed load: all endpoints in one window, or each in its own.

import { ENDPOINTS } from './journey.js';
import { PAUSE_S, length_s } from './slots.js';
import {
  HALVES, PHASES, asThresholds, commonNames, head, ofAll, ofEndpoint, ofHalf, ofPhase, reader,
  whole, windowOf,
} from './summary.js';

// Metrics that are cut by phase, and by endpoint within the window.
const CUT = ['requests', 'errors', 'latency', 'busy_ms', 'vu_ms'];

const ofEndpointHalf = (metric, endpoint, half) => `${metric}{half:${half},endpoint:${endpoint}}`;
const ofSecond = (second) => `timeline{second:${second}}`;

const areAlone = (slots) => slots[0].endpoint !== null;
const upTo = (count) => Array.from({ length: count }, (_, i) => i);

/** Thresholds that make k6 keep the sub-metrics that the summary reads. */
export function subMetrics(slots) {
  const names = commonNames();
  for (const metric of CUT) {
    names.push(...PHASES.map((phase) => ofPhase(metric, phase)));
    names.push(...ENDPOINTS.map((endpoint) => ofEndpoint(metric, endpoint)));
    if (!areAlone(slots)) names.push(...HALVES.map((half) => ofHalf(metric, half)));
  }
  if (areAlone(slots)) {
    for (const endpoint of ENDPOINTS) {
      names.push(...HALVES.map((half) => ofEndpointHalf('requests', endpoint, half)));
      names.push(ofAll('disturbances', endpoint));
    }
  }
  names.push(...upTo(length_s(slots)).map(ofSecond));
  return asThresholds(names);
}

/** The summary document: k6's `values` objects unchanged, by phase, half and endpoint. */
export function summarise(data, workload, settings, slots) {
  const read = reader(data, CUT);
  const alone = areAlone(slots);
  return {
    ...head(workload, settingsShown(settings, alone), read),
    phases: read.by(PHASES, ofPhase),
    ...(alone
      ? { endpoints: endpointsAlone(read, slots) }
      : {
        window: wholeWindow(slots, read),
        ...(settings.taken ? { turns: turnsTaken(slots, read) } : {}),
        halves: read.by(HALVES, ofHalf),
        endpoints: read.by(ENDPOINTS, ofEndpoint),
      }),
    ...whole(read),
    timeline: upTo(length_s(slots)).map((second) => read.count(ofSecond(second))),
  };
}

function settingsShown({ seed, vus, warmup_s, measure_s, weights, pages, orders }, alone) {
  const own = alone ? { pause_s: PAUSE_S } : { weights };
  return { seed, vus, warmup_s, measure_s, ...own, pages, orders };
}

const windows = (slots) => slots.filter(({ measure_ms, end_ms }) => end_ms > measure_ms);

// From the first window's start to the last one's end.
function wholeWindow(slots, read) {
  const found = windows(slots);
  const { end_ms } = found[found.length - 1];
  return windowOf({ measure_ms: found[0].measure_ms, end_ms }, read);
}

// The slices of the window, when the load generator started, and the responses that overlapped
// another contestant's window.
function turnsTaken(slots, read) {
  return {
    generator_start_epoch_ms: read.values('generator_start').value,
    slices: windows(slots).map((slot) => windowOf(slot, read)),
    disturbances: read.count('disturbances'),
  };
}

// Each endpoint with its own window.
function endpointsAlone(read, slots) {
  const cuts = read.by(ENDPOINTS, ofEndpoint);
  const halves = (endpoint) =>
    HALVES.map((half) => [half, read.count(ofEndpointHalf('requests', endpoint, half))]);
  return Object.fromEntries(
    slots.map((slot) => [
      slot.endpoint,
      {
        window: windowOf(slot, read),
        ...cuts[slot.endpoint],
        halves: Object.fromEntries(halves(slot.endpoint)),
        disturbances: read.count(ofAll('disturbances', slot.endpoint)),
      },
    ]),
  );
}
