import { describe, expect, it } from '@jest/globals';
import { executorModel } from '../testing/executor-model/executor-model.js';
import { PRODUCTION } from '../testing/executor-model/rules.js';
import { SCENARIOS } from '../testing/executor-model/scenarios.js';
import { WEAKENED } from '../testing/executor-model/weakened.js';
import { explore } from '../testing/explorer.js';

/** The largest scenario has some 150,000 states; a busy machine needs its time for them. */
const LONG_MS = 180_000;

describe('the executor, in every order that things can happen in', () => {
  it.each(Object.entries(SCENARIOS))(
    'keeps every invariant: %s',
    (_, scenario) => {
      const { states, violation } = explore(executorModel(scenario, PRODUCTION));
      expect(violation).toBeNull();
      expect(states).toBeGreaterThan(100);
    },
    LONG_MS,
  );
});

describe('the model of the executor', () => {
  it.each(WEAKENED)('misses $guard', ({ scenario, rules, breaks, passed }) => {
    const model = executorModel(scenario, { ...PRODUCTION, ...rules }, passed);
    const { violation } = explore(model);
    // A shortest way there, for whoever reads a failure.
    expect({ ...violation, trace: violation?.trace.join('\n') }).toMatchObject({
      invariant: breaks,
      trace: expect.stringContaining('\n'),
    });
  });

  it(
    'keeps every invariant of those with the guards in place',
    () => {
      for (const { scenario } of WEAKENED) {
        expect(explore(executorModel(scenario, PRODUCTION)).violation).toBeNull();
      }
    },
    LONG_MS,
  );
});
