import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseJson } from '@apollo-deploy/kernel';
import { DsseEnvelope, type PlanKey, privateKeyFrom, publicKeyFrom } from '@apollo-deploy/protocol';
import { Value } from 'typebox/value';
import { CommandEnded } from '../command-ended.js';
import { EXIT } from '../exit-code.js';

const OTHERS = 0o077;

/** The public key in a file (PEM). Throws `CommandEnded` for what is none. */
export async function readPublicKey(directory: string, file: string): Promise<PlanKey> {
  const key = publicKeyFrom(await textOf(directory, file));
  if (key.ok) return key.value;
  throw new CommandEnded(EXIT.unseen, `${file} is not usable: ${key.error}`);
}

/** The private key in a file (PEM) that only its owner may read. Throws `CommandEnded` for what is none. */
export async function readPrivateKey(directory: string, file: string): Promise<PlanKey> {
  const text = await textOf(directory, file, (mode) => {
    if ((mode & OTHERS) === 0) return;
    const message = `${file} may be read by others; run chmod 600 ${file}`;
    throw new CommandEnded(EXIT.unseen, message);
  });
  const key = privateKeyFrom(text);
  if (key.ok) return key.value;
  throw new CommandEnded(EXIT.unseen, `${file} is not usable: ${key.error}`);
}

/** A signed key set in a file, as `keys sign` prints it. Throws `CommandEnded` for what is none. */
export async function readEnvelope(directory: string, file: string): Promise<DsseEnvelope> {
  const text = await textOf(directory, file);
  const value = parseJson(text);
  if (Value.Check(DsseEnvelope, value)) return value;
  throw new CommandEnded(EXIT.unseen, `${file} holds no signed key set; make one with keys sign`);
}

async function textOf(
  directory: string,
  file: string,
  check: (mode: number) => void = () => undefined,
): Promise<string> {
  const path = resolve(directory, file);
  try {
    check((await stat(path)).mode);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof CommandEnded) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandEnded(EXIT.unseen, `${file} cannot be read: ${why}`);
  }
}
