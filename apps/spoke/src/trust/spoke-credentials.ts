import { sha256Hex } from '@apollo-deploy/kernel';
import {
  type KeySet,
  type NextKeyOffer,
  signJoinRequest,
  signNextKey,
  signSessionToken,
  SpokeKey,
} from '@apollo-deploy/protocol';
import type { Logger } from 'pino';
import type { Clock } from '../clock.js';
import type { UpgradeRefusal } from '../hub-link/reconnect-delay.js';
import type { IdentityFiles, KeyName, Membership } from './identity-files.js';
import { joinHub } from './join-hub.js';

/** The spoke has not joined and cannot; a person has to do what the message says. */
class NotJoined extends Error {
  override readonly name = 'NotJoined';
  /** True: a new token may be there for the next attempt. */
  readonly retryable = true;
}

export interface SpokeCredentialsOptions {
  readonly files: IdentityFiles;
  /** `http:` or `https:` address of the hub, without a path. */
  readonly hubUrl: string;
  /** UID of the kube-system namespace. */
  readonly clusterUid: string;
  /** The join token, read anew each time; null where there is none. */
  readonly joinToken: () => Promise<string | null>;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Told in each answer to a join whose signatures are to count; absent there: this hub signs nothing. */
  readonly onKeySet?: (set: KeySet | undefined) => Promise<void>;
  /** How old a key becomes before the spoke takes another one, in milliseconds. */
  readonly keyLifeMs: number;
  readonly log: Logger;
  readonly fetch?: typeof globalThis.fetch;
}

/** A clock that is off by less than this, in milliseconds, needs no correction. */
const TOLERATED_MS = 15_000;

/**
 * By what a spoke shows its hub who it is: joins once with a token and a key it makes, and signs a session
 * token for each connection and each request after that.
 */
export class SpokeCredentials {
  /** How far the hub's clock is ahead of this one, as far as the hub has said. */
  private hubAheadMs = 0;
  private joining: Promise<Membership> | null = null;
  /** The key that signed the newest token. */
  private shown: KeyName = 'key';
  /** The hub does not take the key that it has acknowledged: it was restored from before that. */
  private fallsBack = false;

  constructor(private readonly options: SpokeCredentialsOptions) {}

  /** A session token that was not shown before. Joins first where it has to. */
  async token(): Promise<string> {
    const { clock, newId } = this.options;
    const { spoke, hub } = await this.member();
    const key = await this.signer();
    const now = new Date(clock.now().getTime() + this.hubAheadMs);
    return signSessionToken(key, { spoke, hub, id: newId(), now });
  }

  /**
   * The hub has refused a token. Answers whether another one may do better at once: because it is signed
   * for the time there, or by the other key of a change. The key before is shown only where the next one
   * is unknown there: where it is known, showing the one before is an alarm.
   */
  refused({ hubTime, keyIsUnknown }: UpgradeRefusal): boolean {
    const isOther = keyIsUnknown && (this.fallsBack || this.shown === 'stored-key');
    if (isOther) this.fallsBack = !this.fallsBack;
    return this.noteTime(hubTime) || isOther;
  }

  /**
   * The hub has let in the key that was shown. If that was the next one, it is the only one now. Answers
   * the key to offer: one that is under way, or a new one if the present one is old.
   */
  async welcomed(): Promise<NextKeyOffer | null> {
    const { files, clock, keyLifeMs } = this.options;
    if (this.shown === 'stored-key') await files.renameKey('stored-key', 'key');
    else if ((await files.key('stored-key')) !== null) {
      await files.renameKey('stored-key', 'offered-key');
    }
    this.shown = 'key';
    this.fallsBack = false;
    const madeAt = await files.madeAt('key');
    const isOld = madeAt !== null && clock.now().getTime() - madeAt.getTime() >= keyLifeMs;
    const next =
      (await files.key('offered-key')) ?? (isOld ? await this.makeKey('offered-key') : null);
    const [key, member] = [await files.key('key'), await files.membership()];
    return next === null || key === null || member === null
      ? null
      : signNextKey({ key, next }, member);
  }

  /** The hub has kept the key that was offered: it is shown from now on. */
  stored(): Promise<void> {
    return this.options.files.renameKey('offered-key', 'stored-key');
  }

  private async signer(): Promise<SpokeKey> {
    const { files } = this.options;
    const stored = await files.key('stored-key');
    const key = stored === null || this.fallsBack ? await files.key('key') : stored;
    this.shown = key === stored ? 'stored-key' : 'key';
    if (key !== null) return key;
    throw new NotJoined(
      'the key of this spoke is gone; give it a new join token, and it makes one',
    );
  }

  private noteTime(hubTime: Date | null): boolean {
    if (hubTime === null) return false;
    const aheadMs = hubTime.getTime() - this.options.clock.now().getTime();
    const isNews = Math.abs(aheadMs - this.hubAheadMs) > TOLERATED_MS;
    if (isNews) this.hubAheadMs = aheadMs;
    return isNews;
  }

  /** One request to join at a time, whoever asks. */
  private member(): Promise<Membership> {
    this.joining ??= this.join().finally(() => (this.joining = null));
    return this.joining;
  }

  private async join(): Promise<Membership> {
    const { files, joinToken, log } = this.options;
    const member = await files.membership();
    const token = await joinToken();
    if (member !== null && (token === null || sha256Hex(token) === member.tokenHash)) return member;
    if (token === null) {
      throw new NotJoined(
        'this spoke has not joined a hub; make a join token (POST /api/v1/join-tokens) and put it into the file that APOLLO_SPOKE_TOKEN_FILE names',
      );
    }
    const joined = await this.use(token);
    if (joined.ok) return joined.member;
    if (member === null) throw new NotJoined(joined.message);
    log.warn({ reason: joined.message }, 'the new join token was refused; going on as before');
    return member;
  }

  private async use(token: string): Promise<Joining> {
    const { files, hubUrl, clusterUid, onKeySet, log } = this.options;
    const key = (await files.key('key')) ?? (await this.makeKey('key'));
    const answer = await joinHub(
      hubUrl,
      signJoinRequest(key, { token, clusterUid }),
      this.options.fetch,
    );
    if (!answer.ok) return { ok: false, message: answer.error.message };
    const { spoke, environment, hub, accepted, keySet } = answer.value;
    // First: a spoke that has joined, and was cut off here, would never ask again.
    await onKeySet?.(keySet);
    const member = { spoke, environment, hub, tokenHash: sha256Hex(token) };
    await files.keepMembership(member);
    log.info({ spoke, environment, publicKey: key.publicKey, accepted }, 'joined the hub');
    return { ok: true, member };
  }

  /** Kept before anybody hears of it: what the hub knows is never lost with the process. */
  private async makeKey(name: KeyName): Promise<SpokeKey> {
    const key = SpokeKey.create();
    await this.options.files.keepKey(name, key);
    return key;
  }
}

type Joining =
  | { readonly ok: true; readonly member: Membership }
  | { readonly ok: false; readonly message: string };
