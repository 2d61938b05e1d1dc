import { describe, expect, it } from '@jest/globals';
import { parseProcess } from './process-table.js';

const stat = (name: string, state: string) =>
  `101 (${name}) ${state} 1 101 101 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 8 0 3456 0 0 0\n`;
const expected = {
  ...{ pid: 101, processGroup: 101, startedAt: '3456' },
  argv: ['/opt/helm', 'upgrade', 'web'],
};

describe('a process as the kernel lists it', () => {
  it.each([
    { name: 'an ordinary one', line: stat('helm', 'S'), expected },
    { name: 'one whose name tries to mislead', line: stat('a) Z 9 (b', 'R'), expected },
    { name: 'one that is dead and not collected', line: stat('helm', 'Z'), expected: null },
    { name: 'half a line', line: '101 (helm) S 1', expected: null },
  ])('is read right: $name', ({ line, expected: parsed }) => {
    expect(parseProcess(101, line, '/opt/helm\0upgrade\0web\0')).toEqual(parsed);
  });
});
