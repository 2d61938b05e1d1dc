import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

/** One entry of an archive to be made: a file, or what its `header` says it is. */
export interface ArchiveEntry {
  readonly name: string;
  readonly content?: string | Uint8Array;
  readonly header?: Partial<Header>;
}

/** A tar archive of these entries, whatever they are. */
export async function tarOf(entries: readonly ArchiveEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, content = '', header } of entries) {
    archive.entry({ name, ...header }, Buffer.from(content));
  }
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function archiveOf(entries: readonly ArchiveEntry[]): Promise<Buffer> {
  return gzipSync(await tarOf(entries));
}

/** A small chart that can be installed. */
export async function aChart(name = 'aria-frontend', version = '1.0.0'): Promise<Buffer> {
  return archiveOf([
    {
      name: `${name}/Chart.yaml`,
      content: `apiVersion: v2\nname: ${name}\nversion: ${version}\n`,
    },
    { name: `${name}/values.yaml`, content: 'replicas: 1\n' },
    {
      name: `${name}/templates/config.yaml`,
      content: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n',
    },
  ]);
}
