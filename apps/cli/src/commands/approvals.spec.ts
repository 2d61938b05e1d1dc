import { describe, expect, it } from '@jest/globals';
import { APPROVED, DIFF, ME, PLAN } from '../testing/canned.js';
import { aProblem, type CannedAnswer, run } from '../testing/cli-run.js';

const APPROVE = 'POST /api/v1/plans/plan-1/approve';
const SHOWN = {
  'GET /api/v1/plans/plan-1': { body: PLAN },
  'GET /api/v1/plans/plan-1/diff': { body: DIFF },
  'GET /api/v1/me': { body: ME },
} as const;
const hubThat = (answer: CannedAnswer = { body: APPROVED }) => ({ ...SHOWN, [APPROVE]: answer });
const LOOKED_AT = ['GET /api/v1/plans/plan-1', 'GET /api/v1/plans/plan-1/diff'];
const OTHER = 'a'.repeat(64);

describe('apolloctl approve', () => {
  it.each([
    { name: 'the digest that was looked at', words: `--digest ${PLAN.digest}`, person: false },
    { name: '--yes', words: '--yes', person: false },
    { name: 'a yes of the person who is asked', words: '', person: true },
  ])('approves what it has shown, by its digest: $name', async ({ words, person }) => {
    const line = `approve plan-1 ${words}`.trim();
    const ran = await run(line, { hub: hubThat(), terminal: { input: person }, says: ' Yes ' });
    expect(ran.code).toBe(0);
    expect(ran.requests.at(-1)).toMatchObject({ body: { digest: PLAN.digest } });
    expect(ran.out).toContain(`digest    ${PLAN.digest}`);
    expect(ran.out).toContain('production   1       sre     1        sre');
    expect(ran.out).toContain('image.tag: "1" -> "2"');
    expect(ran.out).toContain('approved by ann: upgrade of aria-prod, 1.0.0 -> 1.1.0');
    expect(ran.out).toContain('nothing about approval holds it any more');
    expect(ran.err).toBe(person ? 'Approve exactly this, as ann? [y/N] ' : '');
  });

  it('keeps a comment with it', async () => {
    const ran = await run(['approve', 'plan-1', '-y', '--comment', 'looks good'], {
      hub: hubThat(),
    });
    expect(ran.requests.at(-1)?.body).toEqual({ digest: PLAN.digest, comment: 'looks good' });
  });

  it.each([
    { name: 'the person says no', says: 'n', person: true, code: 1, tells: 'nothing was done' },
    { name: 'the person says nothing', says: '', person: true, code: 1, tells: 'nothing was done' },
    { name: 'the person says it otherwise', says: 'yo', person: true, code: 1, tells: 'nothing' },
    { name: 'nobody is there to be asked', says: 'y', person: false, code: 3, tells: '--digest' },
  ])('approves nothing if $name', async ({ says, person, code, tells }) => {
    const ran = await run('approve plan-1', { hub: hubThat(), terminal: { input: person }, says });
    expect(ran).toMatchObject({ code, err: expect.stringContaining(tells) });
    expect(ran.asked).toEqual([...LOOKED_AT, 'GET /api/v1/me']);
  });

  it('approves nothing if another digest was looked at than it would run now', async () => {
    const ran = await run(`approve plan-1 --yes --digest ${OTHER}`, { hub: hubThat() });
    expect(ran.code).toBe(1);
    expect(ran.err).toContain(`plan plan-1 would run ${PLAN.digest}, not ${OTHER}`);
    expect(ran.asked).toEqual(LOOKED_AT);
  });

  it('says so if the plan has changed since it was shown', async () => {
    const said = { title: 'The plan is not the one you saw', field: 'digest' };
    const changed = aProblem(409, 'approval/digest_mismatch', said);
    const ran = await run('approve plan-1 --yes', { hub: hubThat(changed) });
    expect(ran).toMatchObject({
      code: 1,
      err: 'apolloctl: The plan is not the one you saw: because\n  field: digest\n  (approval/digest_mismatch, request req-1)',
    });
  });

  it('approves nothing if what it changes cannot be shown', async () => {
    const hub = { ...hubThat(), 'GET /api/v1/plans/plan-1/diff': aProblem(503, 'http/busy') };
    const ran = await run('approve plan-1 --yes', { hub });
    expect(ran).toMatchObject({ code: 2, asked: LOOKED_AT });
  });

  it('warns of an approval that will be worth nothing when the plan may begin', async () => {
    const lapses = [{ expiresAt: '…', message: 'the approval of ann lapses before that' }];
    const ran = await run('approve plan-1 -y', { hub: hubThat({ body: { ...APPROVED, lapses } }) });
    expect(ran).toMatchObject({ code: 0, err: 'warning: the approval of ann lapses before that' });
  });

  it('says who is still missing', async () => {
    const body = { ...APPROVED, approval: PLAN.approval };
    const ran = await run('approve plan-1 -y', { hub: hubThat({ body }) });
    expect(ran.out).toContain('still missing for production: sre');
  });

  it('as JSON prints the answer of the hub alone, and shows the plan beside it', async () => {
    const ran = await run('approve plan-1 -y -o json', { hub: hubThat() });
    expect(ran.out).toBe(JSON.stringify(APPROVED));
    expect(ran.err).toContain(PLAN.digest);
  });

  it('shows nothing that a terminal obeys, and no line that is not its own', async () => {
    const reason = 'fine\u001b[2K\u001b[1A\n  digest   0000';
    const hub = { ...hubThat(), 'GET /api/v1/plans/plan-1': { body: { ...PLAN, reason } } };
    const ran = await run('approve plan-1 -y', { hub });
    expect(ran.out).toContain('reason    fine\\u{1b}[2K\\u{1b}[1A   digest   0000');
  });
});

describe('what people say about a plan', () => {
  it.each([
    { line: ['reject', 'plan-1', '--reason', 'not now'], body: { reason: 'not now' } },
    { line: ['cancel', 'plan-1', '--reason', 'not now'], body: { reason: 'not now' } },
    {
      line: ['resolve', 'plan-1', '--outcome', 'failed', '--reason', 'it burned'],
      body: { outcome: 'FAILED', reason: 'it burned' },
    },
    { line: ['withdraw', 'plan-1'], body: {} },
    { line: ['execute', 'plan-1'], body: {} },
  ])('$line', async ({ line, body }) => {
    const path = `POST /api/v1/plans/plan-1/${line[0] ?? ''}`;
    const ended = { ...PLAN, state: 'CANCELLED', message: 'ann said no' };
    const ran = await run(line, { hub: { [path]: { body: ended } } });
    expect(ran).toMatchObject({ code: 0, asked: [path], requests: [{ body }] });
    expect(ran.out).toBe('upgrade of aria-prod, 1.0.0 -> 1.1.0: CANCELLED: ann said no');
  });
});
