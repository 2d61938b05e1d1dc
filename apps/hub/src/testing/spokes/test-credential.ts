import { randomUUID } from 'node:crypto';
import {
  type Context,
  issueJoinToken,
  joinSpoke,
  type Principal,
} from '@apollo-deploy/orchestration';
import { must } from '@apollo-deploy/orchestration/testing';
import {
  JOIN_PATH,
  type JoinAnswer,
  type NextKeyOffer,
  signJoinRequest,
  signNextKey,
  signSessionToken,
  SpokeKey,
} from '@apollo-deploy/protocol';
import { HELLO } from './spoke-scene.js';

const PERSON: Principal = { kind: 'person', name: 'dev-operator', roles: [] };

/** The key of a spoke that has joined a hub from the cluster of `HELLO`, and is accepted. */
export class TestCredential {
  private constructor(
    readonly spoke: string,
    private readonly hub: string,
    private readonly key: SpokeKey,
  ) {}

  /** Registers the spoke and lets it join, in no time. */
  static async joined(
    context: Context,
    spoke: string,
    environment = 'dev',
  ): Promise<TestCredential> {
    const key = SpokeKey.create();
    const { publicKey } = key;
    const { clusterUid } = HELLO;
    const token = `token of ${spoke}`;
    must(await issueJoinToken(context, PERSON, { spoke, environment, token, clusterUid }));
    const { hub } = must(await joinSpoke(context, { token, publicKey, clusterUid }));
    return new TestCredential(spoke, hub, key);
  }

  /** Joins as a spoke does. The token has to be bound to the cluster of `HELLO`. */
  static async over(hubUrl: string, token: string): Promise<TestCredential> {
    const key = SpokeKey.create();
    const { clusterUid } = HELLO;
    const response = await fetch(`${hubUrl}${JOIN_PATH}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(signJoinRequest(key, { token, clusterUid })),
    });
    if (!response.ok) throw new Error(await response.text());
    const { spoke, hub } = (await response.json()) as JoinAnswer;
    return new TestCredential(spoke, hub, key);
  }

  /** The offer of another key, and what shows that one. */
  next(): { readonly offer: NextKeyOffer; readonly credential: TestCredential } {
    const { spoke, hub, key } = this;
    const next = SpokeKey.create();
    const credential = new TestCredential(spoke, hub, next);
    return { offer: signNextKey({ key, next }, { spoke, hub }), credential };
  }

  /** A session token that was not shown before. */
  token(now = new Date()): string {
    const { spoke, hub } = this;
    return signSessionToken(this.key, { spoke, hub, id: randomUUID(), now });
  }

  /** A token with these in place of what it should hold, and a signature that is right. */
  forged({ header = {}, claims = {} }: Forgery, now = new Date()): string {
    const iat = Math.floor(now.getTime() / 1000);
    const right = { aud: this.hub, exp: iat + 60, iat, jti: randomUUID(), sub: this.spoke };
    const text = [
      { alg: 'EdDSA', typ: 'apollo-session+jwt', ...header },
      { ...right, ...claims },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${text}.${this.key.sign(text)}`;
  }

  /** What everybody may know of the key. */
  get publicKey(): string {
    return this.key.publicKey;
  }
}

/** Members of a token; those that are `undefined` are left out. */
interface Forgery {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
}
