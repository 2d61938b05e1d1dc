import { describe, expect, it } from '@jest/globals';
import { ReceiverAddresses, type ReceiverAddressesOptions } from './receiver-addresses.js';

/** What a name leads to, for a test. */
function find(
  url: string,
  addresses: readonly string[] = [],
  options: Partial<ReceiverAddressesOptions> = {},
) {
  const resolve = () => Promise.resolve(addresses);
  const all = { allowedNetworks: [], isLocal: false, resolve, ...options };
  return new ReceiverAddresses(all).find(url);
}

const REFUSED = [
  ...['0.0.0.0', '0.255.255.255', '10.0.0.0', '10.255.255.255', '100.64.0.0', '100.127.255.255'],
  ...['127.0.0.1', '127.255.255.255', '169.254.0.1', '169.254.169.254', '172.16.0.0'],
  ...['172.31.255.255', '192.0.0.170', '192.168.0.1', '198.18.0.1', '198.19.255.255'],
  ...['224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', '168.63.129.16'],
  ...['100.100.100.200', '192.0.2.1', '198.51.100.1', '203.0.113.1', '192.88.99.1'],
  ...['::', '::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::127.0.0.1', '64:ff9b::7f00:1'],
  ...['64:ff9b::808:808', '64:ff9b:1::1', '100::1', '2001::1', '2001:db8::1', '2002:7f00:1::'],
  ...['fc00::1', 'fd00:ec2::254', 'fe80::1', 'fec0::1', 'ff02::1', '3fff::1', '4000::1'],
];
const PUBLIC = [
  ...['1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255'],
  ...['128.0.0.0', '169.253.255.255', '172.15.255.255', '172.32.0.0', '192.167.255.255'],
  ...['198.17.255.255', '198.20.0.0', '223.255.255.255', '2606:4700::1111', '2a00:1450::1'],
];

describe('where a webhook leads', () => {
  it.each(REFUSED)('is refused where its name has the address %s', async (address) => {
    expect(await find('https://pager.example/hook', [address])).toEqual({
      ok: false,
      error: `the host pager.example (${address}) is not public; name a receiver on the internet, or have an operator allow its network (APOLLO_WEBHOOK_ALLOWED_NETWORKS)`,
    });
  });

  it.each(PUBLIC)('is an address that is public: %s', async (address) => {
    const found = await find('https://pager.example/hook', [address]);
    const family = address.includes(':') ? 6 : 4;
    expect(found).toMatchObject({ ok: true, value: { address, family } });
  });

  it.each([
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.0.0.1/',
    'https://0177.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:169.254.169.254]/',
    'https://[0:0:0:0:0:ffff:7f00:1]/',
    'https://169.254.169.254/latest/meta-data',
  ])('is refused however an address is spelled, and no name is asked for: %s', async (url) => {
    const resolve = () => Promise.reject(new Error('asked'));
    expect(await find(url, [], { resolve })).toMatchObject({
      ok: false,
      error: expect.stringMatching(/^the address .* is not public/),
    });
  });

  it('is refused where one of several addresses is', async () => {
    const found = await find('https://pager.example/', ['1.1.1.1', '10.0.0.1']);
    expect(found).toMatchObject({ ok: false, error: expect.stringContaining('(10.0.0.1)') });
  });

  it('is said where a name leads nowhere', async () => {
    const error = 'the host pager.example is not found (ENOTFOUND); see that its name is right';
    const resolve = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    expect(await find('https://pager.example/', [], { resolve })).toEqual({ ok: false, error });
    expect(await find('https://pager.example/', [])).toMatchObject({
      error: 'the host pager.example has no address; see that its name is right',
    });
  });

  it.each([
    { name: 'in a network', networks: ['10.1.0.0/16'], address: '10.1.2.3', ok: true },
    { name: 'beside a network', networks: ['10.1.0.0/16'], address: '10.2.0.1', ok: false },
    { name: 'of IPv6', networks: ['10.0.0.0/8', 'fd00::/8'], address: 'fd00::1', ok: true },
    { name: 'of IPv4, mapped', networks: ['10.0.0.0/8'], address: '::ffff:10.0.0.1', ok: false },
    { name: 'by itself', networks: ['10.1.0.7'], address: '10.1.0.7', ok: true },
  ])('may be allowed by an operator: $name', async ({ networks, address, ok }) => {
    const found = await find('https://pager.example/', [address], { allowedNetworks: networks });
    expect(found.ok).toBe(ok);
  });

  it.each([
    { name: 'on this machine', address: '127.0.0.1', isLocal: true, ok: true },
    { name: 'on this machine, by IPv6', address: '::1', isLocal: true, ok: true },
    { name: 'elsewhere', address: '1.1.1.1', isLocal: true, ok: false },
    { name: 'on this machine, of a hub for all', address: '127.0.0.1', isLocal: false, ok: false },
  ])('is reached by plain HTTP only where both are local: $name', async (row) => {
    const { address, isLocal, ok } = row;
    const allowedNetworks = ['127.0.0.0/8'];
    const found = await find('http://pager.example/', [address], { isLocal, allowedNetworks });
    expect(found.ok).toBe(ok);
  });
});
