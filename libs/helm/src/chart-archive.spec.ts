import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { mayLookUp } from './chart-archive.js';

/** A packed tar of these files. */
function packed(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const entries = Object.entries(files).flatMap(([path, text]) => {
    const content = Buffer.from(text);
    const header = Buffer.alloc(512);
    header.write(path);
    header.write(content.length.toString(8).padStart(11, '0'), 124);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]));
}

const ASKS = '{{ if lookup "v1" "Secret" "a" "b" }}x{{ end }}';

describe('whether a chart may ask the cluster', () => {
  it.each([
    { name: 'has no template', files: {}, expected: false },
    { name: 'only says so of its values', files: { 'a/t/x': '{{ .Values.x }}' }, expected: false },
    {
      name: 'has helpers',
      files: { 'a/templates/_helpers.tpl': 'see _helpers.tpl' },
      expected: false,
    },
    { name: 'asks', files: { 'a/templates/x.yaml': ASKS }, expected: true },
    {
      name: 'takes a text for a template',
      files: { 'a/templates/x.yaml': '{{tpl .Values.x .}}' },
      expected: true,
    },
    {
      name: 'depends on one that asks',
      files: { 'a/charts/b.tgz': packed({ 'b/templates/x.yaml': ASKS }) },
      expected: true,
    },
    {
      name: 'depends on one that asks, under a name that was cut off',
      files: { 'a/charts/b': packed({ 'b/charts/c.t': packed({ 'c/templates/x': ASKS }) }) },
      expected: true,
    },
    {
      name: 'depends on one that does not ask',
      files: { 'a/charts/b.tgz': packed({ 'b/templates/x.yaml': 'kind: ConfigMap' }) },
      expected: false,
    },
    {
      name: 'holds what cannot be unpacked',
      files: { 'a/files/x.gz': Buffer.from([0x1f, 0x8b, 0]) },
      expected: true,
    },
  ])('is $expected of one that $name', ({ files, expected }) => {
    expect(mayLookUp(packed(files))).toBe(expected);
  });
});
