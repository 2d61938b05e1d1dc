import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { Authority, Permission } from '@apollo-deploy/domain';
import type { OnAuthority } from '../http/open-answers.js';
import { RecordedLog } from '../testing/spokes/recorded-log.js';
import { AuditExport } from './audit-export.js';

const ANN = { person: 'ann', credentials: { kind: 'token', id: 'token-1' } } as const;
const FIRST = { done: false, value: ['{"number":1}'] } as const;

const who = (everywhere: readonly Permission[]): Authority => ({
  everywhere,
  inEnvironments: new Map([['dev', ['audit'] as const]]),
});

/** Lines that never end, each when it is asked for. */
async function* endless(): AsyncGenerator<readonly string[]> {
  for (;;) yield ['{"number":2}'];
}

async function* none(): AsyncGenerator<readonly string[]> {
  yield* [];
}

/** An export whose reader is followed, until it is not. */
function exporting() {
  const log = new RecordedLog();
  let changed: OnAuthority = () => undefined;
  let followed = 0;
  const answers = {
    follow: (_: unknown, tell: OnAuthority) => {
      changed = tell;
      followed += 1;
      return () => void (followed -= 1);
    },
  };
  const tell: OnAuthority = (authority) => {
    changed(authority);
  };
  return { log, tell, followed: () => followed, audit: new AuditExport(answers, log) };
}

describe('an export of the audit trail', () => {
  it.each([
    { name: 'is not let in any more', authority: undefined },
    { name: 'may not read all of it any more', authority: who(['view']) },
  ])('is cut off once whoever asked for it $name', async ({ authority }) => {
    const { audit, tell, log, followed } = exporting();
    const sink = new PassThrough({ highWaterMark: 64 });
    const served = audit.serve(sink, { first: FIRST, rest: endless(), standing: ANN });
    tell(who(['audit']));
    expect(sink.destroyed).toBe(false);
    tell(authority);
    await served;
    expect(sink.destroyed).toBe(true);
    expect(sink.readableEnded).toBe(false);
    expect(log.warnings).toHaveLength(1);
    expect(followed()).toBe(0);
  });

  it('is whole where nothing is taken from them', async () => {
    const { audit, followed } = exporting();
    const sink = new PassThrough();
    await audit.serve(sink, { first: FIRST, rest: none(), standing: ANN });
    expect(String(sink.read())).toBe('{"number":1}\n');
    expect(followed()).toBe(0);
  });
});
