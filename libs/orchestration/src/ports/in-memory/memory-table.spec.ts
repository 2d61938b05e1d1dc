import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MemoryTable } from './memory-table.js';

interface Row {
  readonly name: string;
  readonly colour: string;
}

const names = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const write = fc.record({ name: names, colour: fc.constantFrom('', 'red', 'blue') });

describe('a table in memory', () => {
  it('lists its keys in order and its groups by age, whatever is written and removed', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 30 }), (writes) => {
        const table = new MemoryTable<Row, 'colour'>(({ name }) => name, {
          colour: ({ colour }) => colour,
        });
        const expected = new Map<string, Row>();
        table.sortedKeys();
        for (const row of writes) {
          // No colour stands for a row that goes.
          if (row.colour === '') {
            table.restore(row.name, undefined);
            expected.delete(row.name);
          } else {
            table.put(row.name, row);
            expected.set(row.name, row);
          }
          expect(table.sortedKeys()).toEqual([...expected.keys()].sort());
          expect(table.all().map((slot) => slot.row)).toEqual([...expected.values()]);
          const red = [...expected.values()].filter(({ colour }) => colour === 'red');
          expect(table.inGroup('colour', 'red').map((slot) => slot.row)).toEqual(red);
        }
      }),
    );
  });
});
