import { describe, expect, it } from '@jest/globals';
import { sameDefinition } from './same-definition.js';

const definition = (spec: object) => ({
  ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
  ...{ metadata: { name: 'gadgets.example.com' }, spec },
});
const version = (properties: object, more: object = {}) => ({
  ...{ name: 'v1', served: true, storage: true, ...more },
  schema: { openAPIV3Schema: { type: 'object', properties } },
});
const SIZE = { size: { type: 'integer' } };
const WANTED = { group: 'example.com', names: { kind: 'Gadget' }, versions: [version(SIZE)] };
const LIVE = {
  ...WANTED,
  conversion: { strategy: 'None' },
  names: { kind: 'Gadget', listKind: 'GadgetList' },
};

describe('a definition in the cluster', () => {
  it.each([
    { name: 'as the chart has it, with what the server fills in', live: LIVE, expected: true },
    {
      name: 'with what the server left out since it says nothing',
      wanted: { ...WANTED, versions: [version({ size: { type: 'integer', nullable: false } })] },
      live: LIVE,
      expected: true,
    },
    {
      name: 'with another type of a field',
      live: { ...LIVE, versions: [version({ size: { type: 'string' } })] },
      expected: false,
    },
    {
      name: 'without a field of the chart',
      wanted: { ...WANTED, versions: [version({ ...SIZE, colour: { type: 'string' } })] },
      live: LIVE,
      expected: false,
    },
    {
      name: 'with a field that the chart has no more',
      live: { ...LIVE, versions: [version({ ...SIZE, colour: { type: 'string' } })] },
      expected: false,
    },
    {
      name: 'with another version more',
      live: { ...LIVE, versions: [version(SIZE), version(SIZE, { name: 'v2' })] },
      expected: false,
    },
    {
      name: 'with a version that is served no more',
      wanted: { ...WANTED, versions: [version(SIZE, { served: false })] },
      live: LIVE,
      expected: false,
    },
  ])('$name: same=$expected', ({ wanted = WANTED, live, expected }) => {
    expect(sameDefinition(definition(wanted), definition(live))).toBe(expected);
  });
});
