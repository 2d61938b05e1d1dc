import { describe, expect, it } from '@jest/globals';
import { isServiceVariable, nearestName } from './setting-names.js';

describe('the nearest name', () => {
  it.each([
    { name: 'KEY_FILE', known: ['KEY_FILE', 'KEY'], expected: { name: 'KEY_FILE', changes: 0 } },
    { name: 'KEYFILE', known: ['KEY', 'KEY_FILE'], expected: { name: 'KEY_FILE', changes: 1 } },
    { name: 'KEYS_FILE', known: ['KEY', 'KEY_FILE'], expected: { name: 'KEY_FILE', changes: 1 } },
    { name: 'KEY_FIRE', known: ['KEY', 'KEY_FILE'], expected: { name: 'KEY_FILE', changes: 1 } },
    { name: 'PROT', known: ['PORT', 'HOST'], expected: { name: 'PORT', changes: 2 } },
    { name: 'KEY', known: ['OTHER_K', 'TAN', 'KEY_A'], expected: { name: 'KEY_A', changes: 2 } },
    { name: '', known: ['A', 'BB'], expected: { name: 'A', changes: 1 } },
    { name: 'A', known: [], expected: undefined },
  ])('to $name among $known is $expected', ({ name, known, expected }) => {
    expect(nearestName(name, known)).toEqual(expected);
  });
});

describe('a variable of a service', () => {
  it.each([
    { name: 'APOLLO_HUB_SERVICE_HOST', text: '10.96.0.7', expected: true },
    { name: 'APOLLO_HUB_SERVICE_PORT', text: '8234', expected: true },
    { name: 'APOLLO_HUB_SERVICE_PORT_HTTP', text: '8234', expected: true },
    { name: 'APOLLO_HUB_PORT', text: 'tcp://10.96.0.7:8234', expected: true },
    { name: 'APOLLO_HUB_PORT_8234_TCP_ADDR', text: '10.96.0.7', expected: true },
    { name: 'APOLLO_PORT', text: '8234', expected: false },
    { name: 'APOLLO_HOST', text: 'tcp://10.96.0.7', expected: false },
    { name: 'APOLLO_HUB_URL', text: 'tcp://10.96.0.7', expected: false },
  ])('is $name=$text: $expected', ({ name, text, expected }) => {
    expect(isServiceVariable(name, text)).toBe(expected);
  });
});
