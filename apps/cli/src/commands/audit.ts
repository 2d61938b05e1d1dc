import type { Command } from 'commander';
import { type GivenHeads, readHeads } from '../audit/read-heads.js';
import { verifyExport } from '../audit/verify-export.js';
import { CommandEnded } from '../command-ended.js';
import { EXIT } from '../exit-code.js';
import { screened } from '../output/plain.js';
import type { Surroundings } from '../surroundings.js';

/** What is done about the audit trail without the hub. */
export function addAudit(program: Command, surroundings: Surroundings): void {
  program
    .command('audit')
    .description('check the audit trail, without the hub')
    .command('verify')
    .argument('<file>', 'an export: what GET /api/v1/audit/export answered')
    .description('find the first line of an export that is not as it was written')
    .option(
      '--head <head>',
      'NUMBER:HASH, or a file with what GET /api/v1/audit/head answered or with the ConfigMap of a spoke, as kubectl get -o json prints it; give each that you have kept',
      (head: string, heads: readonly string[]) => [...heads, head],
      [] as readonly string[],
    )
    .action(async (file: string, { head }: { readonly head: readonly string[] }) => {
      const given: GivenHeads[] = [];
      for (const text of head) {
        const read = await readHeads(text);
        if (!read.ok) throw new CommandEnded(EXIT.unseen, read.error);
        given.push(read.value);
      }
      const found = await verifyExport(
        file,
        given.flatMap(({ heads }) => heads),
      );
      const { code } = found;
      const text = [found.text, ...given.flatMap(({ note }) => note ?? [])].join('\n');
      if (code !== EXIT.done) throw new CommandEnded(code, text);
      surroundings.print(screened(text));
    });
}
