import { jsonDigest } from '@apollo-deploy/kernel';
import {
  decodeHubFrame,
  encodeHubFrame,
  type OfferedContent,
  type PlanOffer,
} from '@apollo-deploy/protocol';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ExecutionBench } from '../testing/execution-bench.js';
import { anOffer, asCover } from '../testing/plan-offers.js';

const GOOD = anOffer({ planId: 'plan-0', values: { text: 'old' } });
const V2 = { name: 'web', version: '2.0.0' };

let bench: ExecutionBench;
/** The upgrade that took the place of `GOOD`. */
let upgrade: PlanOffer;
let base: NonNullable<OfferedContent['base']>;
beforeEach(async () => {
  bench = new ExecutionBench();
  const first = await bench.installed(GOOD);
  const sketch = { type: 'upgrade', chart: V2, values: { text: 'new' } } as const;
  upgrade = anOffer({ ...sketch, base: first, takenBackTo: GOOD });
  base = await bench.installed(upgrade);
});

/** Back from the upgrade to what ran before it. */
function rollback(sketch: Parameters<typeof anOffer>[0] = {}): PlanOffer {
  return anOffer({ planId: 'plan-2', type: 'rollback', base, values: { text: 'old' }, ...sketch });
}

/** The same offer, with its content changed and the digest worked out anew. */
function changed(offer: PlanOffer, change: Partial<OfferedContent>): PlanOffer {
  const content = { ...offer.content, ...change };
  return { ...offer, content, digest: jsonDigest(content) };
}

/** As the spoke reads it from the wire. */
function received(offer: PlanOffer): PlanOffer {
  const text = encodeHubFrame('plan.offer', offer, { id: 'm-1', epoch: 7, ts: offer.expiresAt });
  const frame = decodeHubFrame(text);
  if (!frame.ok || frame.value.t !== 'plan.offer' || !('content' in frame.value.p)) {
    throw new Error('the frame cannot be read');
  }
  return frame.value.p;
}

async function expectRefusal(offer: PlanOffer, reason: string): Promise<void> {
  const [history, entry] = [await bench.history(offer), await bench.ledger.read(offer.content)];
  const verdict = await bench.spoke().carryOut(received(offer));
  expect(verdict).toMatchObject({ verdict: 'failed', outcome: 'refused', reason });
  expect(bench.helm.commands).toEqual([]);
  expect(await bench.history(offer)).toEqual(history);
  expect((await bench.ledger.read(offer.content)).claim).toEqual(entry.claim);
}

describe('a rollback that the approval of another plan covers', () => {
  it('is carried out where that plan’s content names what it brings', async () => {
    const offer = { ...rollback(), rollbackOf: asCover(upgrade) };
    expect(await bench.spoke().carryOut(received(offer))).toMatchObject({ verdict: 'succeeded' });
    expect(await bench.history(offer)).toHaveLength(3);
  });

  it('is refused where the content of that plan was changed after its approval', async () => {
    const { rollbackTarget } = upgrade.content;
    if (rollbackTarget === undefined) throw new Error('no target');
    const [elsewhere, bytes] = [rollback({ chart: V2 }), 'e'.repeat(64)];
    const content = {
      ...upgrade.content,
      rollbackTarget: { ...rollbackTarget, chartSha256: bytes },
    };
    const cover = { ...asCover(upgrade), content };
    await expectRefusal({ ...elsewhere, rollbackOf: cover }, 'CoverDigestDiffers');
  });

  it('is refused where nothing says what was approved', async () => {
    const { digest: _, ...unsaid } = asCover(upgrade);
    await expectRefusal({ ...rollback(), rollbackOf: unsaid }, 'CoverDigestMissing');
  });

  it.each<{ name: string; sketch: Parameters<typeof anOffer>[0] }>([
    { name: 'another chart', sketch: { chart: V2 } },
    {
      name: 'other bytes of that version',
      sketch: { chart: { name: 'web', version: '1.0.0', sha256: 'e'.repeat(64) } },
    },
    { name: 'other values', sketch: { values: { text: 'smuggled' } } },
    { name: 'the same as an upgrade', sketch: { type: 'upgrade' } },
    { name: 'nothing at all', sketch: { type: 'uninstall' } },
  ])('is refused where it brings $name', async ({ sketch }) => {
    await expectRefusal(
      { ...rollback(sketch), rollbackOf: asCover(upgrade) },
      'NotItsRollbackTarget',
    );
  });

  it('is refused where that plan names no rollback target', async () => {
    const { rollbackTarget: _, ...content } = upgrade.content;
    const silent = { ...upgrade, content, digest: jsonDigest(content) };
    await expectRefusal({ ...rollback(), rollbackOf: asCover(silent) }, 'NotItsRollbackTarget');
  });

  it.each<{ name: string; change: Partial<OfferedContent> }>([
    { name: 'another entity', change: { entity: 'db' } },
    { name: 'another spoke', change: { spoke: 'prod' } },
    { name: 'another namespace', change: { namespace: 'other' } },
    { name: 'another release', change: { releaseName: 'db' } },
  ])('is refused where that plan was for $name', async ({ change }) => {
    const other = asCover(changed(upgrade, change));
    await expectRefusal({ ...rollback(), rollbackOf: other }, 'CoverIsForAnother');
  });
});

describe('a repair that the approval of another plan covers', () => {
  const repair = (sketch: Parameters<typeof anOffer>[0] = {}): PlanOffer =>
    anOffer({
      ...{ planId: 'plan-2', type: 'config_update', base, chart: V2, values: { text: 'new' } },
      ...sketch,
    });

  it('is carried out where it brings exactly that plan’s content', async () => {
    const offer = { ...repair(), repairOf: asCover(upgrade) };
    expect(await bench.spoke().carryOut(received(offer))).toMatchObject({ verdict: 'succeeded' });
  });

  it.each<{ name: string; sketch: Parameters<typeof anOffer>[0] }>([
    { name: 'another chart', sketch: { chart: { name: 'web', version: '1.0.0' } } },
    { name: 'other values', sketch: { values: { text: 'smuggled' } } },
  ])('is refused where it brings $name', async ({ sketch }) => {
    await expectRefusal({ ...repair(sketch), repairOf: asCover(upgrade) }, 'NotItsContent');
  });

  it('is refused where the content of that plan was changed after its approval', async () => {
    const offer = repair({ values: { text: 'smuggled' } });
    const { valuesDigest } = offer.content;
    const cover = { ...asCover(upgrade), content: { ...upgrade.content, valuesDigest } };
    await expectRefusal({ ...offer, repairOf: cover }, 'CoverDigestDiffers');
  });
});

describe('an offer that names no other plan', () => {
  it('is carried out: what it brings was approved for itself', async () => {
    expect(await bench.spoke().carryOut(received(rollback()))).toMatchObject({
      verdict: 'succeeded',
    });
  });
});
