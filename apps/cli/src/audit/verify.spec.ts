import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CHAIN_START, ChainCheck, type ChainHead, lineText, nextLine } from '@apollo-deploy/domain';
import fc from 'fast-check';
import { run } from '../testing/cli-run.js';
import { exportLines } from './export-lines.js';

const LINES: string[] = [];
const HEADS: ChainHead[] = [];
let last: ChainHead = CHAIN_START;
for (const reason of ['soon', 'später', 'an odd \ufffd sign', '\u{1f600}', 'line\nfeed']) {
  const line = nextLine(last, { actor: 'sre-1', detail: { reason } });
  last = { number: line.number, hash: line.hash };
  LINES.push(lineText(line));
  HEADS.push(last);
}
const WHOLE = `${LINES.join('\n')}\n`;
const BYTES = new TextEncoder().encode(WHOLE);
const AT = '2026-03-01T12:00:00.000Z';
const HEAD = `${last.number}:${last.hash}`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'apollo-audit-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function verify(text: string | Uint8Array, ...heads: readonly string[]) {
  const file = join(folder, 'audit.ndjson');
  await writeFile(file, text);
  const options = heads.flatMap((head) => ['--head', head]);
  const { code, out, err } = await run(['audit', 'verify', file, ...options]);
  return { code, said: `${out}${err}`.replaceAll(file, 'FILE') };
}

const joined = (...numbers: readonly number[]) =>
  numbers.map((number) => `${LINES[number - 1] ?? ''}\n`).join('');

