import { beforeEach, describe, expect, it } from '@jest/globals';
import { SendWatch } from './send-watch.js';

const MIB = 1024 * 1024;

let unsent: number;
let stuck: string[];
let room: number;
let watch: SendWatch;
beforeEach(() => {
  unsent = 0;
  stuck = [];
  room = 0;
  watch = new SendWatch({
    unsentBytes: () => unsent,
    onRoom: () => (room += 1),
    onStuck: (reason) => stuck.push(reason),
  });
});

/** `null` is what Node says of a write that went well. */
const written = (): void => watch.written(null);

describe('watching what the hub does not read', () => {
  it.each([
    { name: '1 MiB waits', bytes: MIB, congested: false, givenUp: 0 },
    { name: 'a byte more waits', bytes: MIB + 1, congested: true, givenUp: 0 },
    { name: '4 MiB wait', bytes: 4 * MIB, congested: true, givenUp: 0 },
    { name: 'a byte more than 4 MiB waits', bytes: 4 * MIB + 1, congested: true, givenUp: 1 },
  ])('where $name: congested $congested, given up $givenUp times', (given) => {
    unsent = given.bytes;
    watch.sent();
    watch.sent();
    expect(watch.congested()).toBe(given.congested);
    expect(stuck).toHaveLength(given.givenUp);
  });

  it('says once that there is room again, to whom it has said that there is none', () => {
    for (let count = 0; count < 3; count += 1) watch.sent();
    written();
    expect(room).toBe(0);
    unsent = MIB + 1;
    expect(watch.congested()).toBe(true);
    written();
    expect(room).toBe(0);
    unsent = 0;
    written();
    expect(room).toBe(1);
  });

  it('says nothing any more once it is closed', () => {
    unsent = 4 * MIB + 1;
    expect(watch.congested()).toBe(true);
    watch.close();
    watch.sent();
    unsent = 0;
    written();
    expect([stuck, room]).toEqual([[], 0]);
  });
});
