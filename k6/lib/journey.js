// The journey: the request of iteration n is a pure function of the seed and n, so that every
// contestant gets the same requests. Without imports from k6: the tests run it under Node.

export const ENDPOINTS = ['register', 'login', 'list', 'detail', 'task'];

// Front-weighted, as people read (docs/method.md); uniform within a range.
export const PAGES = [
  { first: 1, last: 1, weight: 50 },
  { first: 2, last: 5, weight: 40 },
  { first: 6, last: 20, weight: 10 },
];

/** The requests of the contract, as lib/load.js sends them. */
export const requests = {
  PASSWORD: 'correct horse battery', // of users that a load registers
  register: (username) => ({ endpoint: 'register', method: 'POST', path: '/api/v1/auth/register',
    token: null, username, body: JSON.stringify({ username, password: requests.PASSWORD }) }),
  login: ({ username, password }) => ({ endpoint: 'login', method: 'POST', path: '/api/v1/auth/login',
    token: null, username, body: JSON.stringify({ username, password }) }),
  list: (token, page) => ({ endpoint: 'list', method: 'GET', path: `/api/v1/orders?page=${page}`,
    token, page, body: null }),
  detail: (token, order) => ({ endpoint: 'detail', method: 'GET', path: `/api/v1/orders/${order}`,
    token, order, body: null }),
  task: (token, order) => ({ endpoint: 'task', method: 'POST', path: `/api/v1/orders/${order}/invoice`,
    token, order, body: null }),
  // Not of a mix: of sessions.
  poll: (token, task) => ({ endpoint: 'poll', method: 'GET', path: `/api/v1/tasks/${task}`,
    token, task, body: null }),
  // Of an orchestrator.
  health: () => ({ endpoint: 'health', method: 'GET', path: '/healthz', token: null, body: null }),
};

// 32-bit finaliser with the least bias found by search: github.com/skeeto/hash-prospector.
function mix(value) {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0xd35a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

// Draw i of the stream that `seed` starts, uniform in [0, 1): SplitMix's construction (Steele,
// Lea, Flood 2014), a counter times the golden ratio through a finaliser. Any draw can be computed
// without those before it, as a pure function of n requires.
export function uniform(seed) {
  const start = mix(seed ^ mix(Math.floor(seed / 2 ** 32)));
  return (i) => mix(start + Math.imul(i, 0x9e3779b9)) / 2 ** 32;
}

// A permutation of 0 to size - 1, selected by `key`. Each line is a bijection on as many bits as
// `size` needs; a result out of range is permuted again (cycle walking: Black and Rogaway, "Ciphers
// with Arbitrary Finite Domains", 2002).
function permuted(i, size, key) {
  const bits = 32 - Math.clz32(size - 1);
  const mask = 2 ** bits - 1;
  const half = Math.ceil(bits / 2);
  let x = i;
  do {
    x = (Math.imul(x, key | 1) + (key >>> 24)) & mask;
    x ^= x >>> half;
    x = (Math.imul(x, (key >>> 8) | 1) + (key >>> 16)) & mask;
    x ^= x >>> half;
  } while (x >= size);
  return x;
}

const divisor = (a, b) => (b ? divisor(b, a % b) : a);

// Each name as often as its weight, in the smallest whole numbers.
function deckOf(names, weights) {
  const common = names.map((name) => weights[name]).reduce(divisor);
  return names.flatMap((name) => Array(weights[name] / common).fill(name));
}

// A function from a number in [0, 1) to the index of a weight.
function weighted(weights) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  const bounds = weights.map((weight) => (sum += weight) / total);
  return (u) => bounds.findIndex((bound) => u < bound);
}

/** A function from two numbers in [0, 1) to a page. */
export function pagePicker(pages) {
  const pick = weighted(pages.map((range) => range.weight));
  return (u, v) => {
    const range = pages[pick(u)];
    return range.first + Math.floor(v * (range.last - range.first + 1));
  };
}

// Draws per iteration; each has its own place in the stream.
const DRAWS = 4;

/**
 * A function from n to one of `names`, dealt from shuffled decks that hold each as often as its
 * weight.
 */
export function dealer(names, weights, draw) {
  const deck = deckOf(names, weights);
  return (n) => {
    const key = draw(Math.floor(n / deck.length) * deck.length * DRAWS) * 2 ** 32;
    return deck[permuted(n % deck.length, deck.length, key)];
  };
}

/**
 * The journey as a function of n.
 *
 * Endpoints are dealt from shuffled decks that hold each as often as its weight. With independent
 * draws, a window of 10 s would hold 120 +- 11 hashes of 20 ms, 2% of its time.
 *
 * @param seed    whole number from 0 to 2^53 - 1
 * @param weights endpoint -> weight
 * @param pages   [{first, last, weight}]
 * @param orders  orders in the dataset, their ids are 1 to `orders`
 * @param users   [{username, password, token}], registered before the load
 * @param trial   prefix of the usernames that this trial registers
 */
export function createJourney({ seed, weights, pages, orders, users, trial }) {
  const draw = uniform(seed);
  const deal = dealer(ENDPOINTS, weights, draw);
  const pickPage = pagePicker(pages);

  return function step(n) {
    const first = n * DRAWS;
    const endpoint = deal(n);
    if (endpoint === 'register') return requests.register(`${trial}_${n}`);
    const user = users[Math.floor(draw(first + 1) * users.length)];
    if (endpoint === 'login') return requests.login(user);
    const { token } = user;
    if (endpoint === 'list') {
      return requests.list(token, pickPage(draw(first + 2), draw(first + 3)));
    }
    return requests[endpoint](token, 1 + Math.floor(draw(first + 2) * orders));
  };
}
