import { describe, expect, it } from '@jest/globals';
import { parsePorts } from './ports.js';

const PORTS = { api: 21001, etcdClient: 21002, etcdPeer: 21003, kwok: 21004 };

describe('a ports file', () => {
  it('gives back the ports that were written', () => {
    expect(parsePorts(JSON.stringify(PORTS))).toEqual(PORTS);
  });

  it.each([
    { name: 'is missing', text: undefined },
    { name: 'is empty', text: '' },
    { name: 'was cut while it was written', text: '{"api": 21001, "etcdCl' },
    { name: 'is no object', text: '21001' },
    { name: 'is null', text: 'null' },
    { name: 'lacks a port', text: JSON.stringify({ ...PORTS, kwok: undefined }) },
    { name: 'has text for a port', text: JSON.stringify({ ...PORTS, api: '21001' }) },
    { name: 'names the same port twice', text: JSON.stringify({ ...PORTS, kwok: 21001 }) },
    { name: 'names a port of the system', text: JSON.stringify({ ...PORTS, api: 1023 }) },
    { name: 'names a port that cannot be', text: JSON.stringify({ ...PORTS, api: 65_536 }) },
  ])('gives nothing when it $name', ({ text }) => {
    expect(parsePorts(text)).toBeUndefined();
  });
});
