import { describe, expect, it } from '@jest/globals';
import { diagnosePod } from './pod-diagnosis.js';
import {
  crashLooping,
  exit,
  exited,
  pod,
  running,
  unready,
  waiting,
} from './testing/live-objects.js';

const never = { spec: { restartPolicy: 'Never', containers: [{ name: 'app' }] } };

describe('the log that tells why a pod is not well', () => {
  it.each([
    {
      name: 'a crash loop: the life before this one',
      object: unready(crashLooping()),
      expected: { container: 'app', log: 'previous' },
    },
    {
      name: 'not ready since a restart: the life before this one',
      object: unready({
        ...running('app', false),
        restartCount: 1,
        lastState: { terminated: exit(1, 'Error') },
      }),
      expected: { container: 'app', log: 'previous' },
    },
    {
      name: 'its first exit: the life that has just ended',
      object: unready(exited()),
      expected: { container: 'app', log: 'current' },
    },
    {
      name: 'failed, and never started again: the life that has ended',
      object: pod(never, { phase: 'Failed', containerStatuses: [exited(exit(3, 'Error'))] }),
      expected: {
        container: 'app',
        log: 'current',
        lastTermination: {
          exitCode: 3,
          reason: 'Error',
          finishedAt: new Date('2026-03-01T10:00:20Z'),
        },
      },
    },
    {
      name: 'running and never ready: the container that is not',
      object: pod(
        {},
        {
          conditions: [],
          containerStatuses: [running('proxy'), running('app', false)],
        },
      ),
      expected: { container: 'app', log: 'current' },
    },
    {
      name: 'running and yet to finish: the first container that runs',
      object: pod(never, { containerStatuses: [exited(exit(0, 'Completed')), running('main')] }),
      expected: { container: 'main', log: 'current' },
    },
    {
      name: 'initialising: the container that is at work',
      object: pod(
        {},
        {
          phase: 'Pending',
          initContainerStatuses: [running('first', false)],
          containerStatuses: [waiting('PodInitializing')],
        },
      ),
      expected: { container: 'first', log: 'current' },
    },
  ])('of $name', ({ object, expected }) => {
    expect(diagnosePod(object)).toMatchObject(expected);
  });

  it.each([
    { name: 'is ready', object: pod() },
    { name: 'never got its image', object: unready(waiting('ImagePullBackOff'), {}, 'Pending') },
    { name: 'is on no node', object: pod({}, { phase: 'Pending', containerStatuses: [] }) },
    {
      name: 'was evicted before it ran',
      object: pod({}, { phase: 'Failed', reason: 'Evicted', containerStatuses: [] }),
    },
    { name: 'has one that is ready', object: pod({}, { conditions: [] }) },
  ])('is none if the pod $name', ({ object }) => {
    expect(diagnosePod(object).log).toBeUndefined();
  });
});
