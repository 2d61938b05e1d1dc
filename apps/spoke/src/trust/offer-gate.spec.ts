import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Json } from '@apollo-deploy/kernel';
import {
  keySetOf,
  type PlanKey,
  privateKeyFrom,
  type SignedOffer,
  signKeySet,
  signPlan,
} from '@apollo-deploy/protocol';
import { pino } from 'pino';
import { KeptKeySetsInMemory } from '../testing/kept-key-sets.js';
import { anOffer } from '../testing/plan-offers.js';
import { KeySetIntake } from './key-set-intake.js';
import { OfferGate } from './offer-gate.js';
import type { TrustedKeys } from './trusted-keys.js';

function aKey(): PlanKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const read = privateKeyFrom(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

const [OLD, NEW] = [aKey(), aKey()];
const NOW = new Date('2026-03-02T12:00:00.000Z');
const clock = { now: () => NOW };
const log = pino({ level: 'silent' });
const nothing = (): void => undefined;

function signed(planId: string, ...keys: readonly PlanKey[]): SignedOffer {
  const offer = anOffer({ planId }) as unknown as Record<string, Json>;
  const audience = { spoke: 'dev', clusterUid: 'cluster-1' };
  const rest = { notBefore: NOW.toISOString(), chartBytes: null, approvals: [] };
  const expiresAt = '2026-03-02T12:02:00.000Z';
  return {
    planId,
    attempt: 1,
    envelope: signPlan({ ...offer, audience, ...rest, expiresAt }, keys),
  };
}

/** What becomes of offers while the keys are changed; nothing that is taken ever ends by itself. */
class Scene {
  readonly done: string[] = [];
  readonly running: string[] = [];
  readonly gate: OfferGate;
  readonly intake: KeySetIntake;

  constructor(keys: TrustedKeys) {
    const alarm = ({ planId, reason }: { planId: string; reason: string }): void => {
      this.done.push(`alarm ${reason} ${planId}`);
    };
    this.gate = new OfferGate({
      ...{ keys, clusterUid: 'cluster-1', clock, log, alarm },
      executor: {
        running: this.running,
        offer: ({ planId }) => {
          this.done.push(`offer ${planId}`);
          if (!this.running.includes(planId)) this.running.push(planId);
        },
        lapse: (planId) => this.done.push(`lapse ${planId}`),
      },
      result: ({ planId }) => {
        this.done.push(`refuse ${planId}`);
        return Promise.resolve('acknowledged');
      },
    });
    this.gate.enter({ spoke: 'dev', aheadMs: 0 });
    this.intake = new KeySetIntake({
      ...{ keys, clock, log, alarm },
      onAdopted: ({ version }) => {
        this.done.push(`goes by ${String(version)}`);
        this.gate.recheck();
      },
    });
  }

  offers(offer: SignedOffer): void {
    this.intake.inOrder(() => this.gate.take(offer, nothing));
  }

  /** Everything that came is settled. */
  settled(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
}

describe('offers while the keys that sign them are changed', () => {
  let disk: KeptKeySetsInMemory;
  let scene: Scene;
  beforeEach(async () => {
    disk = new KeptKeySetsInMemory();
    scene = new Scene(await disk.start(keySetOf({ version: 1, threshold: 1, keys: [OLD] })));
  });

  const changed = (version: number, ...keys: readonly PlanKey[]) =>
    signKeySet(keySetOf({ version, threshold: 1, keys }), [OLD, NEW]);

  it('go on where the key that signed them counts still', async () => {
    scene.offers(signed('plan-1', OLD));
    scene.intake.take({ keySet: changed(2, OLD, NEW) });
    scene.offers(signed('plan-2', OLD));
    scene.offers(signed('plan-3', NEW));
    await scene.settled();
    expect(scene.done).toEqual(['offer plan-1', 'goes by 2', 'offer plan-2', 'offer plan-3']);
  });

  it('lapse where it does not, those that were let through as well, and are not refused', async () => {
    scene.offers(signed('plan-1', OLD));
    scene.offers(signed('plan-2', OLD, NEW));
    scene.intake.take({ keySet: changed(2, NEW) });
    await scene.settled();
    expect(scene.done.slice(2)).toEqual(['goes by 2', 'lapse plan-1']);
    scene.done.length = 0;
    scene.offers(signed('plan-1', OLD));
    scene.offers(signed('plan-3', OLD));
    expect(scene.done).toEqual([
      'offer plan-1',
      ...['offer plan-3', 'lapse plan-3', 'alarm KeyRetired plan-3'],
    ]);
  });

  it('that come after a key set are judged by it, whatever it takes to keep it', async () => {
    scene.intake.take({ keySet: changed(2, OLD, NEW) });
    scene.intake.take({ keySet: changed(3, NEW) });
    scene.offers(signed('plan-1', NEW));
    expect(scene.done).toEqual([]);
    await scene.settled();
    expect(scene.done).toEqual(['goes by 2', 'goes by 3', 'offer plan-1']);
  });

  it('are judged as before where a key set cannot be kept, or does not follow', async () => {
    disk.isFull = true;
    scene.intake.take({ keySet: changed(2, NEW) });
    scene.offers(signed('plan-1', NEW));
    await scene.settled();
    expect(scene.done).toEqual(['alarm SignatureInvalid plan-1', 'refuse plan-1']);
    disk.isFull = false;
    scene.done.length = 0;
    const stranger = aKey();
    const set = keySetOf({ version: 2, threshold: 1, keys: [stranger] });
    scene.intake.take({ keySet: signKeySet(set, [stranger]) });
    scene.offers(signed('plan-2', OLD));
    await scene.settled();
    expect(scene.done).toEqual(['alarm KeySetNotTrusted key-set-1', 'offer plan-2']);
  });
});
