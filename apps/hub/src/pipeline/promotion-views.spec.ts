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

describe('what is answered of a deployment whose place another one took', () => {
  it('names that one, and what to do', () => {
    const notes = 'deployment deploy_2 took its place before anything of it had gone out';
    const deployment = aDeployment({ status: 'failed', supersededBy: 'deploy_2', notes });
    const shown = { deployment, plans: new Map(), waitsFor: [] };
    expect(askedView('Deployment to dev', shown)).toEqual({
      ...{ deployment_id: deployment.id, status: 'failed', superseded_by: 'deploy_2' },
      message: `Deployment to dev failed: ${notes}; look at that one (GET /api/v1/deployments/deploy_2) or at GET /status/aria, and ask again if 1.1.0 is still wanted`,
    });
  });
});
