import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runForOutput } from '../run-for-output.js';

export interface ChartSource {
  readonly name: string;
  readonly version: string;
  /** Paths below the chart, for example `templates/config.yaml`, and their text. */
  readonly files: Readonly<Record<string, string>>;
}

/** Writes a chart and packs it with Helm; answers the archive's path. */
export async function packChart(
  helmPath: string,
  directory: string,
  chart: ChartSource,
): Promise<string> {
  const folder = join(directory, `${chart.name}-${chart.version}-src`, chart.name);
  const files = {
    'Chart.yaml': `apiVersion: v2\nname: ${chart.name}\nversion: ${chart.version}\n`,
    ...chart.files,
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const packed = await runForOutput({
    file: helmPath,
    args: ['package', folder, '--destination', directory],
    env: { HOME: directory },
    cwd: directory,
    deadlineMs: 30_000,
  });
  if (packed.exitCode !== 0) throw new Error(`helm package: ${packed.stderr}`);
  return join(directory, `${chart.name}-${chart.version}.tgz`);
}
