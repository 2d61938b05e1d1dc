import { describe, expect, it } from '@jest/globals';
import { computeStatus } from '../compute-status.js';
import {
  condition,
  crashLooping,
  exit,
  exited,
  pod,
  running,
  unready,
  waiting,
} from '../testing/live-objects.js';

const never = { spec: { restartPolicy: 'Never', containers: [{ name: 'app' }] } };
const onFailure = { spec: { restartPolicy: 'OnFailure', containers: [{ name: 'app' }] } };
const pending = (conditions: object[] = []) =>
  pod({}, { phase: 'Pending', conditions, containerStatuses: [] });

describe('the status of a Pod', () => {
  it.each([
    {
      name: 'running and ready',
      object: pod(),
      expected: { health: 'Healthy', reason: 'Ready', message: 'is ready' },
    },
    {
      name: 'running and not ready',
      object: unready(running('app', false)),
      expected: {
        health: 'Progressing',
        reason: 'ContainersNotReady',
        message: 'is not ready: containers with unready status: [app]',
      },
    },
    {
      name: 'ran to completion',
      object: pod(never, { phase: 'Succeeded' }),
      expected: { health: 'Healthy', reason: 'Succeeded' },
    },
    {
      name: 'ready, but meant to finish',
      object: pod(never),
      expected: { health: 'Progressing', reason: 'Running' },
    },
    {
      name: 'failed with an exit code',
      object: pod(never, { phase: 'Failed', containerStatuses: [exited(exit(3, 'Error'))] }),
      expected: {
        health: 'Degraded',
        reason: 'Error',
        message: 'failed: container app ended with Error, exit code 3; read its log',
        terminal: true,
      },
    },
    {
      name: 'out of memory',
      object: pod(never, { phase: 'Failed', containerStatuses: [exited(exit(137, 'OOMKilled'))] }),
      expected: { health: 'Degraded', reason: 'OOMKilled', terminal: true },
    },
    {
      name: 'evicted',
      object: pod(
        {},
        { phase: 'Failed', reason: 'Evicted', message: 'The node was low on memory.' },
      ),
      expected: {
        reason: 'Evicted',
        message: 'failed: The node was low on memory.',
        terminal: true,
      },
    },
    {
      name: 'failed without a word',
      object: pod({}, { phase: 'Failed', containerStatuses: [] }),
      expected: { reason: 'Failed', terminal: true },
    },
    {
      name: 'just created',
      object: pending(),
      expected: { health: 'Progressing', reason: 'Pending', message: 'is starting' },
    },
    {
      name: 'on no node',
      object: pending([
        condition('PodScheduled', 'False', 'Unschedulable', '0/1 nodes are available: cpu.'),
      ]),
      expected: {
        health: 'Progressing',
        reason: 'Unschedulable',
        message: 'is not scheduled: 0/1 nodes are available: cpu.',
      },
    },
    {
      name: 'its container being created',
      object: unready(waiting('ContainerCreating'), {}, 'Pending'),
      expected: { health: 'Progressing', reason: 'Pending' },
    },
    {
      name: 'after its first exit',
      object: unready(exited()),
      expected: {
        health: 'Progressing',
        reason: 'Error',
        message:
          'container app ended with exit code 1 (Error) at 2026-03-01T10:00:20.000Z; ' +
          'Kubernetes starts it again',
      },
    },
    {
      name: 'running again after its first exit',
      object: unready({
        ...running('app', false),
        restartCount: 1,
        lastState: { terminated: exit(1, 'Error') },
      }),
      expected: { health: 'Degraded', reason: 'Restarted' },
    },
    {
      name: 'ready again after an exit',
      object: pod(
        {},
        {
          containerStatuses: [
            { ...running(), restartCount: 1, lastState: { terminated: exit(1, 'Error') } },
          ],
        },
      ),
      expected: { health: 'Healthy' },
    },
    {
      name: 'in a crash loop',
      object: unready(crashLooping(3, exit(137, 'OOMKilled'))),
      expected: {
        health: 'Degraded',
        reason: 'CrashLoopBackOff',
        message:
          'container app is in CrashLoopBackOff (3 restarts; last exit code 137 (OOMKilled) at ' +
          '2026-03-01T10:00:20.000Z); read its last log lines',
        terminal: true,
      },
    },
    {
      name: 'first pull failed',
      object: unready(waiting('ErrImagePull', 'not found'), {}, 'Pending'),
      expected: {
        health: 'Progressing',
        reason: 'ErrImagePull',
        message: 'container app could not pull its image: not found',
      },
    },
    {
      name: 'pull backed off',
      object: unready(waiting('ImagePullBackOff', 'Back-off pulling image "x:9"'), {}, 'Pending'),
      expected: {
        health: 'Degraded',
        reason: 'ImagePullBackOff',
        message:
          'container app cannot start: Back-off pulling image "x:9"; ' +
          'check the image name, its tag and the pull secret',
        terminal: true,
      },
    },
    {
      name: 'image never pulled and not there',
      object: unready(waiting('ErrImageNeverPull'), {}, 'Pending'),
      expected: { health: 'Degraded', reason: 'ErrImageNeverPull', terminal: true },
    },
    {
      name: 'image name that is none',
      object: unready(waiting('InvalidImageName'), {}, 'Pending'),
      expected: { health: 'Degraded', reason: 'InvalidImageName', terminal: true },
    },
    {
      name: 'an init container in a crash loop',
      object: pod(
        { spec: { initContainers: [{ name: 'app' }] } },
        {
          phase: 'Pending',
          initContainerStatuses: [crashLooping()],
          containerStatuses: [waiting('PodInitializing', undefined, 'main')],
        },
      ),
      expected: { health: 'Degraded', reason: 'CrashLoopBackOff', terminal: true },
    },
    {
      name: 'init containers at work',
      object: pod(
        {},
        {
          phase: 'Pending',
          conditions: [],
          initContainerStatuses: [running('first', false)],
          containerStatuses: [waiting('PodInitializing')],
        },
      ),
      expected: { health: 'Progressing', reason: 'Pending' },
    },
    {
      name: 'being deleted while it crashes',
      object: unready(crashLooping(), { meta: { deletionTimestamp: '2026-03-01T10:00:00Z' } }),
      expected: { health: 'Progressing', reason: 'Terminating' },
    },
  ])('$name', ({ object, expected }) => {
    const { terminal, ...rest } = computeStatus(object);
    expect({ terminal, ...rest }).toMatchObject(expected);
    expect(terminal).toBe('terminal' in expected ? true : undefined);
  });

  const ownedByNobody = { owner: undefined };
  it.each([
    { name: 'a Job counts', meta: {}, terminal: undefined },
    { name: 'nobody counts', meta: ownedByNobody, terminal: true },
  ])('condemns a crash loop under OnFailure if its restarts $name: $terminal', (given) => {
    const status = computeStatus(unready(crashLooping(), { ...onFailure, meta: given.meta }));
    expect(status.reason).toBe('CrashLoopBackOff');
    expect(status.terminal).toBe(given.terminal);
  });

  describe('of which one container has ended badly while another runs', () => {
    const half = (meta: object, spec: object = {}) =>
      pod(
        { meta, spec: { ...never.spec, ...spec } },
        { containerStatuses: [exited(), running('sidecar')] },
      );
    it('can only fail where nobody starts it again', () => {
      expect(computeStatus(half(ownedByNobody))).toEqual({
        health: 'Degraded',
        reason: 'Error',
        message:
          'container app ended with exit code 1 (Error) at 2026-03-01T10:00:20.000Z; ' +
          'it is not started again, so the pod can only fail; read its log',
        terminal: true,
      });
    });

    it.each([
      { name: 'a Job makes another pod', object: half({}) },
      {
        name: 'rules of its own may start it again',
        object: half(ownedByNobody, {
          containers: [{ name: 'app', restartPolicyRules: [{ action: 'Restart' }] }],
        }),
      },
      { name: 'it is started again', object: half(ownedByNobody, onFailure.spec) },
      {
        name: 'it has a policy of its own',
        object: half(ownedByNobody, { containers: [{ name: 'app', restartPolicy: 'OnFailure' }] }),
      },
    ])('may yet succeed where $name', ({ object }) => {
      expect(computeStatus(object)).toMatchObject({ health: 'Progressing', reason: 'Error' });
      expect(computeStatus(object).terminal).toBeUndefined();
    });
  });

  it('condemns a crash-looping sidecar, which is always restarted, in a pod that is not', () => {
    const spec = {
      restartPolicy: 'OnFailure',
      initContainers: [{ name: 'app', restartPolicy: 'Always' }],
    };
    const object = pod({ spec }, { initContainerStatuses: [crashLooping()] });
    expect(computeStatus(object).terminal).toBe(true);
  });

  it('clips what the kubelet says at 400 characters', () => {
    const { message } = computeStatus(unready(waiting('ImagePullBackOff', 'm'.repeat(401))));
    expect(message).toContain(`${'m'.repeat(400)}…`);
  });

  const pullOf = (image: string, cause: string, now: string) => {
    const said = `Back-off pulling image "${image}": ErrImagePull: failed to pull: ${cause}`;
    const parts = { spec: { containers: [{ name: 'app', image }] } };
    const object = unready(waiting('ImagePullBackOff', said), parts, 'Pending');
    return computeStatus(object, { now: new Date(now) });
  };
  it.each([
    'dial tcp: lookup registry.example.com: no such host',
    'dial tcp: lookup registry.example.com on 10.0.0.10:53: server misbehaving',
    'dial tcp 10.0.0.1:443: i/o timeout',
    'Get "https://registry.example.com/v2/": context deadline exceeded',
    'dial tcp 10.0.0.1:443: connect: connection refused',
    'dial tcp 10.0.0.1:443: connect: no route to host',
    'dial tcp 10.0.0.1:443: connect: network is unreachable',
    'net/http: TLS handshake timeout',
    'unexpected status from HEAD request to https://registry.example.com/v2/x/manifests/9: 503 Service Unavailable',
    'received unexpected HTTP status: 500 Internal Server Error',
    'unexpected status code 502 Bad Gateway',
    'toomanyrequests: You have reached your pull rate limit',
    'unexpected EOF',
  ])('waits for a registry that could not be asked, however long: %s', (cause) => {
    const anHourLater = pullOf('x:9', cause, '2026-03-01T11:00:00Z');
    expect(anHourLater).toMatchObject({
      health: 'Degraded',
      reason: 'ImagePullBackOff',
      message: expect.stringMatching(/; see whether the registry can be reached$/),
    });
    expect(anHourLater.terminal).toBeUndefined();
  });

  it.each([
    'x:1.2-500',
    'registry.example.com/timeout-service:9',
    'registry.example.com/503/eof:429',
    'shop/x:time-out',
  ])('does not take the name %s of an image for an outage', (image) => {
    const url = `https://registry.example.com/v2/${image.replace(':', '/manifests/')}`;
    const cause = `failed to resolve reference "docker.io/${image}": unexpected status from HEAD request to ${url}: 404 Not Found: docker.io/${image}: not found`;
    expect(pullOf(image, cause, '2026-03-01T10:00:02Z').terminal).toBe(true);
  });

  it.each([
    'failed to resolve reference "x:9": x:9: not found',
    'manifest unknown',
    'pull access denied, repository does not exist or may require authorization',
    'unexpected status from HEAD request: 401 Unauthorized',
  ])('gives up at once on an image that the registry will not give: %s', (cause) => {
    const message = `Back-off pulling image "x:9": ErrImagePull: failed to pull: ${cause}`;
    const object = unready(waiting('ImagePullBackOff', message), {}, 'Pending');
    expect(computeStatus(object, { now: new Date('2026-03-01T10:00:02Z') }).terminal).toBe(true);
  });

  it.each([
    { reason: 'CreateContainerConfigError', cure: 'create what it names' },
    { reason: 'CreateContainerError', cure: 'correct what it names' },
    { reason: 'RunContainerError', cure: 'correct what it names' },
  ])('gives $reason 30 s', ({ reason, cure }) => {
    const object = unready(waiting(reason, 'secret "db" not found'));
    const message = `container app cannot start: secret "db" not found; ${cure}`;
    const at = (now: string) => computeStatus(object, { now: new Date(now) });
    expect(at('2026-03-01T10:00:30.999Z')).toEqual({ health: 'Degraded', reason, message });
    const over = { health: 'Degraded', reason, message, terminal: true };
    expect(at('2026-03-01T10:00:31Z')).toEqual(over);
  });

  it('gives them anew to a pod that was there before the change', () => {
    const object = unready(waiting('CreateContainerConfigError', 'secret "db" not found'));
    const since = new Date('2026-03-01T12:00:00Z');
    const at = (now: string) => computeStatus(object, { now: new Date(now), since }).terminal;
    expect(at('2026-03-01T12:00:29.999Z')).toBeUndefined();
    expect(at('2026-03-01T12:00:30Z')).toBe(true);
  });

  it('never runs out of patience for a missing Secret without a clock', () => {
    const object = unready(waiting('CreateContainerConfigError'));
    expect(computeStatus(object).terminal).toBeUndefined();
  });
});
