// Requests of the load: mostly links that are followed, a few that are created or looked at.

const LINKS = 10000; // rows of seed.sql

const code = (number) => number.toString(16).padStart(8, '0');

export const requests = {
  follow: {
    weight: 85,
    request: (pick) => ({ path: `/${code(1 + pick(LINKS))}` }),
    checks: {
      redirects: (response) => response.status === 307,
      location: (response) => response.headers.Location.startsWith('https://example.com/'),
    },
  },
  create: {
    weight: 10,
    request: (pick, n) => ({
      method: 'POST',
      path: '/links',
      body: { url: `https://example.com/new/${n}` },
    }),
    checks: {
      created: (response) => response.status === 201,
      code: (response) => response.json('code').length === 8,
    },
  },
  stats: {
    weight: 5,
    request: (pick) => ({ path: `/links/${code(1 + pick(LINKS))}` }),
    checks: {
      ok: (response) => response.status === 200,
      visits: (response) => Number.isInteger(response.json('visits')),
    },
  },
};
