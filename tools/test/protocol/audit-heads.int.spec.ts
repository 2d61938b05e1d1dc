import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHAIN_START, type ChainHead, type ChainLine, nextLine } from '@apollo-deploy/domain';
import type { KubeObject } from '@apollo-deploy/kube';
import { InMemoryKubeApi } from '@apollo-deploy/kube/testing';
import { acceptSpoke, auditHead, auditLines, createProduct } from '@apollo-deploy/orchestration';
import { must } from '@apollo-deploy/orchestration/testing';
import { testDatabase, type TestDatabase } from '@apollo-deploy/storage/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../../../apps/cli/src/testing/cli-run.js';
import { auditLoop } from '../../../apps/hub/src/audit/audit-loop.js';
import { HeadDelivery } from '../../../apps/hub/src/audit/head-delivery.js';
import type { BackgroundLoop } from '../../../apps/hub/src/spokes/background-loop.js';
import { AgentInMemory } from './agent-in-memory.js';
import { Meeting } from './meeting.js';
import { whileTimePasses } from './passing-time.js';
import { SaidLog } from './said-log.js';

const PERSON = { kind: 'person', name: 'ada', roles: ['admin'] } as const;
const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' } as const;
const HEADS = { labelSelector: 'apollo.dev/audit-heads' };

