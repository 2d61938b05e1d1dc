import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Frame = Readonly<Record<string, unknown>> & {
  readonly t: string;
  readonly id: string;
  readonly re?: string;
  readonly epoch: number;
  readonly p: Readonly<Record<string, unknown>>;
};

/** One thing that happened, in the order it did. */
export type Step =
  /** The spoke opens a connection; the frames that follow travel on it. */
  | { readonly dials: number }
  | { readonly spoke: Frame }
  | { readonly hub: Frame }
  | { readonly closed: { readonly by: 'spoke' | 'hub' | 'network'; readonly code: number } }
  /** Something besides the conversation that it tells of. */
  | { readonly act: string };

/** A whole conversation of a hub and a spoke, as they were when it was recorded. */
export interface Transcript {
  readonly name: string;
  readonly steps: readonly Step[];
}

const FOLDER = join(import.meta.dirname, '../../../libs/protocol/fixtures');

/** The recorded conversations of a released version of the protocol. */
export function transcriptsOf(version: number): readonly Transcript[] {
  const folder = transcriptFolder(version);
  return readdirSync(folder).map((file) => ({
    name: file.replace('.json', ''),
    steps: JSON.parse(readFileSync(join(folder, file), 'utf8')) as readonly Step[],
  }));
}

export function transcriptFolder(version: number): string {
  return join(FOLDER, `v${String(version)}`, 'transcripts');
}

/** What differs from one conversation to the next, or is for people. */
const VOLATILE = new Set([
  ...[
    'ts',
    'at',
    'clock',
    'serverTime',
    'expiresAt',
    'observedAt',
    'since',
    'generation',
    'agentVersion',
  ],
  ...['message', 'reason', 'evidence'],
]);

/** Which recorded names stand for which of the conversation that goes on now. */
export class Names {
  private readonly now = new Map<string, string>();

  /** The recorded frame as it has to be today. */
  translate(recorded: Frame): Frame {
    return JSON.parse(
      JSON.stringify(recorded, (_key, value: unknown) =>
        typeof value === 'string' ? (this.now.get(value) ?? value) : value,
      ),
    ) as Frame;
  }

  /** Takes the message and the plan of this frame for those of the recorded one. */
  bind(recorded: Frame, actual: Frame): void {
    this.now.set(recorded.id, actual.id);
    const [then, now] = [recorded.p['planId'], actual.p['planId']];
    if (typeof then === 'string' && typeof now === 'string') this.now.set(then, now);
  }
}

/** A frame without what differs each time. */
export function lasting(frame: Frame): unknown {
  return JSON.parse(
    JSON.stringify(frame, (key, value: unknown) => (VOLATILE.has(key) ? undefined : value)),
  );
}