describe('apolloctl audit verify', () => {
  it('finds a whole export whole, and says how far that is proven', async () => {
    const found = `FILE: 5 entries, unchanged; head ${HEAD}`;
    expect(await verify(WHOLE, HEAD)).toEqual({
      code: 0,
      said: `${found}\nwhole: it ends with the newest head given`,
    });
    expect(await verify(WHOLE, `2:${HEADS[1]?.hash ?? ''}`)).toEqual({
      code: 0,
      said: `${found}\nwhole up to 2, the newest head given`,
    });
    expect(await verify(WHOLE)).toMatchObject({ code: 0, said: expect.stringMatching('--head') });
  });

  it('takes a head from the file in which the answer of the hub was kept', async () => {
    const kept = join(folder, 'head.json');
    await writeFile(kept, JSON.stringify(last));
    expect((await verify(WHOLE, kept)).code).toBe(0);
    expect((await verify(joined(1, 2), kept)).code).toBe(1);
  });

  it.each([
    {
      name: 'an edited row',
      text: WHOLE.replace('soon', 'late'),
      says: 'edited: line 1 was edited',
    },
    { name: 'a removed row', text: joined(1, 3, 4, 5), says: 'removed: line 2 has number 3' },
    { name: 'reordered rows', text: joined(1, 3, 2, 4, 5), says: 'reordered: line 2 is out of' },
    { name: 'a cut tail', text: joined(1, 2, 3), says: 'cut: the copy ends with number 3, and 5' },
    { name: 'a replayed old copy', text: joined(1, 2), says: 'cut: the copy ends with number 2' },
    { name: 'an end in the middle', text: WHOLE.slice(0, -9), says: 'unreadable: line 5 is not' },
    { name: 'a missing line feed', text: WHOLE.slice(0, -1), says: 'unreadable: line 5 is not' },
  ])('names what was done and the first bad line: $name', async ({ text, says }) => {
    expect(await verify(text, HEAD)).toEqual({
      code: 1,
      said: expect.stringContaining(`FILE: ${says}`),
    });
  });

  /** The ConfigMap of a spoke that was told these, as kubectl prints it. */
  const configMap = (...kept: readonly ChainHead[]) => ({
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'apollo-audit-heads-1' } },
    data: Object.fromEntries(
      kept.map((head, index) => [index === 0 ? 'newest' : `2026-03-0${index}`, textOf(head)]),
    ),
  });
  const textOf = (head: ChainHead) => JSON.stringify({ ...head, at: AT, keptAt: AT });
  const headNumber = (number: number): ChainHead => HEADS[number - 1] ?? CHAIN_START;

  async function verifyBy(held: unknown, text = WHOLE) {
    const kept = join(folder, 'heads.json');
    await writeFile(kept, typeof held === 'string' ? held : JSON.stringify(held));
    const { code, said } = await verify(text, kept);
    return { code, said: said.replaceAll(kept, 'HEADS') };
  }

  it.each([
    { name: 'as it is', held: configMap(headNumber(5), headNumber(2)) },
    { name: 'in a list', held: { kind: 'List', items: [configMap(headNumber(5), headNumber(2))] } },
  ])('takes the heads from the ConfigMap of a spoke, $name', async ({ held }) => {
    expect(await verifyBy(held)).toMatchObject({
      code: 0,
      said: expect.stringContaining('whole: it ends with the newest head given'),
    });
    expect(await verifyBy(held, joined(1, 2, 3))).toMatchObject({
      code: 1,
      said: expect.stringContaining('cut: the copy ends with number 3, and 5 were published'),
    });
  });

  it('checks every head that a spoke keeps, and not only the newest', async () => {
    const other = { number: 2, hash: 'f'.repeat(64) };
    expect(await verifyBy(configMap(headNumber(5), other, headNumber(3)))).toMatchObject({
      code: 1,
      said: expect.stringContaining('replaced: line 2 is not the one that was published'),
    });
  });

  it('says that a spoke was told something else, whatever the export says', async () => {
    const { data, ...rest } = configMap(headNumber(5));
    const told = { number: 4, hash: 'f'.repeat(64), at: AT, keptAt: AT };
    const contradicted = JSON.stringify({ kept: headNumber(5), told });
    const { code, said } = await verifyBy({ ...rest, data: { ...data, contradicted } });
    expect(code).toBe(0);
    expect(said).toContain(`the spoke was told of 4:${'f'.repeat(64)} at ${AT}, which contradicts`);
  });

  it.each([
    { name: 'no JSON', held: 'heads', says: 'neither NUMBER:HASH nor a readable file' },
    { name: 'another object', held: { kind: 'Secret', data: {} }, says: 'the file has no head' },
    { name: 'a number', held: '7', says: 'the file has no head' },
    { name: 'a hash of another kind', held: { number: 7, hash: 'abc' }, says: 'has no head' },
    { name: 'a negative number', held: { number: -1, hash: 'a'.repeat(64) }, says: 'has no head' },
    { name: 'an empty list', held: { kind: 'List', items: [] }, says: 'the file holds 0 objects' },
    {
      name: 'two ConfigMaps',
      held: { kind: 'List', items: [configMap(headNumber(5)), configMap(headNumber(5))] },
      says: 'the file holds 2 objects; give the one ConfigMap',
    },
    { name: 'an empty ConfigMap', held: configMap(), says: 'not the ConfigMap of a spoke' },
    {
      name: 'the ConfigMap of something else',
      held: { kind: 'ConfigMap', data: { ledger: '{"claim":null}' } },
      says: 'not the ConfigMap of a spoke',
    },
    {
      name: 'a ConfigMap with a head that is garbled',
      held: { kind: 'ConfigMap', data: { newest: textOf(headNumber(5)), '2026-03-01': '{' } },
      says: 'somebody has changed it',
    },
  ])('cannot look where the file with heads holds $name', async ({ held, says }) => {
    expect(await verifyBy(held)).toEqual({ code: 2, said: expect.stringContaining(says) });
  });

  it.each([
    { name: 'another command', line: ['audit', 'mend', 'x'], code: 3, says: 'unknown command' },
    { name: 'two files', line: ['audit', 'verify', 'x', 'y'], code: 3, says: 'too many arguments' },
    {
      name: 'an unknown option',
      line: ['audit', 'verify', 'x', '--fast'],
      code: 3,
      says: '--fast',
    },
    { name: 'no file', line: ['audit', 'verify', '/none'], code: 2, says: 'cannot be read' },
    {
      name: 'a head that is none',
      line: ['audit', 'verify', '/none', '--head', '7:abc'],
      code: 2,
      says: 'neither NUMBER:HASH',
    },
  ])('says what it needs where it is given $name', async ({ line, code, says }) => {
    expect(await run(line)).toMatchObject({ code, out: '', err: expect.stringContaining(says) });
  });

  it('finds bytes that a lax decoder reads as the same text', async () => {
    const bytes = Uint8Array.from(BYTES);
    const sign = WHOLE.slice(0, WHOLE.indexOf('\ufffd'));
    bytes[new TextEncoder().encode(sign).length] = 0xf0;
    expect(new TextDecoder().decode(bytes)).toBe(WHOLE);
    expect(await verify(bytes, HEAD)).toMatchObject({
      code: 1,
      said: expect.stringContaining('FILE: unreadable: line 3'),
    });
  });

  it('finds any one byte that was changed, taken out or put in, anywhere', async () => {
    const change = fc.record({
      at: fc.nat(BYTES.length - 1),
      removed: fc.nat(1),
      put: fc.option(fc.nat(255), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, removed, put }) => {
        fc.pre(removed === 1 ? put !== BYTES[at] : put !== undefined);
        const middle = put === undefined ? [] : [put];
        const bytes = Uint8Array.from([
          ...BYTES.slice(0, at),
          ...middle,
          ...BYTES.slice(at + removed),
        ]);
        const check = new ChainCheck([last]);
        for await (const line of exportLines(inChunks(bytes))) check.take(line ?? '');
        expect(check.end().ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

/** Cut where no line ends. */
async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
}
