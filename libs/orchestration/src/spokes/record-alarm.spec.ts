import { describe, expect, it } from '@jest/globals';
import { must, HELLO, PERSON } from '../testing/engine-world.js';
import { admitted } from '../testing/joined-spoke.js';
import { TrustScene } from '../testing/trust-scene.js';
import { acceptSpoke } from '../trust/accept-spoke.js';
import { revokeSpoke } from '../trust/revoke-spoke.js';
import { recordAlarm } from './record-alarm.js';
import { openSession, type SpokeSession } from './spoke-session.js';

const TOLD = {
  planId: 'plan-1',
  reason: 'NotSigned',
  message: 'the plan is not signed; find out who writes to the hub',
};

const HEAD = {
  planId: 'audit-head-5',
  reason: 'AuditHeadContradicted',
  message: 'it reached to 7, and to 5',
};

async function connected(): Promise<{ scene: TrustScene; session: SpokeSession }> {
  const scene = await TrustScene.build();
  await scene.joined();
  const session = must(await openSession(scene.context, admitted('dev', 'key-1'), HELLO));
  return { scene, session };
}

const alarmsIn = (types: readonly string[]) => types.filter((type) => type === 'spoke.alarm');

describe('what a spoke refuses as nobody trusted has made it', () => {
  it('is shown with the spoke, told as an event and kept in the audit trail', async () => {
    const { scene, session } = await connected();
    must(await recordAlarm(scene.context, session, TOLD));
    expect(await scene.spoke()).toMatchObject({
      connected: true,
      alarm: {
        kind: 'untrusted_offer',
        at: '2026-01-05T09:00:00.000Z',
        message:
          'spoke dev was offered plan-1 and trusts it not (NotSigned): the plan is not signed; find out who writes to the hub',
      },
    });
    expect(alarmsIn(await scene.events())).toHaveLength(1);
    expect(alarmsIn(await scene.audit())).toHaveLength(1);
  });

  it('may be a key set', async () => {
    const { scene, session } = await connected();
    const keySet = {
      planId: 'key-set-3',
      reason: 'KeySetNotTrusted',
      message: 'it does not follow',
    };
    must(await recordAlarm(scene.context, session, keySet));
    expect((await scene.spoke()).alarm?.message).toBe(
      'spoke dev was offered key-set-3 and trusts it not (KeySetNotTrusted): it does not follow',
    );
  });

  it('may be a head of the audit trail that contradicts an earlier one', async () => {
    const { scene, session } = await connected();
    must(await recordAlarm(scene.context, session, HEAD));
    expect((await scene.spoke()).alarm).toMatchObject({
      kind: 'audit_contradicted',
      message:
        'the audit trail of this hub contradicts what spoke dev was told of it before: it reached to 7, and to 5',
    });
    expect(alarmsIn(await scene.audit())).toHaveLength(1);
  });

  it('is told anew each time, and over when a person accepts the spoke again', async () => {
    const { scene, session } = await connected();
    must(await recordAlarm(scene.context, session, TOLD));
    scene.clock.advance(1000);
    must(await recordAlarm(scene.context, session, TOLD));
    expect(alarmsIn(await scene.events())).toHaveLength(2);
    must(await acceptSpoke(scene.context, PERSON, { name: 'dev' }));
    const { alarm, connected: isConnected } = await scene.spoke();
    expect({ alarm, isConnected }).toEqual({ alarm: undefined, isConnected: true });
  });

  it('is one alarm, however many sessions tell of the same contradiction', async () => {
    const { scene, session } = await connected();
    must(await recordAlarm(scene.context, session, HEAD));
    const { alarm } = await scene.spoke();
    scene.clock.advance(1000);
    must(await recordAlarm(scene.context, session, HEAD));
    expect((await scene.spoke()).alarm).toEqual(alarm);
    expect(alarmsIn(await scene.events())).toHaveLength(1);
    expect(alarmsIn(await scene.audit())).toHaveLength(1);
    must(await recordAlarm(scene.context, session, { ...HEAD, message: 'it reached to 6' }));
    expect((await scene.spoke()).alarm?.message).toContain('it reached to 6');
    expect(alarmsIn(await scene.audit())).toHaveLength(2);
  });

  it('hides no other alarm with a contradiction, and shows that once the other is accepted', async () => {
    const { scene, session } = await connected();
    must(await recordAlarm(scene.context, session, TOLD));
    must(await recordAlarm(scene.context, session, HEAD));
    expect((await scene.spoke()).alarm).toMatchObject({ kind: 'untrusted_offer' });
    expect(alarmsIn(await scene.audit())).toHaveLength(2);
    must(await acceptSpoke(scene.context, PERSON, { name: 'dev' }));
    must(await recordAlarm(scene.context, session, HEAD));
    expect((await scene.spoke()).alarm).toMatchObject({ kind: 'audit_contradicted' });
    must(await recordAlarm(scene.context, session, TOLD));
    expect((await scene.spoke()).alarm).toMatchObject({ kind: 'untrusted_offer' });
  });

  it('is nothing that a revoked spoke can still say', async () => {
    const { scene, session } = await connected();
    must(await revokeSpoke(scene.context, PERSON, { name: 'dev', reason: 'it was copied' }));
    expect(await recordAlarm(scene.context, session, TOLD)).toMatchObject({ ok: false });
    expect((await scene.spoke()).alarm).toBeUndefined();
  });
});
