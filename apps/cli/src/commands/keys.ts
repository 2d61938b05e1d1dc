import {
  cosignKeySet,
  type KeySet,
  keySetOf,
  objectionToKeySet,
  openOwnKeySet,
  type PlanKey,
  signKeySet,
} from '@apollo-deploy/protocol';
import type { Command } from 'commander';
import { CommandEnded } from '../command-ended.js';
import { EXIT } from '../exit-code.js';
import { readEnvelope, readPrivateKey, readPublicKey } from '../keys/read-keys.js';
import type { Surroundings } from '../surroundings.js';

interface Signing {
  /** Files with private keys. */
  readonly by: readonly string[];
}

interface NewSet extends Signing {
  readonly threshold: string;
  /** Files with public keys. */
  readonly trust: readonly string[];
  readonly expires?: string;
}

const collected = (file: string, files: readonly string[]): readonly string[] => [...files, file];
const BY = 'a private key (PEM) that signs it; give each';

/** Makes key sets, without the hub: the private keys need not be where it is. */
export function addKeys(program: Command, surroundings: Surroundings): void {
  const keys = program.command('keys').description('make key sets for spokes, without the hub');
  keys
    .command('sign')
    .description('print a key set, signed: post it to /api/v1/key-sets')
    .argument('<version>', 'one more than the newest key set has')
    .option('--threshold <number>', 'how many of the keys have to sign a plan', '1')
    .requiredOption(
      '--trust <file>',
      'a public key (PEM) that is to count; give each',
      collected,
      [],
    )
    .option('--expires <instant>', 'until when the keys count, such as 2027-06-01T00:00:00Z')
    .requiredOption('--by <file>', BY, collected, [])
    .action(async (version: string, given: NewSet) => {
      const set = keySetGiven(
        version,
        given,
        await readAll(given.trust, surroundings, readPublicKey),
      );
      const signers = await readAll(given.by, surroundings, readPrivateKey);
      print(surroundings, signKeySet(set, signers));
    });
  keys
    .command('cosign')
    .argument('<file>', 'what keys sign has printed')
    .description('print it with further signatures, and say what they are for')
    .requiredOption('--by <file>', BY, collected, [])
    .action(async (file: string, { by }: Signing) => {
      const envelope = await readEnvelope(surroundings.directory, file);
      const signers = await readAll(by, surroundings, readPrivateKey);
      const cosigned = cosignKeySet(envelope, signers);
      if (!cosigned.ok) {
        const message = `${file} is not signed: ${cosigned.error.message}`;
        throw new CommandEnded(EXIT.unusable, message);
      }
      surroundings.tell(inWords(cosigned.value.set));
      print(surroundings, cosigned.value.envelope);
    });
}

function keySetGiven(version: string, given: NewSet, keys: readonly PlanKey[]): KeySet {
  const { threshold, expires: expiresAt } = given;
  const numbers = { version: Number(version), threshold: Number(threshold) };
  const set = keySetOf({ ...numbers, keys, expiresAt });
  const objection = objectionToKeySet(set);
  if (objection === null) return set;
  throw new CommandEnded(EXIT.unusable, `that is no key set: ${objection}`);
}

/** What somebody puts their name to. */
function inWords({ version, threshold, keys, expiresAt }: KeySet): string {
  const until = expiresAt === undefined ? 'without an end' : `until ${expiresAt}`;
  return [
    `signed: key set ${version}, ${until}; to sign a plan or the next key set takes ${threshold} of`,
    ...keys.map(({ keyId }) => `  ${keyId}`),
  ].join('\n');
}

/** One after another: what is wrong with the first is said first. */
async function readAll(
  files: readonly string[],
  { directory }: Surroundings,
  read: (directory: string, file: string) => Promise<PlanKey>,
): Promise<readonly PlanKey[]> {
  const keys: PlanKey[] = [];
  for (const file of files) keys.push(await read(directory, file));
  return keys;
}

/** Says where signatures are still missing, which a hub would refuse. */
function print(surroundings: Surroundings, envelope: ReturnType<typeof signKeySet>): void {
  const opened = openOwnKeySet(envelope);
  surroundings.print(JSON.stringify(envelope, null, 2));
  if (!opened.ok) surroundings.tell(`not whole yet: ${opened.error.message} (keys cosign)`);
}
