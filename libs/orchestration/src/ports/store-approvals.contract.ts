import { describe, expect, it } from '@jest/globals';
import type { ApprovalRule } from '@apollo-deploy/domain';
import {
  aDelegationRecord,
  anApprovalRecord,
  anApprovalRequest,
  anApprovalRule,
} from '../testing/records/approval-records.js';
import type { ApprovalRecord, DelegationRecord } from './approval-repositories.js';
import { pagesOfTwo } from './pages-of-two.contract.js';
import type { Store } from './store.js';

export function describeStoredApprovals(store: () => Store): void {
  describeRules(store);
  describeApprovals(store);
  describeRequests(store);
  describeDelegations(store);
}

function describeRules(store: () => Store): void {
  const put = (...args: Parameters<typeof anApprovalRule>) =>
    store().transact((unit) => unit.approvalRules.put(anApprovalRule(...args)));
  const all = () => store().transact((unit) => unit.approvalRules.all());

  describe('approval rules', () => {
    it('are kept by name with every field, and counted', async () => {
      const rule: ApprovalRule = {
        name: 'b',
        requiredRoles: ['sre', 'sre'],
        requiredApprovers: 3,
        level: 2,
        allowAuthor: true,
        tier: 'staging',
        planTypes: ['upgrade'],
        products: ['aria'],
        ttlHours: 0.5,
        requestTtlHours: 48,
        notBefore: '2026-03-03T00:00:00.000Z',
        escalation: { afterHours: 4, roles: ['vp-engineering'] },
      };
      await put({ name: 'b', rule });
      await put({ name: 'a' });
      expect(await put({ name: 'b', rule, version: 1, by: 'sre-1' })).toStrictEqual({
        ok: true,
        value: anApprovalRule({ name: 'b', rule, version: 2, by: 'sre-1' }),
      });
      expect(await all()).toStrictEqual([
        anApprovalRule({ name: 'a', version: 1 }),
        anApprovalRule({ name: 'b', rule, version: 2, by: 'sre-1' }),
      ]);
    });

    it('that were taken away say so', async () => {
      await put({ rule: null });
      expect(await all()).toStrictEqual([anApprovalRule({ rule: null, version: 1 })]);
    });

    it.each([
      { name: 'new, but of a later version', stored: 0, version: 1 },
      { name: 'stored already', stored: 1, version: 0 },
      { name: 'changed since', stored: 2, version: 1 },
    ])('are not written over what the writer has not seen: $name', async ({ stored, version }) => {
      for (let at = 0; at < stored; at += 1) await put({ version: at });
      expect(await put({ version, by: 'somebody' })).toEqual({
        ok: false,
        error: { code: 'version_conflict' },
      });
      expect((await all()).map(({ by }) => by)).toEqual(stored === 0 ? [] : ['admin']);
    });
  });
}

function describeApprovals(store: () => Store): void {
  const put = (...approvals: readonly ApprovalRecord[]) =>
    store().transact((unit) => unit.approvals.put(approvals));
  const idsOf = (found: readonly ApprovalRecord[]) => found.map(({ id }) => id);

  describe('approvals', () => {
    it('are kept with every field', async () => {
      const full = anApprovalRecord({
        ...{ id: 'b', comment: 'é, 🚀, "quotes" and a \n line', roles: [] },
        ...{ withdrawnAt: '2026-03-02T12:00:01.000Z', consumedBy: 'plan-1' },
        consumedAt: '2026-03-02T12:00:02.000Z',
      });
      const bare = anApprovalRecord({ id: 'a' });
      await put(bare, full);
      const found = await store().transact(async ({ approvals }) => [
        ...(await approvals.standing([bare.entity])),
        ...(await approvals.consumedBy(['plan-1'])),
      ]);
      expect(found).toStrictEqual([bare, full]);
    });

    it('stand until they are taken back or consumed', async () => {
      await put(
        anApprovalRecord({ id: 'c', at: '2026-03-02T12:00:00.000Z' }),
        anApprovalRecord({ id: 'b', at: '2026-03-02T12:00:01.000Z', digest: 'other' }),
        anApprovalRecord({ id: 'a', at: '2026-03-02T12:00:00.000Z' }),
        anApprovalRecord({ id: 'd', withdrawnAt: '2026-03-02T12:00:00.000Z' }),
        anApprovalRecord({ id: 'e', consumedAt: '2026-03-02T12:00:00.000Z' }),
        anApprovalRecord({ id: 'f', entity: 'web' }),
      );
      const found = await store().transact(async ({ approvals }) => ({
        ofOne: idsOf(await approvals.standing(['test-service-a', 'unknown'])),
        ofBoth: idsOf(await approvals.standing(['web', 'test-service-a', 'web'])).toSorted(),
        ofNone: await approvals.standing([]),
        entities: await approvals.standingEntities(),
      }));
      expect(found).toEqual({
        ofOne: ['a', 'c', 'b'],
        ofBoth: ['a', 'b', 'c', 'f'],
        ofNone: [],
        entities: ['test-service-a', 'web'],
      });
    });

    it('are found by the plans that went by them', async () => {
      const consumed = { consumedAt: '2026-03-02T12:00:00.000Z' };
      await put(
        anApprovalRecord({ id: 'b', ...consumed, consumedBy: 'plan-2' }),
        anApprovalRecord({ id: 'a', ...consumed, consumedBy: 'plan-3' }),
        anApprovalRecord({ id: 'c', ...consumed, consumedBy: 'plan-4' }),
        anApprovalRecord({ id: 'd' }),
      );
      const found = await store().transact(async ({ approvals }) => ({
        consumed: idsOf(await approvals.consumedBy(['plan-2', 'plan-3', 'plan-1', 'plan-2'])),
        byNobody: await approvals.consumedBy(['plan-1']),
      }));
      expect(found).toEqual({ consumed: ['a', 'b'], byNobody: [] });
    });

    it('stand again when they are written so', async () => {
      const approval = anApprovalRecord();
      await put({ ...approval, consumedAt: approval.at, consumedBy: 'plan-1' });
      await put(approval);
      const standing = await store().transact((unit) =>
        unit.approvals.standing(['test-service-a']),
      );
      expect(standing).toStrictEqual([approval]);
    });

    it('are there no more when the transaction that gave them fails', async () => {
      const work = store().transact(async (unit) => {
        await unit.approvals.put([anApprovalRecord()]);
        throw new Error('the audit entry was refused');
      });
      await expect(work).rejects.toThrow('the audit entry was refused');
      const standing = await store().transact((unit) =>
        unit.approvals.standing(['test-service-a']),
      );
      expect(standing).toEqual([]);
    });
  });
}