describe('an audit trail whose head a spoke keeps', () => {
  let database: TestDatabase;
  let folder: string;
  let meeting: Meeting;
  let kube: InMemoryKubeApi;
  let agent: AgentInMemory;
  let loop: BackgroundLoop;
  /** What the spoke keeps before anybody does anything to the trail. */
  let kept: ChainHead;
  beforeAll(async () => {
    database = await testDatabase();
    folder = await mkdtemp(join(tmpdir(), 'apollo-heads-'));
  });
  afterAll(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    meeting = await Meeting.open(database);
    const { context, time, hub } = meeting;
    kube = new InMemoryKubeApi({ now: () => time.now() });
    for (const name of ['a', 'b', 'c', 'd']) await product(name);
    loop = auditLoop({
      ...{ context, timer: time, random: () => 0.5, log: new SaidLog() },
      heads: new HeadDelivery(hub.sessions, context),
    });
    loop.start();
    starts();
    await eventually(async () => (await keptBySpoke()) !== undefined);
    await linked();
    kept = (await keptBySpoke()) ?? CHAIN_START;
    expect(kept.number).toBeGreaterThan(4);
  });
  afterEach(async () => {
    await whileTimePasses(meeting.time, agent.stop());
    await loop.stop();
    await meeting.close();
  });

  function starts(): void {
    const { time, proxy } = meeting;
    const hub = () => Promise.resolve('hub-1');
    agent = new AgentInMemory({ time, port: proxy.port, token: () => meeting.token(), kube, hub });
  }

  /** The spoke goes and comes back, so that it looks at once at what it is told. */
  async function startsAnew(): Promise<void> {
    await whileTimePasses(meeting.time, agent.stop());
    starts();
  }

  async function product(name: string): Promise<void> {
    await createProduct(meeting.context, PERSON, { name, criticality: 'low' });
  }

  /** Lets time pass until it is so. */
  function eventually(isSo: () => Promise<boolean>, speed?: number): Promise<void> {
    const asking = async (): Promise<void> => {
      while (!(await isSo())) await new Promise<void>((go) => setImmediate(go));
    };
    return whileTimePasses(meeting.time, asking(), speed);
  }

  /** Everything that was done has its place in the chain. */
  function linked(): Promise<void> {
    return eventually(async () => {
      const { isWaiting } = await meeting.context.store.transact((unit) => unit.auditChain.look());
      return !isWaiting;
    });
  }

  async function configMaps(): Promise<readonly KubeObject[]> {
    const listed = await kube.list(CONFIG_MAP, HEADS);
    return listed.ok ? listed.value.items : [];
  }

  async function keptBySpoke(): Promise<ChainHead | undefined> {
    const [object] = await configMaps();
    if (object === undefined) return undefined;
    return JSON.parse((object['data'] as { readonly newest: string }).newest) as ChainHead;
  }

  async function exported(): Promise<readonly string[]> {
    const lines: string[] = [];
    for await (const page of auditLines(meeting.context, 0)) lines.push(...page);
    return lines;
  }

  /** Checks an export against the ConfigMap, as `kubectl get configmap -l … -o json` prints it. */
  async function verified(lines: readonly string[]) {
    const [file, heads] = [join(folder, 'audit.ndjson'), join(folder, 'heads.json')];
    await writeFile(file, lines.map((line) => `${line}\n`).join(''));
    await writeFile(heads, JSON.stringify({ kind: 'List', items: await configMaps() }));
    const { code, out, err } = await run(['audit', 'verify', file, '--head', heads]);
    return { code, said: `${out}${err}` };
  }

  /** What the owner of the tables can do who takes their refusal away first. */
  async function asOwner(...statements: readonly string[]): Promise<void> {
    const tables = ['audit_entries', 'audit_links'];
    const triggers = (verb: string) =>
      tables.map((table) => `ALTER TABLE ${table} ${verb} TRIGGER refuse_audit_changes`);
    for (const statement of [...triggers('DISABLE'), ...statements, ...triggers('ENABLE')]) {
      await database.query(statement);
    }
  }

  /** Takes out what stands after this number. */
  function cutAfter(number: number): Promise<void> {
    return asOwner(
      `DELETE FROM audit_entries USING audit_links
       WHERE audit_links.entry_id = audit_entries.id AND audit_links.number > ${number}`,
      `DELETE FROM audit_links WHERE number > ${number}`,
    );
  }

  /** Makes every hash anew, over what the entries say now. */
  async function makeHashesAnew(): Promise<void> {
    let head: ChainHead = CHAIN_START;
    for (const text of await exported()) {
      const line = nextLine(head, (JSON.parse(text) as ChainLine).entry);
      await asOwner(
        `UPDATE audit_links SET previous = '${line.previous}', hash = '${line.hash}' WHERE number = ${line.number}`,
      );
      head = line;
    }
  }

  const alarms = async (): Promise<number> =>
    (await meeting.auditOf('spoke/dev')).filter((action) => action === 'spoke.alarm').length;

  it('is whole where nobody has touched it, and nobody is told anything', async () => {
    await product('e');
    await linked();
    await startsAnew();
    await eventually(async () => ((await keptBySpoke())?.number ?? 0) > kept.number);
    const { code, said } = await verified(await exported());
    expect({ code, said }).toMatchObject({ code: 0, said: expect.stringContaining('whole') });
    expect(await alarms()).toBe(0);
  });

  it('shows a row that was edited, also with every hash made anew, which is an alarm within two minutes', async () => {
    await asOwner(`UPDATE audit_entries SET actor = 'nobody' WHERE subject = 'product/b'`);
    expect(await verified(await exported())).toMatchObject({
      code: 1,
      said: expect.stringContaining('edited: line '),
    });
    await makeHashesAnew();
    const { code, said } = await verified(await exported());
    expect({ code, said }).toMatchObject({
      code: 1,
      said: expect.stringContaining(`replaced: line ${kept.number} is not the one that was`),
    });
    // The trail has grown by then: what stood at the newest head before is not there any more.
    await product('e');
    const twoMinutesLater = meeting.time.now().getTime() + 120_000;
    await eventually(async () => (await alarms()) === 1, 10);
    expect(meeting.time.now().getTime()).toBeLessThan(twoMinutesLater);
  });

  it('shows that its end was cut, which is an alarm', async () => {
    await cutAfter(2);
    expect(await auditHead(meeting.context)).toMatchObject({ number: 2 });
    const lines = await exported();
    expect(await verified(lines)).toMatchObject({
      code: 1,
      said: expect.stringContaining(
        `cut: the copy ends with number 2, and ${kept.number} were published`,
      ),
    });
    await startsAnew();
    await eventually(async () => (await alarms()) === 1);
    expect((await meeting.stored()).alarm).toMatchObject({ kind: 'audit_contradicted' });
    expect((await verified(lines)).said).toMatch(/the spoke was told of [3-7]:[0-9a-f]{64} at /);
  });

  it('is kept anew once a person has deleted what it contradicts, as after a restore', async () => {
    await cutAfter(2);
    await startsAnew();
    await eventually(async () => (await alarms()) === 1);
    const [{ metadata } = { metadata: { name: '' } }] = await configMaps();
    await kube.delete({ ...CONFIG_MAP, namespace: 'apollo-system', name: metadata.name });
    must(await acceptSpoke(meeting.context, PERSON, { name: 'dev' }));
    await linked();
    await startsAnew();
    await eventually(async () => (await keptBySpoke()) !== undefined);
    expect((await verified(await exported())).code).toBe(0);
    expect((await meeting.stored()).alarm).toBeUndefined();
    expect(await alarms()).toBe(1);
  });

  it('shows that an old copy was put back and went on from there', async () => {
    await whileTimePasses(meeting.time, agent.stop());
    await cutAfter(kept.number - 2);
    for (const name of ['x', 'y', 'z']) await product(name);
    await linked();
    const lines = await exported();
    expect(lines.length).toBeGreaterThan(kept.number);
    expect(await verified(lines)).toMatchObject({
      code: 1,
      said: expect.stringContaining(`replaced: line ${kept.number} is not the one that was`),
    });
    expect(await verified(lines.slice(0, kept.number - 2))).toMatchObject({
      code: 1,
      said: expect.stringContaining('cut: '),
    });
  });
});
