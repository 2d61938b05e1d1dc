import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startTestCluster } from '@apollo-deploy/local-cluster';
import { requestCounter, requestsByPurpose } from '../apps/spoke/src/testing/request-counter.mjs';
import { packChart } from '../tools/pack-chart.mjs';
import { childrenCpuMs, spokeProcess } from './spoke-process.mjs';

/** @typedef {import('./offering-hub.mjs').PlanSketch} PlanSketch */
/** @typedef {{ values: PlanSketch['values'], patienceS: number }} Wish */

const run = promisify(execFile);
/** The cluster may be one that others work in too. */
const RUN = randomBytes(4).toString('hex');
const NAMESPACE = `bench-${RUN}`;
const LEDGER = `bench-ledger-${RUN}`;
const LEAN = ['--disable-openapi-validation'];
/** Three objects that are done as soon as they are there. */
const SMALL_CHART = {
  'Chart.yaml': 'apiVersion: v2\nname: small\nversion: 1.0.0\n',
  'values.yaml': 'data: default\n',
  'templates/all.yaml': `apiVersion: v1
kind: ServiceAccount
metadata: {name: {{ .Release.Name }}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}}
data: {text: {{ .Values.data | quote }}}
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec: {selector: {app: {{ .Release.Name }}}, ports: [{name: http, port: 80}]}
`,
};
const SMALL_OBJECTS = 3;

/** A cluster, bare Helm, and a spoke that is offered plans. */
export class HelmBench {
  #releases = 0;
  /** @type {PlanSketch['base']} */
  #base = null;

  /**
   * @param {Awaited<ReturnType<typeof clusterToUse>>} cluster
   * @param {string} folder
   * @param {Awaited<ReturnType<typeof spokeProcess>>} spoke
   * @param {PlanSketch['chart']} small
   */
  constructor(cluster, folder, spoke, small) {
    this.cluster = cluster;
    this.folder = folder;
    this.spoke = spoke;
    this.small = small;
  }

  static async open() {
    const cluster = await clusterToUse();
    const folder = await mkdtemp(join(tmpdir(), 'apollo-bench-helm-'));
    const small = { name: 'small', version: '1.0.0', bytes: await smallChart(folder) };
    const spoke = await spokeIn(folder, cluster, cluster.kubeconfigPath);
    const bench = new HelmBench(cluster, folder, spoke, small);
    // Makes the namespace, and has the kinds watched that the charts are made of.
    await bench.installByApollo(small, { values: {}, patienceS: 60 });
    return bench;
  }

  async close() {
    await this.spoke.stop();
    await this.cluster.stop();
    await rm(this.folder, { recursive: true });
  }

  /** One upgrade of a release by each arm; each has its own. */
  async upgradeArms() {
    for (const release of ['bare', 'lean'])
      await this.helm(['install', release, this.file('small')]);
    await this.#install('apollo', this.small, { values: {}, patienceS: 60 });
    /** @param {string} release @param {readonly string[]} words */
    const byHelm = (release, words) => async (/** @type {string} */ text) => {
      const flags = ['--reset-values', `--set=data=${text}`, ...words];
      const cpuBefore = childrenCpuMs();
      const { ms } = await this.helm(['upgrade', release, this.file('small'), ...flags]);
      return { ms, cpuMs: childrenCpuMs() - cpuBefore, triedMs: 0 };
    };
    return {
      bare: byHelm('bare', []),
      lean: byHelm('lean', LEAN),
      apollo: (/** @type {string} */ text) => this.#upgradeByApollo(text),
    };
  }

  /**
   * @param {PlanSketch['chart']} chart
   * @param {Wish} wish
   */
  async waitingHelm(chart, { values, patienceS }) {
    const release = this.#fresh();
    await writeFile(this.file(release), chart.bytes);
    const set = Object.entries(values).map(([name, value]) => `--set=${name}=${String(value)}`);
    const words = [
      'install',
      release,
      this.file(release),
      '--wait',
      `--timeout=${patienceS}s`,
      ...set,
    ];
    const { ms, failed } = await this.helm(words, { mayFail: true });
    await this.helm(['uninstall', release]);
    return { ms, verdict: failed ? 'failed' : 'succeeded' };
  }

  /**
   * @param {PlanSketch['chart']} chart
   * @param {Wish} wish
   */
  async installByApollo(chart, wish) {
    const release = this.#fresh();
    const installed = await this.#install(release, chart, wish);
    await this.helm(['uninstall', release]);
    return installed;
  }

  /** @param {number} count */
  async installByXargs(count) {
    const names = this.#names(count);
    const ms = await this.#xargs(names, ['install', '{}', this.file('small')]);
    await this.#xargs(names, ['uninstall', '{}']);
    return ms;
  }

