import { sha256Hex } from '@apollo-deploy/kernel';
import type { ReleaseRecord } from './release-record.js';

/** Every time zone in use is so many minutes, or a multiple of it, away from UTC. */
const QUARTER = 15;
/** Minutes of an hour's quarter that no zone is at. */
const FREE = QUARTER - 1;
/** What Helm can write down: less than a day to either side. */
const FREE_TO_ONE_SIDE = 4 * 24 * FREE;

const OFFSET = /([+-])(\d\d):(\d\d)$/;

/**
 * The time zone that the removal of a plan runs in, in minutes east of UTC: one that nobody lives in.
 * `helm uninstall` takes no label and no description that it would write down before it begins, but it
 * writes down when it began, with the offset of its own zone: so that is what tells it from another.
 */
export function removalOffset(planId: string): number {
  const free = Number.parseInt(sha256Hex(planId).slice(0, 8), 16) % (2 * FREE_TO_ONE_SIDE);
  const nth = free % FREE_TO_ONE_SIDE;
  const minutes = Math.floor(nth / FREE) * QUARTER + (nth % FREE) + 1;
  return free < FREE_TO_ONE_SIDE ? minutes : -minutes;
}

/**
 * True if the removal that the record tells of, the last that was begun, was begun by the plan's own
 * helm. Another plan's is taken for it in one of some 2,700 cases, anybody else's never.
 */
export function isRemovedBy(
  planId: string,
  { deletedAt }: Pick<ReleaseRecord, 'deletedAt'>,
): boolean {
  const [, sign, hours, minutes] = OFFSET.exec(deletedAt ?? '') ?? [];
  const offset = Number(hours) * 60 + Number(minutes);
  return (sign === '-' ? -offset : offset) === removalOffset(planId);
}

/** A time as it is written in a zone so many minutes east of UTC. */
export function inZone(time: Date, offset: number): string {
  const local = new Date(time.getTime() + offset * 60_000).toISOString();
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  const digits = [hours, minutes].map((number) => String(number).padStart(2, '0')).join(':');
  return local.replace('Z', `${offset < 0 ? '-' : '+'}${digits}`);
}

/** The file (TZif, RFC 9636) of a zone that has always been so many minutes east of UTC. */
export function zoneFile(offset: number): Uint8Array {
  const file = Buffer.alloc(HEADER_BYTES + ZONE_BYTES + NAME.length);
  file.write('TZif', 0, 'latin1');
  // One kind of time, and the bytes of its name; no changes between kinds, no leap seconds.
  file.writeUInt32BE(1, 36);
  file.writeUInt32BE(NAME.length, 40);
  file.writeInt32BE(offset * 60, HEADER_BYTES);
  file.write(NAME, HEADER_BYTES + ZONE_BYTES, 'latin1');
  return file;
}

const HEADER_BYTES = 44;
const ZONE_BYTES = 6;
const NAME = 'plan\0';
