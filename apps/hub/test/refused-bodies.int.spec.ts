import { describe, expect, it } from '@jest/globals';
import { expectRefused, unharmedHub } from '../src/testing/unharmed-hub.js';

describe('a product made', () => {
  const hub = unharmedHub();

  it.each<{
    name: string;
    body: string;
    headers?: Record<string, string>;
    status: number;
    expected: object;
  }>([
    {
      name: 'torn JSON',
      body: '{"name": ',
      status: 400,
      expected: { code: 'http/malformed_json' },
    },
    { name: 'a text', body: '"shop"', status: 400, expected: { code: 'http/malformed_json' } },
    { name: 'a list', body: '[]', status: 400, expected: { code: 'http/invalid_request' } },
    {
      name: 'nothing',
      body: '',
      status: 400,
      expected: { code: 'http/invalid_request', field: 'name' },
    },
    {
      name: 'no JSON by its type',
      body: '{"name":"x","criticality":"low"}',
      headers: { 'content-type': 'text/plain' },
      status: 415,
      expected: { code: 'http/unsupported_media_type', field: 'Content-Type' },
    },
    {
      name: 'a form',
      body: '--b--',
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      status: 415,
      expected: { code: 'http/unsupported_media_type' },
    },
    {
      name: 'a compressed body',
      body: 'x',
      headers: { 'content-encoding': 'gzip' },
      status: 415,
      expected: { code: 'http/unsupported_media_type' },
    },
    {
      name: 'more than 1 MiB',
      body: JSON.stringify({ name: 'x'.repeat(1024 * 1024) }),
      status: 413,
      expected: { code: 'http/body_too_large' },
    },
    {
      name: 'JSON ten thousand levels deep',
      body: `{"labels":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
      status: 400,
      expected: { code: 'http/invalid_request', detail: expect.stringContaining('100 levels') },
    },
    {
      name: 'a prototype',
      body: '{"__proto__":{"name":"x"},"criticality":"low"}',
      status: 400,
      expected: { code: 'http/invalid_request' },
    },
    {
      name: 'U+0000',
      body: '{"name":"a\\u0000b","criticality":"low"}',
      status: 400,
      expected: { code: 'http/invalid_request' },
    },
    {
      name: 'half a surrogate pair',
      body: '{"name":"a\\ud800b","criticality":"low"}',
      status: 400,
      expected: { code: 'http/invalid_request' },
    },
    {
      name: 'null for what may be left out',
      body: '{"name":"x","criticality":"low","owner":null}',
      status: 400,
      expected: { field: 'owner' },
    },
    {
      name: 'an owner of spaces',
      body: '{"name":"x","criticality":"low","owner":"  "}',
      status: 400,
      expected: { field: 'owner' },
    },
    {
      name: 'a number too large',
      body: '{"name":"x","criticality":"low","rolloutTimeoutSeconds":1e999}',
      status: 400,
      expected: { field: 'rolloutTimeoutSeconds' },
    },
    {
      name: 'a criticality of its own',
      body: '{"name":"x","criticality":"huge"}',
      status: 400,
      expected: {
        field: 'criticality',
        detail: 'criticality is "huge"; accepted is one of low, medium, high, critical',
      },
    },
    {
      name: 'labels that are no texts',
      body: '{"name":"x","criticality":"low","labels":{"constructor":1}}',
      status: 400,
      expected: { field: 'labels' },
    },
    {
      name: 'a name that is taken',
      body: '{"name":"shop","criticality":"low"}',
      status: 409,
      expected: { code: 'catalog/already_exists', field: 'name' },
    },
  ])('of $name is refused', async ({ body, headers, status, expected }) => {
    const answer = await hub().send('POST', '/api/v1/products', {
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
    expectRefused(answer, status, { ...expected });
  });
});