  /** @param {number} count */
  async installAllByApollo(count) {
    const names = this.#names(count);
    const startedAt = performance.now();
    const wish = { values: {}, patienceS: 60 };
    const ended = await Promise.all(names.map((name) => this.#install(name, this.small, wish)));
    const ms = performance.now() - startedAt;
    if (ended.some(({ verdict }) => verdict !== 'succeeded')) throw new Error('an install failed');
    await this.#xargs(names, ['uninstall', '{}']);
    return ms;
  }

  /** What an upgrade asks of the API server, by bare Helm and by a spoke that goes a counted way. */
  async countRequests() {
    await this.spoke.stop();
    const counter = await requestCounter(this.cluster.kubeconfigPath);
    this.spoke = await spokeIn(this.folder, this.cluster, counter.kubeconfigPath);
    const where = { namespace: NAMESPACE, ledgerNamespace: LEDGER };
    await this.#upgradeByApollo('warm');
    counter.take();
    await this.#upgradeByApollo('counted');
    const { helm, ledger, rights, dryRuns, releases, objects } = requestsByPurpose(
      counter.take(),
      where,
    );
    const upgrade = ['upgrade', 'bare', this.file('small'), '--set=data=counted'];
    await this.helm(upgrade, { kubeconfigPath: counter.kubeconfigPath });
    const bare = requestsByPurpose(counter.take(), where).helm.length;
    await counter.close();
    const looks = [rights, releases, objects].flat();
    return {
      ...{ bare, objects: SMALL_OBJECTS, helm: helm.length, ledger: ledger.length },
      ...{ dryRuns: dryRuns.length, looks: looks.length },
      total: [helm, ledger, dryRuns, looks].flat().length,
    };
  }

  /**
   * @param {readonly string[]} words
   * @param {{ mayFail?: boolean, kubeconfigPath?: string }} [options]
   */
  async helm(words, { mayFail = false, kubeconfigPath = this.cluster.kubeconfigPath } = {}) {
    const env = { HOME: this.folder, KUBECONFIG: kubeconfigPath };
    const startedAt = performance.now();
    const failed = await run(this.cluster.helm, [...words, `--namespace=${NAMESPACE}`], {
      env,
    }).then(
      () => false,
      (/** @type {unknown} */ error) => {
        if (mayFail) return true;
        throw error;
      },
    );
    return { ms: performance.now() - startedAt, failed };
  }

  /** @param {string} name */
  file(name) {
    return join(this.folder, `${name}.tgz`);
  }

  /** @param {string} text */
  async #upgradeByApollo(text) {
    const cpuBefore = this.spoke.cpuMs();
    const startedAt = performance.now();
    const { planId, result, release } = await this.spoke.hub.carryOut({
      ...{ type: 'config_update', release: 'apollo', namespace: NAMESPACE, values: { data: text } },
      ...{ chart: this.small, base: this.#base, rolloutTimeoutSeconds: 60 },
    });
    const ms = performance.now() - startedAt;
    if (result.verdict !== 'succeeded') throw new Error(result.message);
    this.#base = baseOf(release);
    const triedMs = this.spoke.triedMs.get(planId) ?? NaN;
    return { ms, cpuMs: this.spoke.cpuMs() - cpuBefore, triedMs };
  }

  /**
   * @param {string} release
   * @param {PlanSketch['chart']} chart
   * @param {Wish} wish
   */
  async #install(release, chart, { values, patienceS }) {
    const startedAt = performance.now();
    const { result, release: report } = await this.spoke.hub.carryOut({
      ...{ type: 'install', release, namespace: NAMESPACE, values, chart, base: null },
      rolloutTimeoutSeconds: patienceS,
    });
    const ms = performance.now() - startedAt;
    if (release === 'apollo') this.#base = baseOf(report);
    return { ms, verdict: result.verdict };
  }

  /**
   * @param {readonly string[]} names
   * @param {readonly string[]} words
   */
  async #xargs(names, words) {
    const flags = ['-P', String(names.length), '-I', '{}', this.cluster.helm];
    const startedAt = performance.now();
    const child = spawn('xargs', [...flags, ...words, `--namespace=${NAMESPACE}`], {
      stdio: ['pipe', 'ignore', 'inherit'],
      env: { ...process.env, HOME: this.folder, KUBECONFIG: this.cluster.kubeconfigPath },
    });
    child.stdin.end(names.join('\n'));
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`xargs ended with ${String(code)}`);
    return performance.now() - startedAt;
  }

  /** @param {number} count */
  #names(count) {
    return Array.from({ length: count }, () => this.#fresh());
  }

  #fresh() {
    this.#releases += 1;
    return `r${this.#releases}`;
  }
}

/** @param {import('./offering-hub.mjs').PlanResult['release']} report */
function baseOf(report) {
  if (report === null || report === undefined) throw new Error('the release is not reported');
  const { revision, releaseDigest } = report.head;
  return { revision, releaseDigest };
}

/** The cluster of the tests, if they have one. */
async function clusterToUse() {
  const { APOLLO_TEST_KUBECONFIG: kubeconfigPath, APOLLO_TEST_HELM: helm } = process.env;
  if (kubeconfigPath === undefined || helm === undefined) return startTestCluster();
  return { kubeconfigPath, helm, stop: () => Promise.resolve() };
}

/**
 * @param {string} folder
 * @param {{ helm: string }} cluster
 * @param {string} kubeconfigPath
 */
function spokeIn(folder, { helm }, kubeconfigPath) {
  const directory = join(folder, 'spoke');
  return spokeProcess({ kubeconfigPath, helm, directory, namespace: LEDGER });
}

/** @param {string} folder */
async function smallChart(folder) {
  const source = join(folder, 'small');
  await mkdir(join(source, 'templates'), { recursive: true });
  for (const [path, text] of Object.entries(SMALL_CHART)) await writeFile(join(source, path), text);
  const bytes = packChart(source);
  await writeFile(join(folder, 'small.tgz'), bytes);
  return bytes;
}