function describeRequests(store: () => Store): void {
  describe('approval requests', () => {
    it('are kept for each entity and rule, the newest counts', async () => {
      const full = anApprovalRequest({
        ...{ rule: 'b', ranMs: 90_000_000_000, runningSince: '2026-03-02T12:00:00.000Z' },
        ...{ askedAt: '2026-03-02T11:00:00.000Z', escalatedAt: '2026-03-02T11:30:00.000Z' },
      });
      const found = await store().transact(async ({ approvalRequests }) => {
        await approvalRequests.put([
          full,
          anApprovalRequest({ rule: 'a', askedAt: '2026-03-02T11:00:00.000Z' }),
        ]);
        await approvalRequests.put([anApprovalRequest({ rule: 'a', planId: 'plan-2' })]);
        await approvalRequests.put([anApprovalRequest({ entity: 'other' })]);
        return approvalRequests.ofEntities(['test-service-a', 'unknown']);
      });
      expect(found).toStrictEqual([anApprovalRequest({ rule: 'a', planId: 'plan-2' }), full]);
    });
  });
}

function describeDelegations(store: () => Store): void {
  const insert = (...all: readonly DelegationRecord[]) =>
    store().transact(async (unit) => {
      for (const one of all) await unit.delegations.insert(one);
    });

  describe('delegations', () => {
    it('are kept with every field until they are taken out', async () => {
      const one = aDelegationRecord({
        scope: { tier: 'production', products: ['aria'], planTypes: ['upgrade'] },
        roles: ['sre', 'product-owner'],
      });
      await insert(one);
      const found = await store().transact(async ({ delegations }) => ({
        byId: await delegations.get(one.id),
        unknown: await delegations.get('delegation-2'),
        removed: await delegations.remove(one.id),
        again: await delegations.remove(one.id),
        after: await delegations.get(one.id),
      }));
      const after = { removed: true, again: false, after: undefined };
      expect(found).toStrictEqual({ byId: one, unknown: undefined, ...after });
    });

    it('are answered up to their end, also before they begin', async () => {
      await insert(
        aDelegationRecord({ id: 'b', until: '2026-03-09T00:00:00.000Z' }),
        aDelegationRecord({ id: 'a', until: '2026-03-09T00:00:00.001Z' }),
      );
      const ids = (now: string) =>
        store().transact(async (unit) =>
          (await unit.delegations.endingAfter(now)).map(({ id }) => id),
        );
      expect(await ids('2026-03-01T00:00:00.000Z')).toEqual(['a', 'b']);
      expect(await ids('2026-03-09T00:00:00.000Z')).toEqual(['a']);
      expect(await ids('2026-03-09T00:00:00.001Z')).toEqual([]);
    });

    it('are listed by id in pages', async () => {
      await insert(...['c', 'a', 'b'].map((id) => aDelegationRecord({ id })));
      const pages = await store().transact((unit) =>
        pagesOfTwo((page) => unit.delegations.list(page)),
      );
      expect(pages.map((page) => page.map(({ id }) => id))).toEqual([['a', 'b'], ['c']]);
    });

    it('are listed by or to one person alone, in full pages', async () => {
      const people = { a: ['ann', 'bob'], b: ['bob', 'cy'], c: ['cy', 'ann'], d: ['ann', 'cy'] };
      await insert(
        ...Object.entries(people).map(([id, [giver = '', to = '']]) =>
          aDelegationRecord({ id, giver, to }),
        ),
      );
      const pages = await store().transact((unit) =>
        pagesOfTwo((page) => unit.delegations.list(page, 'ann')),
      );
      expect(pages.map((page) => page.map(({ id }) => id))).toEqual([['a', 'c'], ['d']]);
    });
  });
}
