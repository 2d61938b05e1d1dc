import { err, ok, type Result } from '@apollo-deploy/kernel';
import { Type, type Static, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { holdsInfinity, nestsDeeperThan } from './json-limits.js';
import {
  HUB_MESSAGES,
  type HubMessageType,
  type HubPayload,
  SPOKE_MESSAGES,
  type SpokeMessageType,
  type SpokePayload,
} from './messages.js';
import { PROTOCOL_VERSION } from '../version.js';

const Envelope = Type.Object({
  v: Type.Integer(),
  t: Type.String({ minLength: 1, maxLength: 64 }),
  /** Made by the sender; an acknowledgement and a resend carry the same one. */
  id: Type.String({ minLength: 1, maxLength: 64 }),
  /** The id this answers. */
  re: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  /** The session's epoch as the sender knows it; 0 before the welcome. */
  epoch: Type.Integer({ minimum: 0 }),
  ts: Type.String({ maxLength: 40 }),
  /** A receiver that does not know a critical type closes the connection. */
  crit: Type.Optional(Type.Boolean()),
  p: Type.Unknown(),
});
type Envelope = Static<typeof Envelope>;

interface Framed<T, P> extends Omit<Envelope, 't' | 'p'> {
  readonly t: T;
  readonly p: P;
}
/** A decoded frame from a spoke. */
export type SpokeFrame = { [T in SpokeMessageType]: Framed<T, SpokePayload<T>> }[SpokeMessageType];
/** A decoded frame from the hub. */
export type HubFrame = { [T in HubMessageType]: Framed<T, HubPayload<T>> }[HubMessageType];

/** Why a frame cannot be read. `unknown_type` is tolerable unless the frame calls itself critical. */
export interface FrameRefusal {
  readonly code:
    'not_json' | 'too_deep' | 'not_an_envelope' | 'unknown_type' | 'invalid_payload' | 'version';
  readonly detail: string;
  readonly critical: boolean;
  readonly id?: string;
}

/** JSON of a spoke may be nested so deeply, in levels. */
const SPOKE_DEPTH = 64;
/** That of a hub holds values, which alone may have 64. */
const HUB_DEPTH = 128;

const envelope = Compile(Envelope);
const spokeMessages = compileAll(SPOKE_MESSAGES);
const hubMessages = compileAll(HUB_MESSAGES);

/** Reads one text frame from a spoke. Unknown members are tolerated, unknown types refused. */
export function decodeSpokeFrame(text: string): Result<SpokeFrame, FrameRefusal> {
  return decode(text, spokeMessages, SPOKE_DEPTH) as Result<SpokeFrame, FrameRefusal>;
}

/** Reads one text frame from the hub. Unknown members are tolerated, unknown types refused. */
export function decodeHubFrame(text: string): Result<HubFrame, FrameRefusal> {
  return decode(text, hubMessages, HUB_DEPTH) as Result<HubFrame, FrameRefusal>;
}

/** What every frame carries besides its payload. */
export interface FrameHead {
  readonly id: string;
  readonly epoch: number;
  readonly ts: string;
  readonly re?: string;
}

export function encodeSpokeFrame<T extends SpokeMessageType>(
  t: T,
  p: SpokePayload<T>,
  head: FrameHead,
): string {
  return JSON.stringify({ v: PROTOCOL_VERSION, t, ...head, p });
}

export function encodeHubFrame<T extends HubMessageType>(
  t: T,
  p: HubPayload<T>,
  head: FrameHead,
): string {
  return JSON.stringify({ v: PROTOCOL_VERSION, t, ...head, p });
}

type Check = ReturnType<typeof Compile<TSchema>>;

function compileAll(schemas: Record<string, TSchema>): ReadonlyMap<string, Check> {
  return new Map(Object.entries(schemas).map(([type, schema]) => [type, Compile(schema)]));
}

function decode(
  text: string,
  messages: ReadonlyMap<string, Check>,
  levels: number,
): Result<Envelope, FrameRefusal> {
  if (nestsDeeperThan(levels, text)) {
    return refuse('too_deep', `the frame is nested more than ${levels} levels deep`, true);
  }
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return refuse('not_json', 'the frame is not JSON', true);
  }
  if (!envelope.Check(frame)) {
    return refuse('not_an_envelope', firstError(envelope, frame), true);
  }
  const critical = frame.crit === true;
  if (frame.v !== PROTOCOL_VERSION) {
    return refuse(
      'version',
      `version ${String(frame.v)} is not spoken here; ${String(PROTOCOL_VERSION)} is`,
      true,
      frame.id,
    );
  }
  const payload = messages.get(frame.t);
  if (payload === undefined) {
    return refuse('unknown_type', `message type ${frame.t} is not known`, critical, frame.id);
  }
  if (!payload.Check(frame.p)) {
    return refuse('invalid_payload', `${frame.t}: ${firstError(payload, frame.p)}`, true, frame.id);
  }
  if (holdsInfinity(text, frame.p)) {
    const detail = `${frame.t}: a number is larger than any that can be kept; write it as text`;
    return refuse('invalid_payload', detail, true, frame.id);
  }
  return ok(frame);
}

function refuse(
  code: FrameRefusal['code'],
  detail: string,
  critical: boolean,
  id?: string,
): Result<never, FrameRefusal> {
  return err({ code, detail, critical, ...(id !== undefined && { id }) });
}

function firstError(check: Check, value: unknown): string {
  const [first] = check.Errors(value);
  return first === undefined
    ? 'it does not have the shape of this message'
    : `${first.instancePath === '' ? 'the message' : first.instancePath} ${first.message}`;
}
