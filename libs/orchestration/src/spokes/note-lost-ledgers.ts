import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { LostLedger, SpokeRecord } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** A release of whose plan the ledger of its cluster knows nothing, as its spoke tells it. */
export type ToldLoss = Omit<LostLedger, 'since'>;

/**
 * The spoke with the losses that it tells now, of releases that are entities' here: one that it tells no
 * more is over. Each new one is in the audit trail of its entity once. The same record if nothing changed.
 */
export async function noteLostLedgers(
  context: Context,
  unit: UnitOfWork,
  spoke: SpokeRecord,
  told: readonly ToldLoss[],
): Promise<SpokeRecord> {
  const { lostLedgers: before = [], ...rest } = spoke;
  if (told.length === 0 && before.length === 0) return spoke;
  const entities = new Map(
    (await unit.entities.ofSpokes([spoke.name])).map((entity) => [keyOf(entity), entity.name]),
  );
  const known = new Map(before.map((loss) => [keyOf(loss), loss]));
  const since = context.clock.now().toISOString();
  const losses = told
    .filter((loss) => entities.has(keyOf(loss)))
    .map((loss) => known.get(keyOf(loss)) ?? { ...loss, since });
  const news = losses.filter((loss) => !known.has(keyOf(loss)));
  for (const { planId, ...loss } of news) {
    await record(
      context,
      unit,
      { kind: 'spoke', name: spoke.name, roles: [] },
      {
        action: 'entity.ledger_lost',
        subject: `entity/${String(entities.get(keyOf(loss)))}`,
        detail: { spoke: spoke.name, release: keyOf(loss), planId },
      },
    );
  }
  if (news.length === 0 && losses.length === before.length) return spoke;
  return losses.length === 0 ? rest : { ...rest, lostLedgers: losses };
}

/** A plan has changed the release, and stands in its ledger: a loss from before is over. */
export async function endLoss(
  unit: UnitOfWork,
  spokeName: string,
  release: Pick<LostLedger, 'namespace' | 'releaseName'>,
): Promise<void> {
  const spoke = await unit.spokes.get(spokeName);
  if (spoke === undefined || lossOf(spoke, release) === undefined) return;
  const { lostLedgers = [], ...rest } = spoke;
  const left = lostLedgers.filter((loss) => keyOf(loss) !== keyOf(release));
  await unit.spokes.save(left.length === 0 ? rest : { ...rest, lostLedgers: left });
}

/** The loss of the ledger of a release; `undefined` where there is none. */
export function lossOf(
  { lostLedgers = [] }: Pick<SpokeRecord, 'lostLedgers'>,
  release: Pick<LostLedger, 'namespace' | 'releaseName'>,
): LostLedger | undefined {
  return lostLedgers.find((loss) => keyOf(loss) === keyOf(release));
}

function keyOf({ namespace, releaseName }: Pick<LostLedger, 'namespace' | 'releaseName'>): string {
  return `${namespace}/${releaseName}`;
}
