import { beforeEach, describe, expect, it } from '@jest/globals';
import { RecurringScheduleService } from '../constraints/recurring-schedule-service.js';
import { EngineWorld, must, PERSON } from '../testing/engine-world.js';

const DAILY = { name: 'daily', cron: '0 10 * * *', durationHours: 2, environments: ['dev'] };

describe('occurrences of a schedule', () => {
  let world: EngineWorld;
  let service: RecurringScheduleService;
  beforeEach(async () => {
    world = await EngineWorld.build();
    service = new RecurringScheduleService(world.context);
  });

  const schedule = async (change: Partial<typeof DAILY> = {}): Promise<string> =>
    must(await service.createSchedule(PERSON, { ...DAILY, ...change })).id;
  const goTo = (instant: string): void => {
    world.clock.advance(Date.parse(instant) - world.clock.now().getTime());
  };
  const claim = async (by = service) =>
    (await by.claimOccurrences()).claimed.map(({ startsAt, endsAt, missed }) => ({
      startsAt,
      endsAt,
      missed,
    }));
  const openings = async () => {
    const { items } = await world.context.store.transact((unit) =>
      unit.audit.list({ actor: 'engine' }, { limit: 200 }),
    );
    return items.filter(({ action }) => action === 'schedule.open').map(({ detail }) => detail);
  };

  it.each([
    { name: 'a millisecond before it starts', at: '2026-01-05T09:59:59.999Z', claimed: 0 },
    { name: 'at the instant it starts', at: '2026-01-05T10:00:00.000Z', claimed: 1 },
    { name: 'a millisecond before it ends', at: '2026-01-05T11:59:59.999Z', claimed: 1 },
    { name: 'at the instant it ends', at: '2026-01-05T12:00:00.000Z', claimed: 0 },
  ])('are claimed while the window is open: $name', async ({ at, claimed }) => {
    await schedule();
    goTo(at);
    expect(await claim()).toHaveLength(claimed);
  });

  it('are claimed once, and written down with their end', async () => {
    const id = await schedule();
    goTo('2026-01-05T10:00:00.000Z');
    const opening = {
      startsAt: '2026-01-05T10:00:00.000Z',
      endsAt: '2026-01-05T12:00:00.000Z',
      missed: 0,
    };
    expect(await claim()).toEqual([opening]);
    expect(await claim()).toEqual([]);
    expect(await openings()).toEqual([{ name: 'daily', ...opening }]);
    const { items } = await world.context.store.transact((unit) =>
      unit.audit.list({ subject: `constraint/${id}` }, { limit: 10 }),
    );
    expect(items.map(({ action }) => action)).toEqual(['constraint.add', 'schedule.open']);
  });

  it('are told to whoever watches, for each environment', async () => {
    await schedule();
    goTo('2026-01-05T10:00:00.000Z');
    const before = await world.context.store.transact((unit) => unit.events.newestId());
    await claim();
    await claim();
    const told = must(await world.context.store.transact((unit) => unit.events.after(before, 10)));
    expect(told).toMatchObject([
      {
        at: '2026-01-05T10:00:00.000Z',
        type: 'schedule.opened',
        subject: { kind: 'schedule', name: 'daily', environment: 'dev' },
        data: {
          startsAt: '2026-01-05T10:00:00.000Z',
          endsAt: '2026-01-05T12:00:00.000Z',
          missed: 0,
        },
      },
    ]);
  });

  it('are claimed by one of two replicas', async () => {
    await schedule();
    const other = new RecurringScheduleService(world.context);
    goTo('2026-01-05T10:00:00.000Z');
    const both = await Promise.all([claim(service), claim(other)]);
    expect(both.flat()).toHaveLength(1);
    expect(await openings()).toHaveLength(1);
  });

  it('are not claimed again by a replica that starts anew', async () => {
    await schedule();
    goTo('2026-01-05T10:30:00.000Z');
    await claim();
    expect(await claim(new RecurringScheduleService(world.context))).toEqual([]);
  });

  it('are not claimed again when the clock is turned back by an hour, and the next ones are', async () => {
    await schedule({ cron: '0 * * * *', durationHours: 1 });
    goTo('2026-01-05T11:10:00.000Z');
    expect(await claim()).toMatchObject([{ startsAt: '2026-01-05T11:00:00.000Z', missed: 2 }]);
    goTo('2026-01-05T10:59:59.000Z');
    const restarted = new RecurringScheduleService(world.context);
    await claim(restarted);
    for (const at of ['11:00:00', '11:30:00']) {
      goTo(`2026-01-05T${at}.000Z`);
      expect(await claim()).toEqual([]);
      expect(await claim(restarted)).toEqual([]);
    }
    goTo('2026-01-05T12:00:00.000Z');
    expect(await claim()).toMatchObject([{ startsAt: '2026-01-05T12:00:00.000Z', missed: 0 }]);
    const starts = (await openings()).map(({ startsAt }) => startsAt);
    expect(new Set(starts).size).toBe(starts.length);
  });

  it('that went by during a long pause are counted, and only the one that still lasts is acted on', async () => {
    await schedule();
    goTo('2026-01-05T10:00:00.000Z');
    await claim();
    goTo('2026-01-09T11:00:00.000Z');
    expect(await claim()).toEqual([
      { startsAt: '2026-01-09T10:00:00.000Z', endsAt: '2026-01-09T12:00:00.000Z', missed: 3 },
    ]);
  });

  it('that went by are told with the next one, if none lasts when the pause ends', async () => {
    await schedule();
    goTo('2026-01-07T13:00:00.000Z');
    expect(await claim()).toEqual([]);
    goTo('2026-01-08T10:00:00.000Z');
    expect(await claim()).toMatchObject([{ startsAt: '2026-01-08T10:00:00.000Z', missed: 3 }]);
  });

  it('that began before the schedule was made are not its own', async () => {
    goTo('2026-01-05T10:30:00.000Z');
    await schedule();
    expect(await claim()).toEqual([]);
  });

  it('that overlap are claimed one after another, and say when their common opening ends', async () => {
    await schedule({ cron: '0 10,11 * * *', durationHours: 2 });
    goTo('2026-01-05T10:00:00.000Z');
    expect(await claim()).toMatchObject([{ endsAt: '2026-01-05T13:00:00.000Z' }]);
    goTo('2026-01-05T11:00:00.000Z');
    expect(await claim()).toMatchObject([
      { startsAt: '2026-01-05T11:00:00.000Z', endsAt: '2026-01-05T13:00:00.000Z', missed: 0 },
    ]);
  });

  it.each([
    { name: 'daily', cron: '0 10 * * *', next: '2026-01-05T10:00:00.000Z' },
    { name: 'in three weeks', cron: '0 10 26 1 *', next: '2026-01-26T10:00:00.000Z' },
    {
      name: 'in summer, asked again in a month',
      cron: '0 10 1 7 *',
      next: '2026-02-05T09:00:00.000Z',
    },
  ])('say when to look for them next: $name', async ({ cron, next }) => {
    await schedule({ cron });
    expect((await service.claimOccurrences()).next?.toISOString()).toBe(next);
  });

  it('say nothing of the next where there is no schedule', async () => {
    expect(await service.claimOccurrences()).toEqual({ claimed: [] });
  });

  it('of a schedule that was removed are claimed no more', async () => {
    const id = await schedule();
    await claim();
    await world.context.store.transact((unit) => unit.constraints.remove(id));
    goTo('2026-01-05T10:00:00.000Z');
    expect(await claim()).toEqual([]);
  });

  it('let go at once what waited for them, and nobody else is evaluated', async () => {
    await schedule();
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ state: 'BLOCKED' });
    await world.goTo('2026-01-05T10:00:00.000Z');
    await claim();
    const marks = await world.context.store.transact(async (unit) => {
      const taken = await unit.dirty.take(10);
      await unit.dirty.mark(taken.map(({ entity }) => entity));
      return taken;
    });
    expect(marks).toEqual([{ entity: 'aria-dev', force: false }]);
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ state: 'EXECUTING' });
  });
});
