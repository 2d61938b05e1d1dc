import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@apollo-deploy/local-cluster/testing';
import { archiveOf } from '../src/testing/chart-archive.js';
import { named, searchAnswers, searchDatabase } from './support/canary-search.js';
import { TestSystem } from './support/test-system.js';

/** Each stands in a chart or a cluster where secrets are found, and is to stay there. */
const CANARIES = {
  'the values of an entity': 'canary-of-values-5d0f',
  'a Secret of the chart': 'canary-of-secret-81c2',
  'an annotation of the chart': 'canary-of-annotation-7b1e',
  'what somebody wrote into an annotation': 'canary-of-somebody-90aa',
  'what somebody wrote into a Secret': 'canary-of-rotation-44d7',
  'notes of the chart': 'canary-of-notes-c3f9',
};
const HOUR_MS = 3_600_000;
const VALUES = { banner: CANARIES['the values of an entity'], pull: 'IfNotPresent' };

/** What a version of the chart does besides. */
interface Change {
  readonly version: string;
  readonly template?: string;
}

function leakyChart({ version, template = '' }: Change): Promise<Buffer> {
  return archiveOf([
    { name: 'leaky/Chart.yaml', content: `apiVersion: v2\nname: leaky\nversion: ${version}\n` },
    { name: 'leaky/values.yaml', content: 'banner: none\npull: Always\n' },
    {
      name: 'leaky/templates/NOTES.txt',
      content: `{{ .Values.banner }} ${CANARIES['notes of the chart']}\n`,
    },
    { name: 'leaky/templates/all.yaml', content: `${OBJECTS}${template}` },
  ]);
}

const OBJECTS = `apiVersion: v1
kind: Secret
metadata: {name: leaky}
stringData:
  banner: {{ .Values.banner | quote }}
  password: ${CANARIES['a Secret of the chart']}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: leaky}
spec:
  selector: {matchLabels: {app: leaky}}
  template:
    metadata:
      labels: {app: leaky}
      annotations: {note: ${CANARIES['an annotation of the chart']}}
    spec:
      containers:
      - name: main
        image: registry.invalid/leaky:1
        imagePullPolicy: {{ .Values.pull }}
        env: [{name: BANNER, value: {{ .Values.banner | quote }}}]
`;

describe('a canary that was put into charts and a cluster', () => {
  let system: TestSystem;
  let namespace: string;
  beforeAll(async () => {
    system = await TestSystem.running();
    namespace = await system.cluster.freshNamespace('canary');
    await system.client.post('/api/v1/products', { name: 'leaky', criticality: 'low' });
    await system.client.release('leaky', '1.0.0', await leakyChart({ version: '1.0.0' }));
    await want(VALUES);
    expect(await system.client.ended('leaky', 0)).toMatchObject({ state: 'SUCCEEDED' });
  });
  afterAll(() => system.stop());

  async function want(values: object): Promise<void> {
    const body = { spoke: 'dev', product: 'leaky', namespace, desired: { channel: 'dev' }, values };
    await system.client.put('/api/v1/entities/leaky', body);
  }

  async function patch(path: string, body: object): Promise<void> {
    expect(await system.cluster.send({ method: 'PATCH', path, body })).toMatchObject({
      status: 200,
    });
  }

  it('is not said where somebody changed what it stands in', async () => {
    const [start, end] = [new Date(), new Date(Date.now() + HOUR_MS)].map((at) => at.toISOString());
    const freeze = { start, end, reason: 'A person looks first', scope: { products: ['leaky'] } };
    const { id } = await system.client.post('/api/v1/suppressions', freeze);
    const annotations = { note: CANARIES['what somebody wrote into an annotation'] };
    const template = { metadata: { annotations } };
    await patch(`/apis/apps/v1/namespaces/${namespace}/deployments/leaky`, { spec: { template } });
    const stringData = { password: CANARIES['what somebody wrote into a Secret'] };
    await patch(`/api/v1/namespaces/${namespace}/secrets/leaky`, { stringData });

    const told = await eventually('the drift to be told', async () => {
      const { drift } = await system.client.get<{ drift: readonly { field: string }[] }>(
        '/api/v1/entities/leaky/expected-state',
      );
      return drift.length >= 2 ? drift : undefined;
    });
    expect(told.map(({ field }) => field).sort()).toEqual([
      'data.password',
      'spec.template.metadata.annotations.note',
    ]);
    await system.client.delete(`/api/v1/suppressions/${String(id)}`);
    expect(await system.client.ended('leaky', 1)).toMatchObject({ state: 'SUCCEEDED' });
  });

  it.each([
    {
      name: 'a chart that fails by it',
      version: '2.0.0',
      template: '\n{{ fail (printf "%s is no good" .Values.banner) }}\n',
      says: '<value of banner> is no good',
    },
    {
      name: 'a cluster that refuses it',
      version: '3.0.0',
      template: `
---
apiVersion: v1
kind: Service
metadata: {name: leaky}
spec: {type: {{ .Values.banner | quote }}, ports: [{port: 80}]}
`,
      says: '<value of banner>',
    },
  ])('is not said by $name', async ({ version, template, says }) => {
    await system.client.release('leaky', version, await leakyChart({ version, template }));

    const failed = await eventually(`a plan of ${version} to fail`, async () => {
      const plans = await system.client.plans('leaky');
      return plans.find(({ to, state }) => to?.['version'] === version && state === 'FAILED');
    });
    expect(failed.message).toContain(says);
  });

  it('stands in no row but as the values that it is', async () => {
    const { found } = await searchDatabase(system.database, CANARIES);

    // What waits for a spoke is deleted once that has it.
    expect(found.filter((place) => !place.startsWith('outbox_messages.payload'))).toEqual([
      'baselines.helm_values: the values of an entity',
      'entities.helm_values: the values of an entity',
      'plans.helm_values: the values of an entity',
    ]);
  });

  it('is in no answer but as the values of its entity', async () => {
    const { found } = await searchAnswers(system.client.url, { 'dev-operator': {} }, CANARIES);

    expect(found).toEqual([
      '/api/v1/entities as dev-operator: the values of an entity',
      '/api/v1/entities/{name} as dev-operator: the values of an entity',
    ]);
  });

  it('is in no log and in no ledger', async () => {
    const { body } = await system.cluster.send({ method: 'GET', path: '/api/v1/configmaps' });
    const ledger = JSON.stringify(
      (JSON.parse(body) as { items: { metadata: { namespace: string } }[] }).items.filter(
        ({ metadata }) => metadata.namespace.startsWith('apollo-'),
      ),
    );

    expect(ledger).toContain('leaky');
    expect(named('the ledger', ledger, CANARIES)).toEqual([]);
    expect(named('the spoke', await system.saidBySpoke(), CANARIES)).toEqual([]);
    expect(named('the hub', await readFile(system.hub.logFile, 'utf8'), CANARIES)).toEqual([]);
  });
});
