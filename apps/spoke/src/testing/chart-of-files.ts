import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packChart } from '../../../../tools/pack-chart.mjs';

/** The chart `name` 1.0.0 of these files, by their paths below its `Chart.yaml`; packed. */
export async function chartOfFiles(
  name: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'apollo-chart-'));
  try {
    const all = { 'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`, ...files };
    for (const [path, content] of Object.entries(all)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    return packChart(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
