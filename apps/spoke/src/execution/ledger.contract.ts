import { describe, expect, it } from '@jest/globals';
import { anOffer } from '../testing/plan-offers.js';
import {
  KEPT_VERDICTS,
  verdictOf,
  withVerdict,
  type LedgerClaim,
  type LedgerEntry,
  type LedgerVerdict,
} from './ledger-entry.js';
import type { Ledger } from './ledger.js';
import { recordVerdict } from './record-verdict.js';

const RELEASE = { namespace: 'shop', releaseName: 'web' };
const CLAIM: LedgerClaim = {
  ...{ planId: 'plan-1', attempt: 1, epoch: 3, claimedAt: '2026-03-02T12:00:00.000Z' },
  holder: { instance: 'spoke-1', host: 'node-a', agent: { pid: 7, startedAt: '70' } },
  content: anOffer().content,
  baseSecretUid: null,
};
const verdict = (planId: string, message = 'done'): LedgerVerdict => ({
  ...{ planId, attempt: 1, at: '2026-03-02T12:00:00.000Z' },
  verdict: { verdict: 'succeeded', message, evidence: { revision: 1 } },
});

async function written(ledger: Ledger, entry: LedgerEntry): Promise<LedgerEntry> {
  const result = await ledger.write(entry);
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

/** What every ledger promises. `open` gives an empty one, and a second view of the same. */
export function describeLedger(
  where: string,
  open: () => Promise<{ readonly ledger: Ledger; readonly other: Ledger }>,
): void {
  describe(`the ledger ${where}`, () => {
    it('knows nothing of a release that nobody has claimed', async () => {
      const { ledger } = await open();
      expect(await ledger.read(RELEASE)).toEqual({
        ...{ release: RELEASE, claim: null, verdicts: [], confirmedDead: null, version: null },
      });
    });

    it('shows everybody what was written', async () => {
      const { ledger, other } = await open();
      const claimed = await written(ledger, { ...(await ledger.read(RELEASE)), claim: CLAIM });
      expect(await other.read(RELEASE)).toEqual(claimed);
      expect(claimed.claim).toEqual(CLAIM);
    });

    it('keeps releases apart that look alike', async () => {
      const { ledger } = await open();
      await written(ledger, { ...(await ledger.read(RELEASE)), claim: CLAIM });
      const alike = { namespace: 'web', releaseName: 'shop' };
      expect((await ledger.read(alike)).claim).toBeNull();
    });

    it('shows all releases that it knows of', async () => {
      const { ledger, other } = await open();
      expect(await ledger.all()).toEqual([]);
      const long = { namespace: 'shop', releaseName: 'a'.repeat(53) };
      const one = await written(ledger, { ...(await ledger.read(RELEASE)), claim: CLAIM });
      const two = await written(ledger, {
        ...(await ledger.read(long)),
        verdicts: [verdict('plan-1')],
      });
      expect(new Set(await other.all())).toEqual(new Set([one, two]));
    });

    it.each([{ name: 'first' }, { name: 'later' }])(
      'lets exactly one of two win their $name claim',
      async ({ name }) => {
        const { ledger, other } = await open();
        if (name === 'later') await written(ledger, await ledger.read(RELEASE));
        const [mine, theirs] = await Promise.all([ledger.read(RELEASE), other.read(RELEASE)]);
        const claims = await Promise.all([
          ledger.write({ ...mine, claim: CLAIM }),
          other.write({ ...theirs, claim: { ...CLAIM, planId: 'plan-2' } }),
        ]);
        expect(claims.filter(({ ok }) => ok)).toHaveLength(1);
        const winner = claims[0].ok ? 'plan-1' : 'plan-2';
        expect((await ledger.read(RELEASE)).claim?.planId).toBe(winner);
      },
    );

    it('refuses a write to what somebody changed or removed since it was read', async () => {
      const { ledger, other } = await open();
      const entry = await written(ledger, await ledger.read(RELEASE));
      await written(other, { ...entry, claim: CLAIM });
      expect(await ledger.write({ ...entry, claim: null })).toEqual({
        ...{ ok: false, error: { code: 'ledger/moved' } },
      });
    });

    it('ends a plan once: the first verdict stands, whoever gives another', async () => {
      const { ledger, other: second } = await open();
      await written(ledger, { ...(await ledger.read(RELEASE)), claim: CLAIM });
      const { instance } = CLAIM.holder;
      const first = await recordVerdict(ledger, RELEASE, verdict('plan-1'), instance);
      const other = await recordVerdict(second, RELEASE, verdict('plan-1', 'something else'), null);
      expect(other).toEqual(first);
      const entry = await ledger.read(RELEASE);
      expect(entry.claim).toBeNull();
      expect(verdictOf(entry, 'plan-1')).toEqual(first);
    });

    it.each([
      { name: 'another plan of a release that is claimed', plan: 'plan-0', holder: null },
      { name: 'a plan that was claimed since', plan: 'plan-1', holder: null },
      { name: 'a plan whose claim was taken over', plan: 'plan-1', holder: 'before' },
    ])('does not end $name', async ({ plan, holder }) => {
      const { ledger } = await open();
      await written(ledger, { ...(await ledger.read(RELEASE)), claim: CLAIM });
      expect(await recordVerdict(ledger, RELEASE, verdict(plan), holder)).toBeNull();
      expect(await ledger.read(RELEASE)).toMatchObject({ claim: CLAIM, verdicts: [] });
    });

    it('ends a plan from the entry as it was last known, if it still is that', async () => {
      const { ledger } = await open();
      const known = await written(ledger, { ...(await ledger.read(RELEASE)), claim: CLAIM });
      const { instance } = CLAIM.holder;
      const ended = await recordVerdict(ledger, RELEASE, verdict('plan-1'), instance, known);
      expect(ended).toEqual(verdict('plan-1'));
      expect(await ledger.read(RELEASE)).toMatchObject({ claim: null, verdicts: [ended] });
    });

    it('does not end a plan whose claim was taken since the entry was last known', async () => {
      const { ledger, other } = await open();
      const known = await written(ledger, { ...(await ledger.read(RELEASE)), claim: CLAIM });
      const taken = { ...CLAIM, holder: { ...CLAIM.holder, instance: 'heir' } };
      await written(other, { ...known, claim: taken });
      const { instance } = CLAIM.holder;
      expect(await recordVerdict(ledger, RELEASE, verdict('plan-1'), instance, known)).toBeNull();
      expect(await ledger.read(RELEASE)).toMatchObject({ claim: taken, verdicts: [] });
    });

    it('does not end a plan whose claim somebody deleted', async () => {
      const { ledger } = await open();
      const { instance } = CLAIM.holder;
      expect(await recordVerdict(ledger, RELEASE, verdict('plan-1'), instance)).toBeNull();
    });

    it('keeps the last 20 verdicts', async () => {
      const { ledger } = await open();
      let entry = await ledger.read(RELEASE);
      for (let i = 0; i <= KEPT_VERDICTS; i += 1) {
        entry = withVerdict(entry, verdict(`plan-${i}`), null) ?? entry;
      }
      const kept = (await written(ledger, entry)).verdicts.map(({ planId }) => planId);
      expect(kept).toEqual(Array.from({ length: 20 }, (_, i) => `plan-${i + 1}`));
    });
  });
}
