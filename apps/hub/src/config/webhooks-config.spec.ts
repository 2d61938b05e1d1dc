import { describe, expect, it } from '@jest/globals';
import { readHubConfig } from './hub-config.js';

const read = (text: string) => readHubConfig({ APOLLO_WEBHOOK_ALLOWED_NETWORKS: text }, '/srv');

describe('the networks that webhooks may lead into', () => {
  it.each([
    { name: 'nothing', text: '', allowedNetworks: [] },
    { name: 'an address', text: '10.1.0.7', allowedNetworks: ['10.1.0.7'] },
    {
      name: 'networks of both families',
      text: '10.1.0.0/16, fd00:1::/32',
      allowedNetworks: ['10.1.0.0/16', 'fd00:1::/32'],
    },
  ])('are read: $name', ({ text, allowedNetworks }) => {
    expect(read(text)).toMatchObject({ ok: true, value: { webhooks: { allowedNetworks } } });
  });

  it.each(['0.0.0.0/0', '::/0', '10.0.0.0/33', 'pager.example', '10.0.0.0/8;1.1.1.1'])(
    'are not %s',
    (text) => {
      expect(read(text)).toEqual({
        ok: false,
        error: [
          {
            variable: 'APOLLO_WEBHOOK_ALLOWED_NETWORKS',
            message: `APOLLO_WEBHOOK_ALLOWED_NETWORKS is ${JSON.stringify(text)}; accepted is networks and addresses, separated by commas, such as 10.1.0.0/16,2001:db8::/32`,
          },
        ],
      });
    },
  );
});
