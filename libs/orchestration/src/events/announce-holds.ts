import type { AuditTrail } from '../ports/unit-of-work.js';
import type { EventDrafts } from './event-drafts.js';
import { overlaid } from './overlaid.js';

/** What happens to a hold, and the type of the event that tells of it. */
const TYPES: Readonly<Record<string, string>> = {
  'hold.add': 'hold.placed',
  'hold.end': 'hold.ended',
};

const ENTITY = 'entity/';

/** The audit trail, which announces which entities are held, and are held no longer. */
export function announceHolds(audit: AuditTrail, drafts: EventDrafts): AuditTrail {
  return overlaid(audit, {
    async append(entry) {
      await audit.append(entry);
      const type = TYPES[entry.action];
      if (type === undefined || !entry.subject.startsWith(ENTITY)) return;
      const data = { ...entry.detail, by: entry.actor };
      drafts.addOfEntity(type, entry.subject.slice(ENTITY.length), data);
    },
  });
}
