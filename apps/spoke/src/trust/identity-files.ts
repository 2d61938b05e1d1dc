import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from '@apollo-deploy/kernel';
import { KeySet, objectionToKeySet, SpokeKey } from '@apollo-deploy/protocol';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { errorCode } from '../error-code.js';

/** The key of this spoke, or what it knows of its hub, is not to be had as things are. */
export class IdentityUnusable extends Error {
  override readonly name = 'IdentityUnusable';
  /** True: the files are read anew for the next attempt. */
  readonly retryable = true;
}

const Membership = Type.Object({
  spoke: Type.String(),
  environment: Type.String(),
  hub: Type.String(),
  tokenHash: Type.String(),
});
/** What a spoke has been told when it joined. `tokenHash`: SHA-256 of the join token, used up. */
export type Membership = Static<typeof Membership>;

/**
 * `key` is the one that the hub knows; an `offered` one it may know, a `stored` one it has acknowledged
 * and takes from now on.
 */
export type KeyName = 'key' | 'offered-key' | 'stored-key';

const KeptKeySets = Type.Object({
  /** Whose signatures count. */
  set: KeySet,
  /** Whose did before, the newest first. */
  former: Type.Array(KeySet),
});
/** Whose signatures a spoke goes by, as it keeps that. */
export type KeptKeySets = Static<typeof KeptKeySets>;

const MEMBERSHIP = 'hub.json';
const KEY_SETS = 'key-sets.json';

/** The keys of a spoke and its membership, in files that only their owner may read (0600). */
export class IdentityFiles {
  constructor(private readonly directory: string) {}

  async key(name: KeyName): Promise<SpokeKey | null> {
    const pem = await this.read(`${name}.pem`);
    if (pem === null) return null;
    try {
      return SpokeKey.fromPem(pem);
    } catch (error) {
      const path = this.path(`${name}.pem`);
      const message = `${path} holds no Ed25519 key; delete it and join with a new token`;
      throw new IdentityUnusable(message, { cause: error });
    }
  }

  /** When the key was made; null if there is none. */
  async madeAt(name: KeyName): Promise<Date | null> {
    try {
      return (await stat(this.path(`${name}.pem`))).mtime;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw this.unusable(`${name}.pem`, error);
    }
  }

  keepKey(name: KeyName, key: SpokeKey): Promise<void> {
    return this.write(`${name}.pem`, key.toPem());
  }

  /** All or nothing: whatever happens meanwhile, the key is under one of the two names. */
  async renameKey(from: KeyName, to: KeyName): Promise<void> {
    try {
      await rename(this.path(`${from}.pem`), this.path(`${to}.pem`));
      await this.syncDirectory();
    } catch (error) {
      throw this.unusable(`${to}.pem`, error);
    }
  }

  /** Null: it has not joined. */
  async membership(): Promise<Membership | null> {
    const text = await this.read(MEMBERSHIP);
    if (text === null) return null;
    const kept = parseJson(text);
    if (Value.Check(Membership, kept)) return kept;
    const message = `${this.path(MEMBERSHIP)} cannot be read; delete it and join with a new token`;
    throw new IdentityUnusable(message);
  }

  keepMembership(membership: Membership): Promise<void> {
    return this.write(MEMBERSHIP, `${JSON.stringify(membership)}\n`);
  }

  /** Null: it knows of none. */
  async keySets(): Promise<KeptKeySets | null> {
    const text = await this.read(KEY_SETS);
    if (text === null) return null;
    const kept = parseJson(text);
    const isUsable =
      Value.Check(KeptKeySets, kept) &&
      [kept.set, ...kept.former].every((set) => objectionToKeySet(set) === null);
    if (isUsable) return kept;
    const message = `${this.path(KEY_SETS)} cannot be read; delete it, and give this spoke the newest public keys of its hub (APOLLO_SPOKE_TRUSTED_KEYS)`;
    throw new IdentityUnusable(message);
  }

  keepKeySets(kept: KeptKeySets): Promise<void> {
    return this.write(KEY_SETS, `${JSON.stringify(kept, null, 2)}\n`);
  }

  private path(file: string): string {
    return join(this.directory, file);
  }

  private async read(file: string): Promise<string | null> {
    try {
      const { mode } = await stat(this.path(file));
      if ((mode & 0o077) !== 0) {
        const path = this.path(file);
        throw new IdentityUnusable(`${path} may be read by others; run chmod 600 ${path}`);
      }
      return await readFile(this.path(file), 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw error instanceof IdentityUnusable ? error : this.unusable(file, error);
    }
  }

  /** All or nothing, and there to stay when it resolves. */
  private async write(file: string, text: string): Promise<void> {
    const draft = this.path(`.${randomUUID()}.part`);
    try {
      await mkdir(this.directory, { recursive: true, mode: 0o700 });
      const handle = await open(draft, 'wx', 0o600);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, this.path(file));
      await this.syncDirectory();
    } catch (error) {
      await rm(draft, { force: true });
      throw this.unusable(file, error);
    }
  }

  private async syncDirectory(): Promise<void> {
    const handle = await open(this.directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  private unusable(file: string, cause: unknown): IdentityUnusable {
    const message = `${this.path(file)} cannot be read or written; check the spoke's working directory`;
    return new IdentityUnusable(message, { cause });
  }
}
