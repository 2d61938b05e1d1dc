import type { KubeKind, KubeObject, KubeRef } from '@apollo-deploy/kube';
import type { EventReport } from '@apollo-deploy/protocol';
import { fieldsOf, numberOf, textOf, type Fields } from './fields.js';

/** Events of both APIs are served as this kind. */
export const EVENT: KubeKind = { apiVersion: 'v1', kind: 'Event' };

/** One Event of type Warning, as far as it is understood. */
export interface WarningEvent {
  /** The object that it is about. */
  readonly about: KubeRef;
  readonly aboutUid: string | undefined;
  readonly lastAt: Date;
  readonly report: EventReport;
}

const LONGEST_MESSAGE = 300;

/** Undefined for what is no warning, is about no object, or does not say when it was. */
export function warningEvent(event: KubeObject): WarningEvent | undefined {
  const about = refIn(fieldsOf(event['involvedObject']));
  const lastAt = lastInstant(event);
  if (event['type'] !== 'Warning' || about === undefined || lastAt === undefined) return undefined;
  const { kind, namespace, name } = about;
  return {
    about,
    aboutUid: textOf(fieldsOf(event['involvedObject'])['uid']),
    lastAt,
    report: {
      kind: kind.slice(0, 128),
      ...(namespace !== undefined && { namespace }),
      name,
      reason: (textOf(event['reason']) ?? 'Unknown').slice(0, 256),
      message: (textOf(event['message']) ?? '').slice(0, LONGEST_MESSAGE),
      count: Math.max(1, countOf(event)),
      lastAt: lastAt.toISOString(),
    },
  };
}

function refIn(involved: Fields): KubeRef | undefined {
  const [kind, name] = [textOf(involved['kind']), textOf(involved['name'])];
  if (kind === undefined || name === undefined) return undefined;
  const namespace = textOf(involved['namespace']);
  const apiVersion = textOf(involved['apiVersion']) ?? 'v1';
  return { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
}

/** The two APIs count in different fields. */
function countOf(event: KubeObject): number {
  return numberOf(fieldsOf(event['series'])['count']) ?? numberOf(event['count']) ?? 1;
}

function lastInstant(event: KubeObject): Date | undefined {
  const stated = [
    fieldsOf(event['series'])['lastObservedTime'],
    event['lastTimestamp'],
    event['eventTime'],
    event['firstTimestamp'],
    event.metadata.creationTimestamp,
  ].find((instant) => textOf(instant) !== undefined);
  const instant = new Date(textOf(stated) ?? '');
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}
