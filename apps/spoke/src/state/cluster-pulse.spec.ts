import { KubeUnavailable } from '@apollo-deploy/kube';
import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { VirtualTime } from '../testing/virtual-time.js';
import { ClusterPulse } from './cluster-pulse.js';

type Answer = 'answers' | 'hangs' | 'refuses the connection';

class Scene {
  readonly time = new VirtualTime();
  answer: Answer = 'answers';
  asked = 0;
  /** What was said of the silence, in order. */
  readonly told: boolean[] = [];
  private hanging: (() => void)[] = [];
  readonly pulse = new ClusterPulse({
    ask: () => this.asks(),
    ...{ clock: this.time, timer: this.time, log: pino({ level: 'silent' }) },
    onChange: () => void this.told.push(this.pulse.isSilent),
  });

  private asks(): Promise<void> {
    this.asked += 1;
    switch (this.answer) {
      case 'answers':
        return Promise.resolve();
      case 'hangs':
        return new Promise((resolve) => this.hanging.push(resolve));
      case 'refuses the connection':
        return Promise.reject(new KubeUnavailable('connection refused', { cause: null }));
    }
  }

  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      this.time.advance(1000);
      for (let step = 0; step < 5; step += 1) await Promise.resolve();
    }
  }

  /** What hung is answered now. */
  async wake(): Promise<void> {
    for (const resolve of this.hanging.splice(0)) resolve();
    await this.pass(0);
    for (let step = 0; step < 5; step += 1) await Promise.resolve();
  }

  get heardAt(): string {
    return this.pulse.heardAt.toISOString();
  }
}

describe('the pulse of a cluster', () => {
  it('asks nothing while words come', async () => {
    const scene = new Scene();
    scene.pulse.start();
    for (let word = 0; word < 10; word += 1) {
      await scene.pass(19);
      scene.pulse.hear();
    }
    expect([scene.asked, scene.told]).toEqual([0, []]);
    expect(scene.heardAt).toBe('2026-03-02T12:03:10.000Z');
  });

  it('asks once in twenty seconds where none come, and an answer is a word', async () => {
    const scene = new Scene();
    scene.pulse.start();
    await scene.pass(60);
    expect([scene.asked, scene.told]).toEqual([3, []]);
    expect(scene.heardAt).toBe('2026-03-02T12:01:00.000Z');
  });

  it.each(['hangs', 'refuses the connection'] as const)(
    'is silent half a minute after the last word of a server that %s, and not before',
    async (answer) => {
      const scene = new Scene();
      scene.pulse.start();
      scene.answer = answer;
      await scene.pass(29);
      expect(scene.told).toEqual([]);
      await scene.pass(1);
      expect(scene.told).toEqual([true]);
      await scene.pass(200);
      expect(scene.told).toEqual([true]);
      expect(scene.heardAt).toBe('2026-03-02T12:00:00.000Z');
    },
  );

  it('is back with the answer that hung', async () => {
    const scene = new Scene();
    scene.pulse.start();
    scene.answer = 'hangs';
    await scene.pass(50);
    await scene.wake();
    expect(scene.told).toEqual([true, false]);
    expect(scene.heardAt).toBe('2026-03-02T12:00:50.000Z');
  });

  it('is back within two seconds of a server that takes connections again', async () => {
    const scene = new Scene();
    scene.pulse.start();
    scene.answer = 'refuses the connection';
    await scene.pass(50);
    scene.answer = 'answers';
    await scene.pass(2);
    expect(scene.told).toEqual([true, false]);
  });

  it('is back with any other word', async () => {
    const scene = new Scene();
    scene.pulse.start();
    scene.answer = 'hangs';
    await scene.pass(50);
    scene.pulse.hear();
    expect(scene.told).toEqual([true, false]);
  });

  it('waits for nothing once it has stopped', async () => {
    const scene = new Scene();
    scene.pulse.start();
    scene.answer = 'hangs';
    await scene.pass(25);
    scene.pulse.stop();
    await scene.wake();
    expect(scene.time.pending).toEqual([]);
  });
});
