import { aWebhook } from '@apollo-deploy/domain/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { LONG_OVER, type ServerCertificate, TestAuthority } from '../testing/certificates.js';
import { VirtualTime } from '../testing/spokes/virtual-time.js';
import { StandIn } from '../testing/stand-in.js';
import { ReceiverAddresses } from './receiver-addresses.js';
import { WebhookSender } from './webhook-sender.js';

const HOST = 'pager.example';
const believed = new TestAuthority('believed');
/** Calls itself the same, and has another key. */
const other = new TestAuthority('believed');

let receiver: StandIn;
afterEach(() => receiver.stop());

/** Sends a message by https to a receiver with this certificate; nobody but `believed` is believed. */
async function send(certificate: ServerCertificate | undefined, authorities = [believed.pem]) {
  receiver = await StandIn.start(0, certificate);
  const time = new VirtualTime();
  const resolve = (): Promise<readonly string[]> => Promise.resolve(['127.0.0.1']);
  const addresses = new ReceiverAddresses({
    ...{ allowedNetworks: ['127.0.0.1'], isLocal: false, resolve },
  });
  const sender = new WebhookSender({ addresses, clock: time, timer: time, authorities });
  const url = `https://${HOST}:${String(receiver.port)}/hook`;
  return sender.send(aWebhook({ url }), { id: 'msg-1', body: { a: 1 } });
}

describe('a message by https', () => {
  it('is delivered to who has a certificate for its name of an issuer that is believed', async () => {
    expect(await send(believed.certificateFor(HOST))).toEqual({ ok: true, value: 200 });
    expect(receiver.heard).toMatchObject([{ method: 'POST', path: '/hook', text: '{"a":1}' }]);
  });

  it.each([
    {
      name: 'a certificate for another host',
      certificate: believed.certificateFor('other.example'),
      detail: `the certificate of the receiver is not for ${HOST}, nothing was sent: name it as its certificate does, or have it get one for ${HOST}`,
    },
    {
      name: 'a certificate of somebody who calls himself the issuer',
      certificate: other.certificateFor(HOST),
      detail: expect.stringMatching(
        /^the certificate of pager\.example is of an issuer that this hub does not know \(\w+\), nothing was sent: .*NODE_EXTRA_CA_CERTS/,
      ),
    },
    {
      name: 'a certificate that is over',
      certificate: believed.certificateFor(HOST, LONG_OVER),
      detail: `the certificate of ${HOST} is not valid now (CERT_HAS_EXPIRED), nothing was sent: have it renewed, and see that the clock of the hub is right`,
    },
    {
      name: 'no TLS',
      certificate: undefined,
      detail: expect.stringMatching(/^pager\.example does not speak TLS as this hub does \(\w+\)/),
    },
  ])('is never sent to who has $name', async ({ certificate, detail }) => {
    expect(await send(certificate)).toEqual({ ok: false, error: { kind: 'unavailable', detail } });
    expect(receiver.heard).toEqual([]);
  });

  it('is never sent to who has a certificate of an issuer that nobody has named', async () => {
    const sent = await send(believed.certificateFor(HOST), []);
    expect(sent).toMatchObject({
      error: { detail: expect.stringContaining('an issuer that this hub does not know') },
    });
    expect(receiver.heard).toEqual([]);
  });
});
