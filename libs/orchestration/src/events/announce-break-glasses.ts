import type { AuditTrail } from '../ports/unit-of-work.js';
import type { EventDrafts } from './event-drafts.js';
import { overlaid } from './overlaid.js';

/** What happens to a break-glass, and the type of the event that tells of it. */
const TYPES: Readonly<Record<string, string>> = {
  'break_glass.open': 'break_glass.opened',
  'break_glass.use': 'break_glass.used',
  'break_glass.end': 'break_glass.ended',
  'break_glass.review': 'break_glass.reviewed',
  'break_glass.unused': 'break_glass.unused',
  'break_glass.overdue': 'break_glass.overdue',
};

const BREAK_GLASS = 'break-glass/';

/** The audit trail, which announces what becomes of break-glasses. */
export function announceBreakGlasses(audit: AuditTrail, drafts: EventDrafts): AuditTrail {
  return overlaid(audit, {
    async append(entry) {
      await audit.append(entry);
      const type = TYPES[entry.action];
      if (type === undefined || !entry.subject.startsWith(BREAK_GLASS)) return;
      const { service, environment, ...data } = entry.detail;
      if (typeof service !== 'string' || typeof environment !== 'string') return;
      const name = entry.subject.slice(BREAK_GLASS.length);
      const subject = { kind: 'break-glass', name, environment, product: service } as const;
      drafts.add(type, subject, { ...data, by: entry.actor });
    },
  });
}
