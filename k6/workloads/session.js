// session: users with think time, who sign up or log in, browse, ask for an invoice, poll its task
// and leave. Their number rises step by step until a step exceeds a limit: too many errors, or p95
// above the objective.
//
// Settings: lib/options.js. Standard output is only the summary, a JSON document
// (lib/session_summary.js).

import { PAUSE_S } from '../lib/arrivals.js';
import { createJudge, judges } from '../lib/judge.js';
import { GRACEFUL_STOP, loadOptions } from '../lib/load.js';
import { readSessionSettings } from '../lib/options.js';
import { createSessions } from '../lib/session.js';
import { userSteps } from '../lib/session_journey.js';
import { subMetrics, summarise } from '../lib/session_summary.js';

const settings = readSessionSettings();
const steps = userSteps(settings, PAUSE_S);
const last = steps[steps.length - 1];

// One iteration per user, all of them from the start: those of later steps wait for theirs.
const users = {
  executor: 'per-vu-iterations',
  vus: last.users,
  iterations: 1,
  maxDuration: `${last.end_ms / 1000 + PAUSE_S}s`,
  gracefulStop: GRACEFUL_STOP,
};

export const options = loadOptions({ users, ...judges(steps, 'judge') }, subMetrics(steps));

export default createSessions(settings, steps);

export const judge = createJudge(settings, steps);

export function handleSummary(data) {
  return { stdout: `${JSON.stringify(summarise(data, settings, steps))}\n` };
}
