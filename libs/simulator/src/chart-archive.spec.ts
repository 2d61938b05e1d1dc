import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { readChartArchive } from './chart-archive.js';

/** A gzipped tar archive of these files. */
function archive(files: Readonly<Record<string, string>>): Uint8Array {
  const blocks = Object.entries(files).flatMap(([name, text]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(`${Buffer.byteLength(text).toString(8).padStart(11, '0')}\0`, 124);
    const content = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
    content.write(text);
    return [header, content];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

const ABOUT = 'apiVersion: v2\nname: web\nversion: 1.2.3\n';

describe('reading a chart archive', () => {
  it.each([
    {
      name: 'its name, its versions, and its values',
      files: {
        'web/Chart.yaml': `${ABOUT}appVersion: "9"\n`,
        'web/templates/deployment.yaml': '{{ not yaml }}'.repeat(100),
        'web/values.yaml': "replicas: 2\nbehaviour: 'crash-loop'\n",
      },
      expected: {
        ...{ name: 'web', version: '1.2.3', appVersion: '9' },
        defaults: { replicas: 2, behaviour: 'crash-loop' },
      },
    },
    {
      name: 'a chart without values and without a version of the app',
      files: { 'web/Chart.yaml': ABOUT },
      expected: { name: 'web', version: '1.2.3', appVersion: '1.2.3', defaults: {} },
    },
    {
      name: 'nothing of the charts inside of it',
      files: {
        'web/Chart.yaml': ABOUT,
        'web/charts/db/Chart.yaml': 'name: db\nversion: 2.0.0\n',
        'web/charts/db/values.yaml': 'replicas: 7\n',
      },
      expected: { name: 'web', version: '1.2.3', appVersion: '1.2.3', defaults: {} },
    },
    { name: 'that it is none', files: { 'web/values.yaml': 'a: 1\n' }, expected: null },
  ])('tells $name', ({ files, expected }) => {
    expect(readChartArchive(archive(files))).toEqual(expected);
  });
});
