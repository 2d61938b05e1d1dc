import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { expectRefused, unharmedHub } from '../src/testing/unharmed-hub.js';

describe('a hub that was asked for what it does not do', () => {
  const hub = unharmedHub();

  it.each([
    {
      name: 'a route that is not there',
      method: 'GET',
      path: '/api/v2/plans',
      status: 404,
      code: 'http/route_not_found',
    },
    {
      name: 'a stretch of time that ends before it begins',
      method: 'GET',
      path: '/api/v1/plans?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z',
      status: 400,
      code: 'http/invalid_request',
    },
    {
      name: 'half an escape',
      method: 'GET',
      path: '/api/v1/plans/%zz',
      status: 400,
      code: 'http/invalid_request',
    },
    {
      name: 'U+0000 in an address',
      method: 'GET',
      path: '/api/v1/plans/%00',
      status: 400,
      code: 'http/invalid_request',
    },
    {
      name: 'a plan that is not there',
      method: 'GET',
      path: '/api/v1/plans/none',
      status: 404,
      code: 'plan/not_found',
    },
    {
      name: 'an explanation of no plan',
      method: 'GET',
      path: '/api/v1/plans/none/explain',
      status: 404,
      code: 'plan/not_found',
    },
    {
      name: 'a comparison with no plan',
      method: 'GET',
      path: '/api/v1/plans/none/diff',
      status: 404,
      code: 'plan/not_found',
    },
    {
      name: 'a start of no plan',
      method: 'POST',
      path: '/api/v1/plans/none/execute',
      status: 404,
      code: 'plan/not_found',
    },
    {
      name: 'a release that is not there',
      method: 'GET',
      path: '/api/v1/releases/none',
      status: 404,
      code: 'catalog/release_not_found',
    },
    {
      name: 'a spoke that is not there',
      method: 'GET',
      path: '/api/v1/spokes/none',
      status: 404,
      code: 'catalog/spoke_not_found',
    },
    {
      name: 'an environment that is not there',
      method: 'GET',
      path: '/api/v1/environments/none',
      status: 404,
      code: 'catalog/environment_not_found',
    },
    {
      name: 'a product that is not there',
      method: 'GET',
      path: '/api/v1/products/none',
      status: 404,
      code: 'catalog/product_not_found',
    },
  ])('$name is refused', async ({ method, path, status, code }) => {
    expectRefused(await hub().send(method, path), status, { code });
  });

  it.each([
    { name: 'a list', method: 'DELETE', path: '/api/v1/plans', allow: 'GET, HEAD' },
    {
      name: 'a list that things are put into',
      method: 'PATCH',
      path: '/api/v1/holds',
      allow: 'GET, HEAD, POST',
    },
    { name: 'one of them', method: 'POST', path: '/api/v1/entities/shop', allow: 'GET, HEAD, PUT' },
    {
      name: 'one of them, with a name that has to be escaped',
      method: 'DELETE',
      path: '/api/v1/people/a%2Fb',
      allow: 'GET, HEAD',
    },
    { name: 'an act', method: 'GET', path: '/api/v1/plans/none/approve', allow: 'POST' },
    { name: 'what is no resource', method: 'OPTIONS', path: '/healthz', allow: 'GET, HEAD' },
  ])('a method that $name does not have is answered with those it has', async (row) => {
    const { method, path, allow } = row;
    const answer = await hub().send(method, path);
    expectRefused(answer, 405, {
      code: 'http/method_not_allowed',
      detail: `${path} has no ${method}; accepted are ${allow}`,
    });
    expect(answer.headers.get('allow')).toBe(allow);
  });

  it.each<{ name: string; path: string; body: object; field: string }>([
    { name: 'a cancellation without a reason', path: 'cancel', body: {}, field: 'reason' },
    {
      name: 'a cancellation for a reason of spaces',
      path: 'cancel',
      body: { reason: ' ' },
      field: 'reason',
    },
    {
      name: 'an outcome of its own',
      path: 'resolve',
      body: { outcome: 'GREAT', reason: 'x' },
      field: 'outcome',
    },
    { name: 'an execution with terms', path: 'execute', body: { force: true }, field: 'force' },
  ])('of a plan: $name is refused', async ({ path, body, field }) => {
    expectRefused(await hub().post(`/api/v1/plans/none/${path}`, body), 400, { field });
  });

  it.each<{
    name: string;
    method?: string;
    headers: Record<string, string>;
    status: number;
    expected: object;
  }>([
    {
      name: 'from another site by its origin',
      headers: { origin: 'https://evil.test' },
      status: 403,
      expected: { code: 'http/foreign_origin', field: 'Origin' },
    },
    {
      name: 'from nowhere',
      headers: { origin: 'null' },
      status: 403,
      expected: { code: 'http/foreign_origin', field: 'Origin' },
    },
    {
      name: 'from another site by the word of the browser',
      headers: { 'sec-fetch-site': 'cross-site' },
      status: 403,
      expected: { code: 'http/foreign_origin', field: 'Sec-Fetch-Site' },
    },
    {
      name: 'with a token that is not known',
      headers: { authorization: 'Bearer abc' },
      status: 401,
      expected: { code: 'http/unauthenticated', field: 'Authorization' },
    },
    {
      name: 'with a password',
      headers: { authorization: 'Basic YTpi' },
      status: 401,
      expected: { code: 'http/unauthenticated' },
    },
  ])('a request $name is refused', async ({ headers, status, expected }) => {
    const answer = await hub().post('/api/v1/products', { name: 'x', criticality: 'low' }, headers);
    expectRefused(answer, status, { ...expected });
  });

  it('a request for another host is refused, also to read', async () => {
    const socket = connect(Number(new URL(hub().url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /api/v1/spokes HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 403 [^]*http\/foreign_host/);
  });

  it('keeps a usable request id and replaces another', async () => {
    const kept = await hub().get('/api/v1/plans/none', { 'x-request-id': 'ci-42' });
    expect(kept.body['requestId']).toBe('ci-42');
    const replaced = await hub().get('/api/v1/plans/none', { 'x-request-id': '<b>' });
    expect(replaced.body['requestId']).toMatch(/^[0-9A-Z]{26}$/);
  });
});
