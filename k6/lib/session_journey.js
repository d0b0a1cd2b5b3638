// What a user does in a session, and for how long it thinks: pure functions of the seed and the
// user's number, apart from what the contestant answers. Without imports from k6: the tests run it
// under Node.

import { pagePicker, requests, uniform } from './journey.js';

// Of the draws; others of the same seed are the journey's and the arrivals'.
const STREAM = 0x73657373;

/** Milliseconds of [from_ms, until_ms] that lie within a step's window. */
export function within({ measure_ms, end_ms }, from_ms, until_ms) {
  return Math.max(0, Math.min(until_ms, end_ms) - Math.max(from_ms, measure_ms));
}

/** Steps of a ladder of users: a warm-up and a window each, then a pause in which users go on. */
export function userSteps({ steps_users, warmup_s, measure_s }, pause_s) {
  return steps_users.map((users, i) => {
    const start_ms = i * (warmup_s + measure_s + pause_s) * 1000;
    const measure_ms = start_ms + warmup_s * 1000;
    return {
      users,
      rate_rps: 0, // none is given: lib/judge.js expects no number of responses
      start_ms, // since the load's start, like all times below
      measure_ms,
      half_ms: measure_ms + measure_s * 500,
      end_ms: measure_ms + measure_s * 1000,
    };
  });
}

/**
 * A user: `next()` is its next request, `answered(request, response)` moves it on, and `think_ms()`
 * is how long it thinks before that. When it leaves, a new user takes its place.
 *
 * Users are spread over their sessions from the start, so that they do not all log in at once: each
 * begins at a random place, and with the rest of a think time. That rest is a uniform part of a
 * think time that is drawn in proportion to its length (the stationary residual life: Cox, "Renewal
 * Theory", 1962, 5.4), which for a log-normal is another with its logarithm's mean sigma^2 higher.
 */
export function createVisitor(settings, number) {
  const { seed, pages, orders, users, trial } = settings;
  const { median_s, sigma, rounds, signup_share, poll_s, polls_max } = settings.visit;
  const stream = uniform(seed + STREAM + number);
  const pickPage = pagePicker(pages);
  let drawn = 0;
  const draw = () => {
    drawn += 1;
    return stream(drawn);
  };
  const below = (count) => Math.floor(draw() * count);

  // Box and Muller, "A Note on the Generation of Random Normal Deviates" (1958).
  const normal = () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
  const thought_ms = (shift = 0) => 1000 * median_s * Math.exp(shift + sigma * normal());

  const browse = Array.from({ length: rounds }, () => ['list', 'detail']).flat();
  const wholeSession = () => [...(draw() < signup_share ? ['register'] : []), 'login', ...browse, 'task'];

  let left = wholeSession();
  let visits = 0;
  let user = users[below(users.length)];
  let { token } = user;
  let task = null;
  let polls = 0;
  const skipped = below(left.length);
  // A sign-up is followed by its own login: nobody begins between the two.
  left = left[skipped] === 'login' && skipped > 0 ? left.slice(skipped - 1) : left.slice(skipped);
  let isFirst = true;

  function make(endpoint) {
    if (endpoint === 'register') {
      user = { username: `${trial}_${number}_${visits}`, password: requests.PASSWORD };
      return requests.register(user.username);
    }
    if (endpoint === 'login') return requests.login(user);
    if (endpoint === 'list') return requests.list(token, pickPage(draw(), draw()));
    if (endpoint === 'poll') return requests.poll(token, task);
    return requests[endpoint](token, 1 + below(orders));
  }

  return {
    think_ms() {
      if (isFirst) {
        isFirst = false;
        return draw() * thought_ms(sigma * sigma);
      }
      return left[0] === 'poll' ? 1000 * poll_s : thought_ms();
    },
    next: () => make(left[0]),
    answered({ endpoint }, isRight, response) {
      left.shift();
      if (isRight && endpoint === 'login') token = response.json('access_token');
      if (isRight && endpoint === 'task') {
        task = response.json('task_id');
        polls = 0;
        left.push('poll');
      }
      if (isRight && endpoint === 'poll') {
        polls += 1;
        const isOpen = ['pending', 'running'].includes(response.json('status'));
        if (isOpen && polls < polls_max) left.push('poll');
      }
      // Whoever cannot sign in leaves too.
      if (left.length > 0 && (isRight || !['register', 'login'].includes(endpoint))) return;
      left = wholeSession();
      visits += 1;
      user = users[below(users.length)];
      token = null;
    },
  };
}
