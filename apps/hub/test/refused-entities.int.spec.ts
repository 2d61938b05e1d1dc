import { describe, expect, it } from '@jest/globals';
import { expectRefused, unharmedHub } from '../src/testing/unharmed-hub.js';

const ENTITY = { spoke: 'dev-1', product: 'shop', desired: { channel: 'dev' } };

describe('an entity', () => {
  const hub = unharmedHub();

  it.each<{ name: string; path?: string; body: object; status?: number; expected: object }>([
    {
      name: 'namespace ..',
      body: { ...ENTITY, namespace: '..' },
      expected: {
        code: 'catalog/invalid_field',
        field: 'namespace',
        detail: expect.stringContaining('1 to 63 characters'),
      },
    },
    {
      name: 'a release name of 54 characters',
      body: { ...ENTITY, releaseName: 'a'.repeat(54) },
      expected: {
        code: 'catalog/invalid_field',
        field: 'releaseName',
        detail: expect.stringContaining('1 to 53 characters'),
      },
    },
    {
      name: 'a release name that is an option',
      body: { ...ENTITY, releaseName: '--post-renderer=x' },
      expected: { code: 'catalog/invalid_field', field: 'releaseName' },
    },
    {
      name: 'version latest',
      body: { ...ENTITY, desired: { version: 'latest' } },
      expected: { code: 'catalog/invalid_field', field: 'desired.version' },
    },
    {
      name: 'an unknown product',
      body: { ...ENTITY, product: 'unknown' },
      status: 404,
      expected: { code: 'catalog/product_not_found', field: 'product' },
    },
    {
      name: 'an unknown spoke',
      body: { ...ENTITY, spoke: 'unknown' },
      status: 404,
      expected: { code: 'catalog/spoke_not_found', field: 'spoke' },
    },
    {
      name: 'two things desired',
      body: { ...ENTITY, desired: { channel: 'dev', version: '1.0.0' } },
      expected: { code: 'http/invalid_request', field: 'desired' },
    },
    {
      name: 'absence that is not sure',
      body: { ...ENTITY, desired: { absent: false } },
      expected: { code: 'http/invalid_request', field: 'desired' },
    },
    {
      name: 'values that are a list',
      body: { ...ENTITY, values: [1] },
      expected: { code: 'http/invalid_request', field: 'values' },
    },
    {
      name: 'a password in its values',
      body: { ...ENTITY, values: { env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] } },
      expected: {
        code: 'catalog/inline_secret',
        field: 'values.env.0.value',
        detail: expect.stringContaining('secretKeyRef'),
      },
    },
    {
      name: 'places without secrets that are no places',
      body: { ...ENTITY, notSecret: 'values.env.0.value' },
      expected: { code: 'http/invalid_request', field: 'notSecret' },
    },
    {
      name: 'fields that only the hub may set',
      body: { ...ENTITY, status: 'up_to_date', version: 7 },
      expected: {
        code: 'http/invalid_request',
        field: 'status',
        errors: [{ field: 'status' }, { field: 'version' }],
      },
    },
    {
      name: 'a capital letter in its name',
      path: '/api/v1/entities/Shop',
      body: ENTITY,
      expected: { code: 'catalog/invalid_field', field: 'name' },
    },
    {
      name: 'a way up in its name',
      path: '/api/v1/entities/..%2F..%2Fetc',
      body: ENTITY,
      expected: { code: 'catalog/invalid_field', field: 'name' },
    },
  ])(
    'with $name is refused',
    async ({ path = '/api/v1/entities/shop', body, status = 400, expected }) => {
      expectRefused(await hub().put(path, body), status, { ...expected });
    },
  );
});
