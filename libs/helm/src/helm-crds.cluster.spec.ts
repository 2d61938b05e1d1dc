import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@apollo-deploy/local-cluster/testing';
import { HelmClusterBench } from './testing/helm-cluster-bench.js';
import { OperatorBench } from './testing/operator-bench.js';

const benches = { 3: new HelmClusterBench(3), 4: new HelmClusterBench(4) } as const;
afterAll(() => Promise.all([benches[3].close(), benches[4].close()]));

describe.each([{ major: 3 }, { major: 4 }] as const)('custom resources, Helm $major,', (row) => {
  let web: OperatorBench;
  /** Of this test alone: definitions belong to the whole cluster. */
  let group: string;
  beforeEach(async () => {
    web = new OperatorBench(await benches[row.major].open());
    group = `${web.open.namespace}.example.com`;
  });

  const definition = (note: string): string =>
    JSON.stringify({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `gadgets.${group}`, annotations: { note } },
      spec: {
        group,
        scope: 'Namespaced',
        names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: { type: 'object', properties: { size: { type: 'integer' } } },
            },
          },
        ],
      },
    });
  const gadget = (size: number): string =>
    JSON.stringify({ apiVersion: `${group}/v1`, kind: 'Gadget', metadata: { name: 'g' }, size });
  const sizeOf = async (): Promise<unknown> => {
    const path = `/apis/${group}/v1/namespaces/${web.open.namespace}/gadgets/g`;
    const { status, body } = await web.open.cluster.send({ method: 'GET', path });
    return status === 200 ? (JSON.parse(body) as { size?: unknown }).size : status;
  };
  const definitionPath = () =>
    `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gadgets.${group}`;
  const noteOf = async (): Promise<unknown> => {
    const { body } = await web.open.cluster.send({ method: 'GET', path: definitionPath() });
    return (JSON.parse(body) as { metadata: { annotations?: { note?: string } } }).metadata
      .annotations?.note;
  };

  const sizeTypeOf = async (): Promise<unknown> => {
    const { body } = await web.open.cluster.send({ method: 'GET', path: definitionPath() });
    return /"size":\{"type":"(\w+)"/.exec(body)?.[1];
  };

  it('of the folder crds/ are defined once, used at once, never changed and never removed', async () => {
    const files = (note: string, size: number) => ({
      'crds/gadget.yaml': definition(note),
      'templates/gadget.yaml': gadget(size),
    });
    const installed = await web.operate(web.install('p1', await web.chart(files('one', 1))));
    expect(installed.result).toBe('applied');
    expect(installed.head).toMatchObject({ definitions: definition('one') });
    const served = async () => ((await sizeOf()) === 1 ? true : undefined);
    await eventually('the kind to be served', served);
    const second = await web.upgrade('p2', await web.chart(files('two', 2)));
    expect(await web.preflight(second)).toMatchObject({ value: { findings: [] } });
    expect((await web.operate(second)).result).toBe('applied');
    expect([await sizeOf(), await noteOf()]).toEqual([2, 'one']);
    expect((await web.operate(await web.uninstall('p3'))).result).toBe('applied');
    expect([await sizeOf(), await noteOf()]).toEqual([404, 'one']);
  });

  it('defined otherwise by a later chart are left as they are, and that is told', async () => {
    const changed = definition('one').replace('"integer"', '"string"');
    await web.operate(
      web.install('p1', await web.chart({ 'crds/gadget.yaml': definition('one') })),
    );
    const charts = [changed, changed.replaceAll('adget', 'idget')];
    const files = Object.fromEntries(charts.map((text, at) => [`crds/${String(at)}.yaml`, text]));
    const second = await web.upgrade('p2', await web.chart(files));
    const told = (said: string) => ({
      ...{ code: 'helm/definitions', severity: 'noted' },
      message: expect.stringContaining(said),
    });
    expect(await web.preflight(second)).toMatchObject({
      value: {
        findings: [
          told(`Helm has left gadgets.${group} as it was in the cluster, and the chart's crds`),
          told(`Helm has not defined gidgets.${group} of the chart's crds folder`),
        ],
      },
    });
    expect((await web.operate(second)).result).toBe('applied');
    expect(await sizeTypeOf()).toBe('integer');
    await web.operate(await web.uninstall('p3'));
    const anew = web.install('p4', await web.chart({ 'crds/gadget.yaml': changed }));
    const says = row.major === 4 ? 'Helm 4 has changed the definition of' : 'Helm has left';
    expect(await web.preflight(anew)).toMatchObject({
      value: { findings: [told(`${says} gadgets.${group}`)] },
    });
    expect((await web.operate(anew)).result).toBe('applied');
    expect(await sizeTypeOf()).toBe(row.major === 4 ? 'string' : 'integer');
  });

  it('that somebody else defined otherwise stop an installation that would change them', async () => {
    const body = JSON.parse(definition('by hand').replace('"integer"', '"string"')) as object;
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    expect((await web.open.cluster.send({ method: 'POST', path, body })).status).toBe(201);
    const anew = web.install('p1', await web.chart({ 'crds/gadget.yaml': definition('one') }));
    const stops = row.major === 4;
    expect(await web.obstacles(anew)).toEqual(
      stops
        ? [expect.stringMatching(/^kube\/field_conflict: CustomResourceDefinition gadgets/)]
        : [],
    );
    expect((await web.operate(anew)).result).toBe(stops ? 'broken' : 'applied');
    expect(await sizeTypeOf()).toBe('string');
  });

  it('that an upgrade brings in crds/ are not served, so that their use is refused', async () => {
    await web.operate(web.install('p1', await web.chart()));
    const files = { 'crds/gadget.yaml': definition('one'), 'templates/gadget.yaml': gadget(1) };
    const second = await web.upgrade('p2', await web.chart(files));
    expect(await web.obstacles(second)).toEqual([
      expect.stringMatching(/^kube\/unknown_kind: Gadget .*g: .*/),
    ]);
    expect(await web.operate(second)).toMatchObject({ result: 'refused', code: 'helm/said_no' });
  });

  it('beside their definition in templates/ are refused before anything is touched', async () => {
    const files = {
      'templates/definition.yaml': definition('one'),
      'templates/gadget.yaml': gadget(1),
    };
    const report = await web.operate(web.install('p1', await web.chart(files)));
    expect(report).toMatchObject({ result: 'refused', code: 'helm/said_no' });
    expect(report.message).toContain('no matches for kind "Gadget"');
    expect(await web.observe()).toEqual({ kind: 'absent' });
  });

  it('of a chart that Helm refuses afterwards are there: the plan is broken, not refused', async () => {
    const files = {
      'crds/gadget.yaml': definition('one'),
      'templates/gadget.yaml': '{{ fail "no" }}',
    };
    const report = await web.operate(web.install('p1', await web.chart(files)));
    expect(report).toMatchObject({ result: 'broken', refusal: 'helm/said_no' });
    expect(report.message).toContain('Helm may have defined kinds from the crds folder');
    expect([await noteOf(), await web.observe()]).toEqual(['one', { kind: 'absent' }]);
  });

  it('whose definition was removed stop an upgrade and a removal until it is back', async () => {
    const files = { 'crds/gadget.yaml': definition('one'), 'templates/gadget.yaml': gadget(1) };
    await web.operate(web.install('p1', await web.chart(files)));
    const removed = await web.open.cluster.send({ method: 'DELETE', path: definitionPath() });
    expect(removed.status).toBe(200);
    const report = await web.operate(await web.upgrade('p2', await web.chart()));
    expect(report).toMatchObject({ result: 'refused', code: 'helm/said_no' });
    expect(report.message).toContain('no matches for kind "Gadget"');
    expect(await web.history()).toEqual(['1 deployed']);
    const stops = expect.stringMatching(
      /^kube\/unknown_kind: release web holds Gadget g, .*install the definition of that kind again/,
    );
    const again = await web.upgrade('p2', await web.chart());
    for (const planned of [again, await web.rollback('p2', 1), await web.uninstall('p2')]) {
      expect((await web.obstacles(planned)).at(-1)).toEqual(stops);
    }
    const stuck = await web.operate(await web.uninstall('p3'));
    expect(stuck).toMatchObject({ result: 'broken', repairs: [{ was: 'uninstalling' }] });
    // Once the kind is served again, the same plan made anew goes through.
    const body = JSON.parse(definition('two')) as object;
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    expect((await web.open.cluster.send({ method: 'POST', path, body })).status).toBe(201);
    await eventually('the kind to be served', async () =>
      (await sizeOf()) === 404 ? true : undefined,
    );
    expect((await web.operate(await web.uninstall('p4'))).result).toBe('applied');
  });
});
