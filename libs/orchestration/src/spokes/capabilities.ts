import type { SpokeHello, SpokeRecord } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** What a spoke last said that it can do; nothing at all if it never said. */
export function capabilitiesOf({
  hello,
}: Pick<SpokeRecord, 'hello'>): Partial<Pick<SpokeHello, 'capabilities'>> {
  return hello === undefined ? {} : { capabilities: hello.capabilities };
}

/** A spoke that says this tells in each session what its ledger holds, be that nothing. */
const TELLS_LEDGER = 'tell_ledger';

/** Whether a spoke that says this of itself tells its ledger; those of before do not. */
export function tellsLedger({ capabilities }: Pick<SpokeHello, 'capabilities'>): boolean {
  return capabilities.includes(TELLS_LEDGER);
}

/** A spoke that says this carries out nothing but what is signed. */
const TAKES_SIGNED_PLANS = 'signed_plans';

export function wantsSignedPlans({ capabilities }: Pick<SpokeHello, 'capabilities'>): boolean {
  return capabilities.includes(TAKES_SIGNED_PLANS);
}

/** A spoke that says this reads in a signed plan by which break-glass it goes; others refuse to read it. */
const READS_BREAK_GLASS = 'break_glass';

export function readsBreakGlass({ capabilities }: Pick<SpokeHello, 'capabilities'>): boolean {
  return capabilities.includes(READS_BREAK_GLASS);
}

/** A spoke that says this keeps the heads of the audit trail that it is told. */
const KEEPS_AUDIT_HEADS = 'audit_heads';

/** Whether a spoke that says this of itself is to be told how far the audit trail reaches. */
export function keepsAuditHeads({ capabilities }: Pick<SpokeHello, 'capabilities'>): boolean {
  return capabilities.includes(KEEPS_AUDIT_HEADS);
}

/** Whether a spoke is still to tell its ledger in its present session. */
export function isLedgerToCome({
  hello,
  epoch,
  ledgerEpoch,
}: Pick<SpokeRecord, 'hello' | 'epoch' | 'ledgerEpoch'>): boolean {
  return ledgerEpoch !== epoch && hello !== undefined && tellsLedger(hello);
}

/**
 * If a spoke can do something else than before, all its entities are evaluated: a release that was
 * passed over may be possible now, where nothing else waits for it.
 */
export async function markChangedCapabilities(
  unit: UnitOfWork,
  { name, hello: before }: Pick<SpokeRecord, 'name' | 'hello'>,
  after: SpokeHello,
): Promise<void> {
  if (before === undefined || isSame(before.capabilities, after.capabilities)) return;
  const entities = await unit.entities.ofSpokes([name]);
  if (entities.length > 0) await unit.dirty.mark(entities.map((entity) => entity.name));
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  const both = new Set([...one, ...other]);
  return both.size === new Set(one).size && both.size === new Set(other).size;
}
