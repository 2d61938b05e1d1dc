import { describe, expect, it } from '@jest/globals';
import { aRecall } from '../testing.js';
import { recallOf } from './recall.js';

describe('a recall', () => {
  const first = aRecall({ id: 'first', range: '>=1.1.0 <1.2.0' });
  const second = aRecall({ id: 'second', range: '1.1.5 || 2.0.0-rc.1' });
  it.each([
    { version: '1.0.9', id: undefined, name: 'nothing before its range' },
    { version: '1.1.0', id: 'first', name: 'its range' },
    { version: '1.1.5', id: 'second', name: 'what two cover: the later is told' },
    { version: '1.1.0-rc.1', id: undefined, name: 'no prerelease where it names none' },
    { version: '2.0.0-rc.1', id: 'second', name: 'a prerelease that it names' },
    { version: '1.1.0+build.7', id: 'first', name: 'every build of a version' },
    { version: 'custom', id: undefined, name: 'nothing that is no version' },
  ])('covers $name ($version)', ({ version, id }) => {
    expect(recallOf([first, second], version)?.id).toBe(id);
  });
});
