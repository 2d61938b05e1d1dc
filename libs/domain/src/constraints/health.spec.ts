import { describe, expect, it } from '@jest/globals';
import { somePlanFacts } from '../testing.js';
import { health } from './health.js';
import type { PlanFacts } from './plan-facts.js';

const CRASHING: PlanFacts['entity'] = {
  name: 'aria-dev',
  trouble: 'Degraded: pod aria-1 is in CrashLoopBackOff',
  bringsWhatRuns: true,
  askedFor: false,
};

describe('the health of an entity', () => {
  it('holds a plan that brings what runs and is in error', () => {
    expect(health.evaluate(somePlanFacts({ entity: CRASHING }))).toEqual({
      satisfied: false,
      violations: [
        {
          code: 'health',
          message:
            'aria-dev is in error (Degraded: pod aria-1 is in CrashLoopBackOff) and this plan brings the content that runs already; bring another release or other values',
          data: { entity: 'aria-dev', trouble: 'Degraded: pod aria-1 is in CrashLoopBackOff' },
        },
      ],
      metadata: {},
    });
  });

  it.each([
    { name: 'one of an entity that is well', change: { trouble: '' } },
    { name: 'one that brings other content', change: { bringsWhatRuns: false } },
    { name: 'one that a person asked for', change: { askedFor: true } },
  ])('lets a plan go: $name', ({ change }) => {
    const facts = somePlanFacts({ entity: { ...CRASHING, ...change } });
    expect(health.evaluate(facts)).toEqual({ satisfied: true, violations: [], metadata: {} });
  });
});
