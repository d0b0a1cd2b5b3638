// Summary of a closed load: all endpoints in one window, or each in its own.

import { PAUSE_S, length_s, sliceSeconds } from './slots.js';
import { ENDPOINTS } from './subject.js';
import {
  HALVES, PHASES, asThresholds, byEndpoint, commonNames, head, ofAll, ofEndpoint, ofHalf, ofPhase,
  reader, whole, windowOf,
} from './summary.js';

// Metrics that are cut by phase, and by endpoint within the window.
const CUT = ['requests', 'errors', 'latency', 'busy_ms', 'vu_ms'];

const ofEndpointHalf = (metric, endpoint, half) => `${metric}{half:${half},endpoint:${endpoint}}`;
const ofSecond = (second) => `timeline{second:${second}}`;
const ofSlice = (metric, slice) => `${metric}{slice:${slice}}`;

const areAlone = (slots) => slots[0].endpoint !== null;
const upTo = (count) => Array.from({ length: count }, (_, i) => i);

function cutNames() {
  const names = commonNames();
  for (const metric of CUT) {
    names.push(...PHASES.map((phase) => ofPhase(metric, phase)));
    names.push(...ENDPOINTS.map((endpoint) => ofEndpoint(metric, endpoint)));
  }
  return names;
}

const halfNames = () => CUT.flatMap((metric) => HALVES.map((half) => ofHalf(metric, half)));

/** The same as `subMetrics`, of a contestant that takes turns. */
export function turnMetrics(settings) {
  return asThresholds([
    ...cutNames(),
    ...halfNames(),
    ...upTo(settings.slices).flatMap((slice) =>
      [ofSlice('slice_start', slice), ofSlice('slice_end', slice)]),
    ...upTo(turnSeconds(settings)).map(ofSecond),
  ]);
}

const turnSeconds = (settings) => settings.warmup_s + settings.slices * sliceSeconds(settings);

/** Thresholds that make k6 keep the sub-metrics that the summary reads. */
export function subMetrics(slots) {
  const names = cutNames();
  if (areAlone(slots)) {
    for (const endpoint of ENDPOINTS) {
      names.push(...HALVES.map((half) => ofEndpointHalf('requests', endpoint, half)));
      names.push(ofAll('disturbances', endpoint));
    }
  } else {
    names.push(...halfNames());
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
        window: windowOf(slots[0], read),
        halves: read.by(HALVES, ofHalf),
        ...byEndpoint(read),
      }),
    ...whole(read),
    timeline: upTo(length_s(slots)).map((second) => read.count(ofSecond(second))),
  };
}

function settingsShown({ seed, vus, warmup_s, measure_s, weights, pages, orders }, alone) {
  const own = alone ? { pause_s: PAUSE_S } : { weights };
  return { seed, vus, warmup_s, measure_s, ...own, pages, orders };
}

/** The same of a contestant that takes turns: its window is cut into slices. */
export function summariseTurns(data, workload, settings) {
  const read = reader(data, CUT);
  // As every VU has them from the gate: earliest start, latest end.
  const value = (metric, slice, key) => (read.values(ofSlice(metric, slice)) || {})[key] || null;
  const slices = upTo(settings.slices).map((slice) => ({
    start_epoch_ms: value('slice_start', slice, 'min'),
    end_epoch_ms: value('slice_end', slice, 'max'),
  }));
  return {
    ...head(workload, settingsShown(settings, false), read),
    phases: read.by(PHASES, ofPhase),
    window: {
      start_epoch_ms: slices[0].start_epoch_ms,
      end_epoch_ms: slices[slices.length - 1].end_epoch_ms,
    },
    turns: { slices },
    halves: read.by(HALVES, ofHalf),
    ...byEndpoint(read),
    ...whole(read),
    timeline: upTo(turnSeconds(settings)).map((second) => read.count(ofSecond(second))),
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
