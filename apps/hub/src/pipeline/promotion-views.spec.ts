import { aDeployment } from '@apollo-deploy/domain/testing';
import { describe, expect, it } from '@jest/globals';
import { askedView } from './promotion-views.js';

const BACKUP = { code: 'backup', message: 'there is no backup yet', plan: 'plan-1' };
const FREEZE = {
  ...{ code: 'suppression_window', message: 'changes are suppressed', plan: 'plan-1' },
  ...{ entity: 'aria-prod', until: '2026-03-08T12:00:00.000Z' },
};

function asked(...waitsFor: Parameters<typeof askedView>[1]['waitsFor']) {
  return askedView('Promotion', { deployment: aDeployment(), plans: new Map(), waitsFor });
}

describe('what is answered of a deployment under way', () => {
  it.each([
    { name: 'nothing', waits: [], says: 'Promotion is under way (pending)' },
    {
      name: 'a backup alone',
      waits: [BACKUP],
      says: 'Promotion is under way (pending) and waits: there is no backup yet',
    },
    {
      name: 'a backup, which is asked for when the freeze is over',
      waits: [BACKUP, FREEZE],
      says: 'Promotion is under way (pending) and waits: changes are suppressed, until 2026-03-08T12:00:00.000Z; and for 1 more (waits_for)',
    },
  ])('names what holds it: $name', ({ waits, says }) => {
    expect(asked(...waits).message).toBe(says);
  });
});
