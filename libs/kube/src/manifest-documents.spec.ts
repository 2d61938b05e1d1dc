import { describe, expect, it } from '@jest/globals';
import { manifestDocuments, type ManifestDocument } from './manifest-documents.js';

async function read(manifest: string): Promise<ManifestDocument[]> {
  const result = await manifestDocuments(manifest);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

describe('manifestDocuments', () => {
  it('finds each object and keeps its text', async () => {
    const manifest = [
      '---',
      '# Source: web/templates/a.yaml',
      'apiVersion: v1',
      'kind: ConfigMap',
      'metadata: {name: a}',
      'data:',
      '  text: |',
      '    first',
      '    --- not a separator',
      '--- # the second',
      'apiVersion: v1',
      'kind: Secret',
      'metadata: {name: b, namespace: other}',
      '---',
      '# nothing in here',
    ].join('\n');
    const [first, second, ...rest] = await read(manifest);
    expect(first?.object).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'a' } });
    expect(first?.yaml).toContain('# Source: web/templates/a.yaml');
    expect(first?.yaml).toContain('    --- not a separator');
    expect(second?.object.metadata).toEqual({ name: 'b', namespace: 'other' });
    expect(rest).toEqual([]);
  });

  it('takes a list apart', async () => {
    const item = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [item('a'), item('b')] });
    expect(await read(list)).toEqual([
      { object: item('a'), yaml: null },
      { object: item('b'), yaml: null },
    ]);
  });

  it('takes whatever has items for a list, as Helm does, be it named as something else', async () => {
    const item = (name: string) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name } });
    const outer = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'harmless' } };
    const inner = { apiVersion: 'v1', kind: 'List', metadata: { name: 'x' }, items: [item('b')] };
    expect(await read(JSON.stringify({ ...outer, items: [item('a'), inner] }))).toEqual([
      { object: item('a'), yaml: null },
      { object: item('b'), yaml: null },
    ]);
  });

  it('ends a document at every line that begins with ---, as Helm does', async () => {
    const head = (kind: string) => `apiVersion: v1\nkind: ${kind}\nmetadata: {name: a}\n`;
    const read2 = await read(`${head('Secret')}---x: 1\n${head('ConfigMap')}`);
    expect(read2.map(({ object }) => object.kind)).toEqual(['Secret', 'ConfigMap']);
  });

  it('lets a key come twice, as Helm does', async () => {
    const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: "1", x: "2"}\n';
    expect(await read(yaml)).toMatchObject([{ object: { data: { x: '2' } } }]);
  });

  it.each(['just text', 'kind: ConfigMap', '[1, 2]', 'a: {'])('refuses %j', async (text) => {
    expect(await manifestDocuments(`---\n${text}`)).toMatchObject({
      ok: false,
      error: {
        code: 'manifest/unreadable',
        message: expect.stringContaining(JSON.stringify(text)),
      },
    });
  });

  it.each([
    { name: 'a number for a name', yaml: map('metadata: {name: 7}'), why: 'no apiVersion' },
    { name: 'an empty name', yaml: map('metadata: {name: ""}'), why: 'no apiVersion' },
    {
      name: 'a name of 254 characters',
      yaml: map(`metadata: {name: ${'a'.repeat(254)}}`),
      why: 'its name or namespace is longer than 253 characters',
    },
    {
      name: 'a kind of 64 characters',
      yaml: `apiVersion: v1\nkind: ${'K'.repeat(64)}\nmetadata: {name: a}\n`,
      why: 'or its kind than 63',
    },
    {
      name: 'a list for a namespace',
      yaml: map('metadata: {name: a, namespace: [b]}'),
      why: 'no apiVersion',
    },
    { name: 'brackets without end', yaml: map(`x: ${'['.repeat(60_000)}`), why: '' },
    {
      name: 'a bomb of aliases',
      yaml: gadget(`metadata: {name: a}\n${aliasBomb()}`),
      why: 'its aliases stand for too much',
    },
    {
      name: 'an alias of itself',
      yaml: gadget('metadata: {name: a}\ndata: &d {x: *d}'),
      why: 'its aliases stand for too much',
    },
    { name: 'a tag of its own', yaml: map('x: !!js/function "y"'), why: 'unknown tag' },
  ])('refuses $name, and says what it is', async ({ yaml, why }) => {
    expect(await manifestDocuments(yaml)).toMatchObject({
      ok: false,
      error: { code: 'manifest/unreadable', message: expect.stringContaining(why) },
    });
  });

  it('reads a namespace that was left empty', async () => {
    const [document] = await read(gadget('metadata: {name: a, namespace: }'));
    expect(document?.object.metadata.namespace ?? null).toBeNull();
  });

  it('reads what people write with aliases', async () => {
    const yaml = gadget('metadata: {name: a}\nx: &x {b: c}\ny: {<<: *x, d: e}\nz: [*x, *x]');
    expect(await read(yaml)).toMatchObject([{ object: { y: { b: 'c', d: 'e' } } }]);
  });

  it('gives nobody a prototype', async () => {
    const [document] = await read(
      gadget('metadata: {name: a}\nx: &x {__proto__: {polluted: true}}\ny: {<<: *x}'),
    );
    const { y } = document?.object as unknown as { y: { polluted?: boolean } };
    expect([y.polluted, ({} as { polluted?: boolean }).polluted]).toEqual([undefined, undefined]);
  });
});

function map(more: string): string {
  return `apiVersion: v1\nkind: ConfigMap\n${more}\n`;
}

/** Of a kind that nobody knows here. */
function gadget(more: string): string {
  return `apiVersion: example.com/v1\nkind: Gadget\n${more}\n`;
}

/** Nine lists of nine, each of the one before. */
function aliasBomb(): string {
  const lists = Array.from({ length: 9 }, (_, level) => {
    const items = Array.from({ length: 9 }, () => (level === 0 ? 'x' : `*l${level - 1}`));
    return `k${level}: &l${level} [${items.join(', ')}]`;
  });
  return lists.join('\n');
}
