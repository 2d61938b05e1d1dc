import { describe, expect, it } from '@jest/globals';
import { InMemoryStore, type Store, type UnitOfWork } from '@apollo-deploy/orchestration';
import {
  aConstraint,
  anAuditEntry,
  anEntity,
  anOutboxMessage,
  aPlan,
  aProduct,
} from '@apollo-deploy/orchestration/testing';
import fc from 'fast-check';
import { StorageFolder } from '../testing/storage-folder.js';
import { encodeRecord, HEAD_BYTES } from './record-frame.js';

/** One step of a unit of work; answers what it was answered. */
interface Step {
  readonly name: string;
  readonly run: (unit: UnitOfWork) => Promise<unknown>;
}

type Event =
  | { readonly kind: 'unit'; readonly steps: readonly Step[]; readonly fails: boolean }
  | { readonly kind: 'restart' }
  | { readonly kind: 'crash'; readonly tornBytes: number };

const id = fc.constantFrom('a', 'b', 'c');
const version = fc.integer({ min: 1, max: 3 });
const step = (name: string, run: Step['run']): Step => ({ name, run });

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc
    .tuple(id, fc.string())
    .map(([name, owner]) =>
      step(`insert product ${name}`, (unit) => unit.products.insert(aProduct({ name, owner }))),
    ),
  fc
    .tuple(id, version)
    .map(([name, at]) =>
      step(`save product ${name} ${at}`, (unit) =>
        unit.products.save(aProduct({ name, version: at, criticality: 'high' })),
      ),
    ),
  fc
    .tuple(id, id)
    .map(([name, releaseName]) =>
      step(`insert entity ${name} ${releaseName}`, (unit) =>
        unit.entities.insert(anEntity({ name, releaseName })),
      ),
    ),
  fc
    .tuple(fc.uuid(), id)
    .map(([plan, entity]) =>
      step(`insert plan for ${entity}`, (unit) => unit.plans.insert(aPlan({ id: plan, entity }))),
    ),
  id.map((entity) =>
    step(`end the plan of ${entity}`, async (unit) => {
      const [open] = await unit.plans.openOf([entity]);
      return open && unit.plans.save({ ...open, state: 'CANCELLED' });
    }),
  ),
  fc.tuple(id, version).map(([entity, minute]) =>
    step(`block the plan of ${entity} until ${minute}`, async (unit) => {
      const [open] = await unit.plans.openOf([entity]);
      const recheckAt = `2026-03-02T12:0${minute}:00.000Z`;
      return open && unit.plans.save({ ...open, state: 'BLOCKED', recheckAt });
    }),
  ),
  fc
    .tuple(id, id)
    .map(([constraint, name]) =>
      step(`insert constraint ${constraint} ${name}`, (unit) =>
        unit.constraints.insert(aConstraint({ id: constraint, name })),
      ),
    ),
  id.map((constraint) =>
    step(`remove constraint ${constraint}`, (unit) => unit.constraints.remove(constraint)),
  ),
  fc
    .tuple(id, fc.boolean())
    .map(([entity, force]) => step(`mark ${entity}`, (unit) => unit.dirty.mark([entity], force))),
  fc
    .integer({ min: 1, max: 2 })
    .map((limit) => step(`take ${limit}`, (unit) => unit.dirty.take(limit))),
  fc
    .uuid()
    .map((message) => step('send', (unit) => unit.outbox.add(anOutboxMessage({ id: message })))),
  fc.constant(
    step('acknowledge the first', async (unit) => {
      const [first] = await unit.outbox.pending(['spoke-a']);
      if (first !== undefined) await unit.outbox.acknowledge('spoke-a', first.id);
      return first?.id;
    }),
  ),
  fc.uuid().map((entry) => step('audit', (unit) => unit.audit.append(anAuditEntry({ id: entry })))),
  fc
    .tuple(id, fc.uint8Array({ maxLength: 20 }))
    .map(([sha256, bytes]) =>
      step(`put chart ${sha256}`, (unit) => unit.charts.put(sha256, bytes)),
    ),
);

const events: fc.Arbitrary<readonly Event[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('unit' as const),
        steps: fc.array(steps, { minLength: 1, maxLength: 5 }),
        fails: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('crash' as const),
        tornBytes: fc.integer({ min: 1, max: HEAD_BYTES - 1 }),
      }),
    },
  ),
  { maxLength: 40 },
);

describe('a store in a folder, whatever is done to it', () => {
  it('answers what a store in memory answers, through restarts and crashes', async () => {
    await fc.assert(
      fc.asyncProperty(events, async (history) => {
        const folder = await StorageFolder.create();
        try {
          await replay(history, folder);
        } finally {
          await folder.dispose();
        }
      }),
      { numRuns: 60 },
    );
  });
});

async function replay(history: readonly Event[], folder: StorageFolder): Promise<void> {
  const model = new InMemoryStore();
  let store = await folder.open();
  for (const event of history) {
    if (event.kind === 'unit') {
      expect(await runUnit(store, event)).toEqual(await runUnit(model, event));
      continue;
    }
    await store.close();
    if (event.kind === 'crash') await tearTail(folder, event.tornBytes);
    store = await folder.open();
    expect(await contentOf(store)).toEqual(await contentOf(model));
  }
  expect(await contentOf(store)).toEqual(await contentOf(model));
}

async function runUnit(
  store: Store,
  { steps: todo, fails }: Extract<Event, { kind: 'unit' }>,
): Promise<unknown> {
  const answers: unknown[] = [];
  const unit = store.transact(async (repositories) => {
    for (const { run } of todo) answers.push(await run(repositories));
    if (fails) throw new Error('the work gave up');
  });
  await unit.catch((error: unknown) => answers.push(String(error)));
  return answers;
}

/** As if the process had died while it wrote the head of one more record. */
async function tearTail(folder: StorageFolder, bytes: number): Promise<void> {
  const journal = (await folder.files()).find((name) => name.startsWith('journal'))!;
  const part = encodeRecord(1, '{"changes":[]}').subarray(0, bytes);
  await folder.write(journal, Buffer.concat([await folder.bytes(journal), part]));
}

async function contentOf(store: Store): Promise<unknown> {
  return store.transact(async (unit) => {
    const marked = await unit.dirty.take(10);
    for (const { entity, force } of marked) await unit.dirty.mark([entity], force);
    return {
      marked,
      products: await unit.products.list({ limit: 200 }),
      entities: await unit.entities.list({}, { limit: 200 }),
      byRelease: await unit.entities.byRelease('spoke-a', 'test-service', 'a'),
      plans: await unit.plans.list({}, { limit: 200 }),
      constraints: await unit.constraints.all(),
      due: await unit.plans.dueAt('2026-03-02T12:02:00.000Z', 10),
      open: await unit.plans.openOf(['a', 'b', 'c']),
      outbox: await unit.outbox.pending(['spoke-a']),
      audit: await unit.audit.list({}, { limit: 200 }),
      charts: [await unit.charts.get('a'), await unit.charts.get('b'), await unit.charts.get('c')],
    };
  });
}
