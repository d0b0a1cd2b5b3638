// Checks of a response: its status, then its body. Plain functions and not k6's check(), which emits
// a sample for every check of every response: here only failures cost.

const PAGE_SIZE = 20;
const TOKEN_LIFETIME_S = 3600;

const MONEY = /^\d+\.\d\d$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

// By endpoint: the status; the fields to read from the body, as a GJSON path; and the checks,
// name -> holds(fields, request, response, orders). The first check that fails names the error.
//
// GJSON paths, because k6's interpreter takes 320 us to parse a page of orders, and k6's built-in
// GJSON 50 us to validate it and read the fields. The result has no key for a missing field; a field
// that is missing in some orders has a shorter list.
const EXPECTED = {
  register: {
    status: 201,
    fields: '{id,username}',
    checks: {
      id: ({ id }) => Number.isInteger(id) && id > 0,
      username: ({ username }, request) => username === request.username,
    },
  },
  login: {
    status: 200,
    fields: '{access_token,token_type,expires_in}',
    checks: {
      access_token: ({ access_token: token }) => TOKEN.test(token),
      token_type: ({ token_type: type }) => type === 'bearer',
      expires_in: ({ expires_in: lifetime_s }) => lifetime_s === TOKEN_LIFETIME_S,
    },
  },
  list: {
    status: 200,
    fields: '{page,page_size,total,pages,"ids":results.#.id,"times":results.#.created_at,'
      + '"users":results.#.user.id,"items":results.#.items.#}',
    checks: {
      page: ({ page, page_size: size }, request) => page === request.page && size === PAGE_SIZE,
      total: ({ total, pages }, request, response, orders) =>
        total === orders && pages === Math.ceil(orders / PAGE_SIZE),
      results: ({ ids }, request, response, orders) =>
        ids.length === Math.min(PAGE_SIZE, orders - (request.page - 1) * PAGE_SIZE),
      user: ({ users, ids }) => users.length === ids.length,
      items: ({ items, ids }) => items.length === ids.length && !items.includes(0),
      newest_first: ({ times, ids }) => times.length === ids.length && areNewestFirst(times, ids),
    },
  },
  detail: {
    status: 200,
    fields: '{id,total,created_at,"user":user.id,"username":user.username,'
      + '"quantities":items.#.quantity,"prices":items.#.unit_price}',
    checks: {
      id: ({ id }, request) => id === request.order,
      user: ({ user, username }) => Number.isInteger(user) && username.length > 0,
      items: ({ quantities, prices }) => prices.length > 0 && prices.length === quantities.length,
      created_at: ({ created_at: time }) => TIME.test(time),
      total: ({ total, quantities, prices }) =>
        MONEY.test(total) && cents(total) === sumCents(quantities, prices),
    },
  },
  task: {
    status: 202,
    fields: '{task_id,status}',
    checks: {
      task_id: ({ task_id: id }) => UUID.test(id),
      status: ({ status }) => status === 'pending',
      location: ({ task_id: id }, request, response) =>
        (response.headers.Location || '').endsWith(`/api/v1/tasks/${id}`),
    },
  },
  poll: {
    status: 200,
    fields: '{task_id,status}',
    checks: {
      task_id: ({ task_id: id }, request) => id === request.task,
      status: ({ status }) => ['pending', 'running', 'succeeded'].includes(status),
    },
  },
  health: { status: 200, fields: '{status}', checks: { status: ({ status }) => status === 'ok' } },
};

/** Requests that are not of the mix: the polls of a session, and an orchestrator's. */
export const OTHERS = ['poll', 'health'];

// Equal times are ordered by id, descending. Times of one format compare as text.
function areNewestFirst(times, ids) {
  let time = times[0];
  let id = ids[0];
  for (let i = 1; i < ids.length; i += 1) {
    const nextTime = times[i];
    const nextId = ids[i];
    if (nextTime > time || (nextTime === time && nextId >= id)) return false;
    time = nextTime;
    id = nextId;
  }
  return true;
}

// Whole cents, since sums of binary fractions are not exact.
function cents(money) {
  return Number(money.slice(0, -3)) * 100 + Number(money.slice(-2));
}

function sumCents(quantities, prices) {
  let sum = 0;
  for (let i = 0; i < prices.length; i += 1) {
    if (!MONEY.test(prices[i])) return NaN;
    sum += quantities[i] * cents(prices[i]);
  }
  return sum;
}

// Statuses with a name of their own; any other is `status_other`.
const STATUSES = [200, 201, 400, 401, 404, 405, 409, 413, 422, 500, 502, 503, 504];

/** Every name of a failed check of an endpoint: a short list, since each is a tag's value. */
export function checkNames(endpoint) {
  const { status: expected, checks } = EXPECTED[endpoint];
  const statuses = STATUSES.filter((status) => status !== expected);
  return [
    'no_answer',
    ...statuses.map((status) => `status_${status}`),
    'status_other',
    'json',
    'shape',
    ...Object.keys(checks),
  ];
}

export function expectedStatus(endpoint) {
  return EXPECTED[endpoint].status;
}

/**
 * A function of request and response: the name of the first check that a response fails, or null
 * for an expected response.
 *
 * @param orders    in the dataset
 * @param unchecked endpoint -> names of checks to skip
 */
export function createCheck(orders, unchecked = {}) {
  // endpoint -> [[name, holds]]: walking a list costs less than walking an object's keys.
  const held = Object.fromEntries(
    Object.entries(EXPECTED).map(([endpoint, { checks }]) => [
      endpoint,
      Object.entries(checks).filter(([name]) => !(unchecked[endpoint] || []).includes(name)),
    ]),
  );

  return function failedCheck(request, response) {
    const { status, fields } = EXPECTED[request.endpoint];
    if (response.status !== status) {
      if (response.status === 0) return 'no_answer';
      return STATUSES.includes(response.status) ? `status_${response.status}` : 'status_other';
    }
    const found = response.json(fields);
    if (found === undefined) return 'json';
    try {
      for (const [name, holds] of held[request.endpoint]) {
        if (!holds(found, request, response, orders)) return name;
      }
    } catch (error) {
      return 'shape'; // a field is missing or of another type
    }
    return null;
  };
}

/** Excerpt of a response for the log, which may be published: without tokens. */
export function excerpt(response) {
  const said = `${response.body || response.error}`
    .slice(0, 300)
    .replace(/[\w-]{8,}\.[\w-]{8,}(\.[\w-]*)?/g, '<token>')
    .replace(/\s+/g, ' ');
  return `status ${response.status}: ${said}`;
}
