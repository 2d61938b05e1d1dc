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
          const some = table.first(2).map((slot) => slot.row);
          expect(some).toEqual([...expected.values()].slice(0, 2));
          const red = [...expected.values()].filter(({ colour }) => colour === 'red');
          expect(table.inGroup('colour', 'red').map((slot) => slot.row)).toEqual(red);
        }
      }),
    );
  });

  it('gives back its place to what is taken out and comes back', () => {
    const table = new MemoryTable<{ readonly name: string }>(({ name }) => name, {});
    for (const name of ['a', 'b', 'c']) table.put(name, { name });
    const [first] = table.first(1);
    table.restore('a', undefined);
    expect(table.first(5).map(({ row }) => row.name)).toEqual(['b', 'c']);
    table.restore('a', first);
    expect(table.first(2).map(({ row }) => row.name)).toEqual(['a', 'b']);
    table.put('d', { name: 'd' });
    expect(table.first(5).map(({ row }) => row.name)).toEqual(['a', 'b', 'c', 'd']);
  });
});
