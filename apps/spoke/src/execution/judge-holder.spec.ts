import { describe, expect, it } from '@jest/globals';
import { judgeHolder, type HolderFacts, type Self } from './judge-holder.js';
import type { ClaimHolder, LedgerEntry, MachineIdentity, PodIdentity } from './ledger-entry.js';
import type { RunningProcess } from './process-table.js';
import { anOffer } from '../testing/plan-offers.js';

const HOST_PIDS = 'pid:[4026531836]';
const MACHINE = { bootId: 'boot-1', machineId: 'machine-1', pidNamespace: HOST_PIDS };
const CONTAINER = { ...MACHINE, pidNamespace: 'pid:[4026532201]' };
const POD = { namespace: 'apollo', name: 'spoke-0', uid: 'pod-1', node: 'node-a' };
const AGENT = { pid: 100, startedAt: '1000' };
const HOLDER: ClaimHolder = { instance: 'before', host: 'a', agent: AGENT, machine: MACHINE };
const SELF: Self = {
  ...{ instance: 'now', host: 'a', agent: { pid: 200, startedAt: '2000' }, machine: MACHINE },
};
const RUNNING: RunningProcess = { ...AGENT, processGroup: 100, argv: ['node', 'main.js'] };

const entryOf = (holder: ClaimHolder): LedgerEntry => ({
  release: { namespace: 'shop', releaseName: 'web' },
  claim: {
    ...{ planId: 'plan-1', attempt: 1, epoch: 1, holder, claimedAt: '' },
    ...{ content: anOffer().content, baseSecretUid: null },
  },
  ...{ verdicts: [], confirmedDead: null, version: '1' },
});

describe('the holder of a claim', () => {
  const table: readonly {
    readonly name: string;
    readonly holder?: {
      readonly machine?: MachineIdentity | undefined;
      readonly pod?: PodIdentity;
      readonly host?: string;
    };
    readonly self?: Partial<Self>;
    readonly processes?: HolderFacts['processes'];
    readonly pod?: HolderFacts['pod'];
    readonly expected: 'dead' | 'alive' | 'unprovable';
  }[] = [
    { name: 'its process does not run here any more', expected: 'dead' },
    { name: 'its process runs here', processes: [RUNNING], expected: 'alive' },
    {
      name: 'its pid belongs to a younger process',
      processes: [{ ...RUNNING, startedAt: '9999' }],
      expected: 'dead',
    },
    { name: 'this machine does not tell what runs', processes: null, expected: 'unprovable' },
    {
      name: 'this machine was started anew, though a process looks just like it',
      ...{ self: { machine: { ...MACHINE, bootId: 'boot-2' } }, processes: [RUNNING] },
      expected: 'dead',
    },
    {
      name: 'another machine has the same name',
      self: { machine: { ...MACHINE, bootId: 'boot-2', machineId: 'machine-2' } },
      expected: 'unprovable',
    },
    {
      name: 'nobody knows which of two machines of the same name it was',
      holder: { machine: { ...MACHINE, machineId: null } },
      self: { machine: { ...MACHINE, bootId: 'boot-2', machineId: null } },
      expected: 'unprovable',
    },
    {
      name: 'it was another container of this machine, whose processes nobody sees from here',
      ...{ holder: { machine: CONTAINER }, self: { machine: MACHINE }, expected: 'unprovable' },
    },
    {
      name: 'it was a container of the same image on another machine',
      holder: { machine: CONTAINER },
      self: { machine: { ...CONTAINER, bootId: 'boot-2' } },
      expected: 'unprovable',
    },
    { name: 'this machine has another name now', self: { host: 'b' }, expected: 'dead' },
    {
      name: 'it is another machine',
      self: { host: 'b', machine: { ...MACHINE, bootId: 'boot-2', machineId: 'machine-2' } },
      expected: 'unprovable',
    },
    {
      name: 'it was this container of this pod, which was started anew',
      holder: { machine: CONTAINER, pod: POD },
      self: { machine: { ...CONTAINER, pidNamespace: 'pid:[4026532999]' }, pod: POD },
      expected: 'dead',
    },
    {
      name: 'it was a pod that is proven to have ended',
      holder: { host: 'spoke-x', machine: CONTAINER, pod: POD },
      self: { host: 'spoke-y', machine: { ...CONTAINER, bootId: 'boot-2' } },
      ...{ pod: { state: 'dead' }, expected: 'dead' },
    },
    {
      name: 'it was a pod that may run',
      holder: { host: 'spoke-x', machine: CONTAINER, pod: POD },
      self: { host: 'spoke-y', machine: { ...CONTAINER, bootId: 'boot-2' } },
      ...{ pod: { state: 'unprovable', why: 'its node is silent' }, expected: 'unprovable' },
    },
    {
      name: 'its process runs here, whatever is said of its pod',
      ...{ holder: { pod: POD }, pod: { state: 'dead' }, processes: [RUNNING], expected: 'alive' },
    },
    {
      name: 'an older spoke wrote the claim, which knew machines by name alone',
      ...{ holder: { machine: undefined }, processes: [RUNNING], expected: 'alive' },
    },
    {
      name: 'an older spoke wrote the claim on a machine of another name',
      ...{ holder: { machine: undefined }, self: { host: 'b' }, expected: 'unprovable' },
    },
  ];

  it.each(table)('is $expected when $name', ({ holder, self, processes = [], pod, expected }) => {
    const { machine = undefined, ...rest } = { ...HOLDER, ...holder };
    const entry = entryOf({ ...rest, ...(machine !== undefined && { machine }) });
    const facts = { self: { ...SELF, ...self }, processes, ...(pod !== undefined && { pod }) };
    expect(judgeHolder(entry, facts).state).toBe(expected);
  });
});
