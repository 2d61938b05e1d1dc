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
});
