import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Deployment, ServiceHealth } from '@apollo-deploy/domain';
import { aDeployment } from '@apollo-deploy/domain/testing';
import { VirtualClock } from '../ports/clock.js';
import { HealthAsks } from './health-asks.js';

const WELL: ServiceHealth = { healthy: true, detail: 'well' };

let clock: VirtualClock;
/** Answers one service that was asked for, by its name. */
let answers: Map<string, (said: ServiceHealth) => void>;
let told: number;
let asks: HealthAsks;
beforeEach(() => {
  clock = new VirtualClock(new Date('2026-01-05T09:00:00.000Z'));
  answers = new Map();
  told = 0;
  const look = (service: string) =>
    new Promise<ServiceHealth>((resolve) => answers.set(service, resolve));
  asks = new HealthAsks({ clock, health: { name: 'the watcher', look } }, () => (told += 1));
});

const of = (service: string): Deployment => aDeployment({ id: `deploy ${service}`, service });
async function answered(...services: readonly string[]): Promise<void> {
  for (const service of services) answers.get(service)?.(WELL);
  await new Promise((resolve) => setImmediate(resolve));
}

describe('asking how services do', () => {
  it('asks of each once until it is answered, tells of the answer, and gives it once', async () => {
    asks.ask(of('aria'));
    asks.ask(of('aria'));
    expect(answers.size).toBe(1);
    expect([asks.isAsking('deploy aria'), asks.take('deploy aria')]).toEqual([true, undefined]);
    await answered('aria');
    expect([asks.isAsking('deploy aria'), told]).toEqual([false, 1]);
    expect([asks.take('deploy aria'), asks.take('deploy aria')]).toEqual([WELL, undefined]);
  });

  it('asks of twenty at once, and of the next as one is answered', async () => {
    for (let index = 1; index <= 21; index += 1) asks.ask(of(`service-${String(index)}`));
    expect(answers.size).toBe(20);
    expect(asks.isAsking('deploy service-21')).toBe(true);
    await answered('service-7');
    expect([...answers.keys()].at(-1)).toBe('service-21');
  });

  it.each([
    { name: 'half a minute old', ms: 30_000, expected: WELL },
    { name: 'older than half a minute', ms: 30_001, expected: undefined },
  ])('goes by an answer that is $name: $expected', async ({ ms, expected }) => {
    asks.ask(of('aria'));
    await answered('aria');
    clock.advance(ms);
    expect(asks.take('deploy aria')).toEqual(expected);
  });

  it('asks nobody any more once it is stopped', async () => {
    for (let index = 1; index <= 21; index += 1) asks.ask(of(`service-${String(index)}`));
    const stopped = asks.stop();
    await answered(...answers.keys());
    await stopped;
    expect(answers.size).toBe(20);
  });
});
