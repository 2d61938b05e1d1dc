import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestHub } from '../src/testing/test-hub.js';

// 7 March 2026 is a Saturday; the clock of the hub stands at noon on 1 March.
const WEEKLY = { name: 'weekly', cron: '0 2 * * 6', durationHours: 4 };
const FREEZE = {
  start: '2026-03-07T03:00:00Z',
  end: '2026-03-07T05:00:00Z',
  reason: 'Quarter end',
};

describe('POST /api/v1/windows/evaluate', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await TestHub.start();
  });
  afterAll(() => hub.stop());

  const evaluate = (body: unknown) => hub.post('/api/v1/windows/evaluate', body);

  it('says until when an open window stays open, and which it is', async () => {
    const answer = await evaluate({ windows: [WEEKLY], at: '2026-03-07T02:00:00Z' });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({
      open: true,
      because: [
        {
          kind: 'maintenance_window',
          layer: 'environment',
          name: 'weekly',
          message: 'the environment window "weekly" is open until 2026-03-07T06:00:00.000Z',
          until: '2026-03-07T06:00:00.000Z',
        },
      ],
      openUntil: '2026-03-07T06:00:00.000Z',
    });
  });

  it('says why it is shut, and when it opens and closes', async () => {
    const answer = await evaluate({
      windows: [WEEKLY, { ...WEEKLY, layer: 'product', name: 'late', cron: '0 4 * * 6' }],
      suppressions: [FREEZE],
      at: '2026-03-07T04:30:00+01:00',
    });
    expect(answer.body).toEqual({
      open: false,
      because: [
        {
          kind: 'suppression_window',
          reason: 'Quarter end',
          hard: false,
          message: 'changes are suppressed until 2026-03-07T05:00:00.000Z: Quarter end',
          until: '2026-03-07T05:00:00.000Z',
        },
        {
          kind: 'maintenance_window',
          layer: 'product',
          name: 'late',
          message:
            'the product maintenance windows are shut; "late" opens next, at 2026-03-07T04:00:00.000Z',
          until: '2026-03-07T04:00:00.000Z',
        },
      ],
      nextOpen: '2026-03-07T05:00:00.000Z',
      nextClose: '2026-03-07T06:00:00.000Z',
    });
  });

  it('knows suppressions that recur, in a zone whose clocks change', async () => {
    const backups = { cron: '30 2 * * *', durationMinutes: 30, timezone: 'America/New_York' };
    const answer = await evaluate({
      suppressions: [{ ...backups, reason: 'Backups', hard: true }],
      at: '2026-03-08T06:30:00Z',
    });
    expect(answer.body).toMatchObject({
      open: false,
      because: [{ reason: 'Backups', hard: true }],
      nextOpen: '2026-03-08T08:00:00.000Z',
    });
  });

  it('takes the present for an instant that is left out', async () => {
    const answer = await evaluate({ windows: [WEEKLY] });
    expect(answer.body).toMatchObject({ open: false, nextOpen: '2026-03-07T02:00:00.000Z' });
  });

  it('is open without any windows', async () => {
    expect((await evaluate({})).body).toEqual({ open: true, because: [] });
  });

  it.each([
    {
      name: 'a bad cron expression',
      body: { windows: [WEEKLY, { ...WEEKLY, cron: '0 25 * * *' }] },
      field: 'windows[1].cron',
      saying: 'windows[1]: cron: hour "25"',
    },
    {
      name: 'an unknown zone',
      body: { windows: [{ ...WEEKLY, timezone: 'Mars/Olympus' }] },
      field: 'windows[0].timezone',
      saying: 'IANA',
    },
    {
      name: 'no duration',
      body: { windows: [{ cron: '0 2 * * *' }] },
      field: 'windows[0].durationMinutes',
      saying: '44640',
    },
    {
      name: 'a layer of another kind',
      body: { windows: [{ ...WEEKLY, layer: null }] },
      field: 'windows[0].layer',
      saying: 'product, environment, global',
    },
    {
      name: 'a field nobody knows',
      body: { windows: [{ ...WEEKLY, days: 2 }] },
      field: 'windows[0].days',
      saying: 'accepted are',
    },
    {
      name: 'a suppression without a reason',
      body: { suppressions: [{ ...FREEZE, reason: '' }] },
      field: 'suppressions[0].reason',
      saying: 'why changes are suppressed',
    },
    {
      name: 'a suppression that ends before it starts',
      body: { suppressions: [{ ...FREEZE, end: FREEZE.start }] },
      field: 'suppressions[0].end',
      saying: 'later instant',
    },
    {
      name: 'an instant that does not exist',
      body: { at: '2026-02-30T00:00:00Z' },
      field: 'at',
      saying: 'RFC 3339',
    },
    {
      name: 'an instant before 1970',
      body: { at: '1969-12-31T23:59:59Z' },
      field: 'at',
      saying: '1970',
    },
    {
      name: 'windows that are no list',
      body: { windows: WEEKLY },
      field: 'windows',
      saying: 'a list of at most 20',
    },
    {
      name: 'a list of texts',
      body: { windows: ['0 2 * * *'] },
      field: 'windows',
      saying: 'objects',
    },
    {
      name: 'too many windows',
      body: { windows: Array.from({ length: 21 }, () => WEEKLY) },
      field: 'windows',
      saying: 'at most 20',
    },
    {
      name: 'a misspelt list',
      body: { window: [WEEKLY] },
      field: 'window',
      saying: 'accepted are windows, suppressions, at',
    },
  ])('refuses $name', async ({ body, field, saying }) => {
    const answer = await evaluate(body);
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'http/invalid_request', field, detail: expect.stringContaining(saying) },
    });
  });

  it('is documented', async () => {
    const { body } = await hub.get('/api/openapi.json');
    expect(body['paths']).toHaveProperty(['/api/v1/windows/evaluate', 'post', 'requestBody']);
    expect(body['components']).toHaveProperty('schemas.WindowAnswerView.properties.nextOpen');
    expect(body['components']).toHaveProperty('schemas.WindowReasonView.properties.until');
  });
});
