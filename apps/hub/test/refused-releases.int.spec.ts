import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { aChart, archiveOf } from '../src/testing/chart-archive.js';
import { expectRefused, unharmedHub } from '../src/testing/unharmed-hub.js';

const LIMIT = 5 * 1024 * 1024;

describe('releases', () => {
  const hub = unharmedHub();

  it.each<{
    name: string;
    product?: string;
    version?: string;
    bytes: () => Promise<Uint8Array>;
    status?: number;
    expected: object;
  }>([
    {
      name: 'a chart that is no chart',
      bytes: async () => Buffer.from('not a chart'),
      expected: { code: 'catalog/invalid_chart', field: 'chart' },
    },
    {
      name: 'an empty chart',
      bytes: async () => new Uint8Array(),
      expected: { code: 'catalog/invalid_chart', field: 'chart' },
    },
    {
      name: 'an archive that climbs out of its folder',
      bytes: () => archiveOf([{ name: '../Chart.yaml', content: 'name: shop' }]),
      expected: { code: 'catalog/invalid_chart', field: 'chart' },
    },
    {
      name: 'a chart one byte over the limit',
      bytes: async () => new Uint8Array(LIMIT + 1),
      status: 413,
      expected: { code: 'catalog/chart_too_large', field: 'chart', data: { limitBytes: LIMIT } },
    },
    {
      name: 'a chart of 20 MB',
      bytes: async () => new Uint8Array(20_000_000),
      status: 413,
      expected: { code: 'catalog/chart_too_large', field: 'chart', data: { limitBytes: LIMIT } },
    },
    {
      name: 'an unknown product',
      product: 'unknown',
      bytes: () => aChart('shop', '1.0.0'),
      status: 404,
      expected: { code: 'catalog/product_not_found', field: 'product' },
    },
    {
      name: 'version latest',
      version: 'latest',
      bytes: () => aChart('shop', '1.0.0'),
      expected: {
        code: 'catalog/invalid_field',
        field: 'version',
        detail: expect.stringContaining('SemVer'),
      },
    },
    {
      name: 'an option for Helm in its version',
      version: '1.0.0\n--set x=y',
      bytes: () => aChart('shop', '1.0.0'),
      expected: { code: 'catalog/invalid_field', field: 'version' },
    },
    {
      name: 'another version than its chart',
      version: '1.0.1',
      bytes: () => aChart('shop', '1.0.0'),
      expected: { code: 'catalog/invalid_field', field: 'version' },
    },
  ])(
    'with $name is refused',
    async ({ product = 'shop', version = '1.0.0', bytes, status = 400, expected }) => {
      expectRefused(await hub().release({ product, version }, await bytes()), status, {
        ...expected,
      });
    },
  );

  it.each<{ name: string; fields: Record<string, string>; field: string }>([
    { name: 'no version', fields: { product: 'shop' }, field: 'version' },
    {
      name: 'an unknown field',
      fields: { product: 'shop', version: '1.0.0', status: 'x' },
      field: 'status',
    },
    {
      name: 'dependencies that are no JSON',
      fields: { product: 'shop', version: '1.0.0', dependencies: 'other' },
      field: 'dependencies',
    },
    {
      name: 'dependencies of another shape',
      fields: { product: 'shop', version: '1.0.0', dependencies: '[{"product":"other"}]' },
      field: 'dependencies',
    },
    {
      name: 'a range that is none',
      fields: {
        product: 'shop',
        version: '1.0.0',
        dependencies: '[{"product":"other","range":"?"}]',
      },
      field: 'dependencies[0].range',
    },
    {
      name: 'too long a text',
      fields: { product: 'shop', version: '1.0.0', dependencies: 'x'.repeat(64 * 1024 + 1) },
      field: 'dependencies',
    },
  ])('with $name are refused', async ({ fields, field }) => {
    expectRefused(await hub().release(fields, await aChart('shop', '1.0.0')), 400, { field });
  });

  it('without a file are refused', async () => {
    const fields = { product: 'shop', version: '1.0.0' };
    expectRefused(await hub().release(fields), 400, {
      code: 'http/invalid_request',
      field: 'chart',
    });
    expectRefused(await hub().release({ ...fields, chart: 'chart.tgz' }), 400, { field: 'chart' });
  });

  it('that name a chart in a registry are refused with what to do instead', async () => {
    const body = {
      product: 'shop',
      version: '1.0.0',
      chart: { ref: 'oci://registry.test/shop' },
    };
    expectRefused(await hub().post('/api/v1/releases', body), 400, {
      code: 'http/not_supported',
      field: 'chart.ref',
      detail: expect.stringContaining('multipart'),
    });
  });

  it('that arrive without a stated length are cut off at the limit', async () => {
    const { port } = new URL(hub().url);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      'POST /api/v1/releases HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n' +
        'Content-Type: multipart/form-data; boundary=b\r\n\r\n',
    );
    const chunk = (bytes: Buffer): Buffer =>
      Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
    socket.write(
      chunk(
        Buffer.from(
          '--b\r\nContent-Disposition: form-data; name="chart"; filename="x.tgz"\r\n\r\n',
        ),
      ),
    );
    for (let sent = 0; sent <= LIMIT; sent += 1024 * 1024)
      socket.write(chunk(Buffer.alloc(1024 * 1024)));

    // The form never ends, so the answer comes while it streams in.
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 /);
  });
});
