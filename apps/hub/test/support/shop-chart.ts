import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packChart } from '../../../../tools/pack-chart.mjs';

const EXAMPLE = join(import.meta.dirname, '../../../../examples/products/shop-service/1.1.0');
const BEHAVIOUR = '{{- with include "example.behaviour" .root | trim }}';

/**
 * The example that declares its strategies, under another name and version. `crashes`: the pods of its
 * candidate crash-loop, and those of the stable workload do not.
 */
export async function shopChart(
  name: string,
  version: string,
  { crashes = false }: { readonly crashes?: boolean } = {},
): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'apollo-shop-chart-'));
  try {
    await cp(EXAMPLE, folder, { recursive: true });
    await edit(join(folder, 'Chart.yaml'), 'name: shop-service', `name: ${name}`);
    await edit(join(folder, 'Chart.yaml'), 'version: 1.1.0', `version: ${version}`);
    await edit(join(folder, 'Chart.yaml'), 'appVersion: 1.1.0', `appVersion: ${version}`);
    if (crashes) {
      const crash = ['behaviour: crash-loop', 'run-for: 1s', 'back-off: 2s'];
      const lines = crash.map((one) => `        apollo.dev/${one}\n`).join('');
      const added = `{{- if eq .track "candidate" }}\n${lines}        {{- end }}\n        ${BEHAVIOUR}`;
      await edit(join(folder, 'templates/_helpers.tpl'), BEHAVIOUR, added);
    }
    return packChart(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function edit(file: string, before: string, after: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  if (!text.includes(before)) throw new Error(`${file} does not say ${before}`);
  await writeFile(file, text.replace(before, after));
}
