import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import type {
  ApiResource,
  ApiResources,
  ApplyOptions,
  DeleteOptions,
  KubeApi,
  KubeList,
  KubeSelection,
  KubeVersion,
  PodLogQuery,
  ReplaceOptions,
  WatchSelection,
} from '../kube-api.js';
import {
  refOf,
  type KubeKind,
  type KubeMetadata,
  type KubeObject,
  type KubeRef,
} from '../kube-object.js';
import type { KubeRefusal } from '../kube-refusal.js';
import type { WatchEvent, WatchHandle } from '../kube-watch.js';
import { discoverResources } from './api-discovery.js';
import { HttpWatch } from './http-watch.js';
import type { KubeConnection } from './kube-connection.js';
import { KubeTransport, type TransportRequest } from './kube-transport.js';
import { refusalFromStatus } from './refusal-from-status.js';
import { resourcePath, unknownKind } from './resource-path.js';

const PAGE_SIZE = '500';
const LOG_LIMIT_BYTES = String(1024 * 1024);
const WATCH_SECONDS = '540';
/** Servers are replaced by newer ones while a spoke runs. */
const VERSION_KEPT_MS = 10 * 60_000;
const METADATA = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';

interface WireList {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  /** Null where there is nothing: that is how Go writes an empty list. */
  readonly items: readonly { readonly metadata: KubeMetadata }[] | null;
}

interface WireToken {
  readonly status: { readonly token: string; readonly expirationTimestamp: string };
}

export interface ServiceAccountToken {
  readonly token: string;
  /** The server may give less than it was asked for. */
  readonly expiresAt: Date;
}

/** The Kubernetes API over HTTPS. Writes show up in `managedFields` under the user agent's name. */
export class HttpKubeApi implements KubeApi {
  private readonly transport: KubeTransport;
  private discovered: Promise<ApiResources> | null = null;
  private version: { readonly answer: Promise<KubeVersion>; readonly untilMs: number } | null =
    null;

  constructor(
    private readonly connection: KubeConnection,
    userAgent = 'apollo',
    /** A clock that never goes back. */
    private readonly monotonicMs = (): number => performance.now(),
  ) {
    this.transport = new KubeTransport(connection, userAgent);
  }

  /** Closes the connections. Calls made after it open new ones. */
  close(): void {
    this.connection.close();
  }

  async get(ref: KubeRef): Promise<Result<KubeObject, KubeRefusal>> {
    return this.onObject(ref, { method: 'GET' });
  }

  async list(
    kind: KubeKind,
    selection: KubeSelection = {},
  ): Promise<Result<KubeList, KubeRefusal>> {
    const first = await this.listPages(kind, selection, PAGE_SIZE);
    // A list too slow for its continue token is asked for again in one piece.
    return !first.ok && first.error.code === 'kube/expired'
      ? this.listPages(kind, selection, undefined)
      : first;
  }

  async create(object: KubeObject): Promise<Result<KubeObject, KubeRefusal>> {
    const resource = await this.resourceOf(object);
    if (!resource.ok) return resource;
    const path = resourcePath(resource.value, { namespace: object.metadata.namespace });
    const body = JSON.stringify(object);
    return this.served(object, await this.expectObject(object, { method: 'POST', path, body }));
  }

  async replace(
    object: KubeObject,
    options: ReplaceOptions = {},
  ): Promise<Result<KubeObject, KubeRefusal>> {
    if (object.metadata.resourceVersion === undefined) {
      throw new InvariantViolation(`replace without resourceVersion: ${object.metadata.name}`);
    }
    const query = { dryRun: options.dryRun === true ? 'All' : undefined };
    return this.onObject(refOf(object), { method: 'PUT', query, body: JSON.stringify(object) });
  }

  async delete(ref: KubeRef, options: DeleteOptions = {}): Promise<Result<void, KubeRefusal>> {
    const body = JSON.stringify({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: options.propagation ?? 'Background',
      preconditions: options.preconditions,
      ...(options.dryRun === true && { dryRun: ['All'] }),
    });
    // The server goes by the body; whoever reads its log goes by the query.
    const query = { dryRun: options.dryRun === true ? 'All' : undefined };
    const deleted = await this.onObject(ref, { method: 'DELETE', query, body });
    return deleted.ok ? ok(undefined) : deleted;
  }

  async apply(object: KubeObject, options: ApplyOptions): Promise<Result<KubeObject, KubeRefusal>> {
    return this.onObject(refOf(object), {
      method: 'PATCH',
      contentType: 'application/apply-patch+yaml',
      query: {
        fieldManager: options.fieldManager,
        force: String(options.force),
        dryRun: options.dryRun === true ? 'All' : undefined,
      },
      body: options.yaml ?? JSON.stringify(object),
    });
  }

  watch(
    kind: KubeKind,
    selection: WatchSelection,
    handler: (event: WatchEvent) => void,
  ): WatchHandle {
    const watch = new HttpWatch(kind, handler);
    void watch.run(async (signal) => {
      const resource = await this.resourceOf(kind);
      if (!resource.ok) return resource;
      const response = await this.transport.open({
        method: 'GET',
        path: resourcePath(resource.value, selection),
        accept: selection.metadataOnly === true ? METADATA : 'application/json',
        query: {
          ...selectors(selection),
          watch: 'true',
          allowWatchBookmarks: 'true',
          resourceVersion: selection.resourceVersion,
          timeoutSeconds: WATCH_SECONDS,
        },
        signal,
        endless: true,
      });
      return ok(response);
    });
    return watch;
  }

  async serverVersion(): Promise<KubeVersion> {
    const now = this.monotonicMs();
    if (this.version === null || now >= this.version.untilMs) {
      this.version = { answer: this.askVersion(), untilMs: now + VERSION_KEPT_MS };
    }
    try {
      return await this.version.answer;
    } catch (error) {
      this.version = null;
      throw error;
    }
  }

  async resources(options: { readonly refresh?: boolean } = {}): Promise<ApiResources> {
    if (options.refresh === true) this.discovered = null;
    this.discovered ??= discoverResources(this.transport).catch((error: unknown) => {
      this.discovered = null;
      throw error;
    });
    return this.discovered;
  }

  async podLogs(query: PodLogQuery): Promise<Result<string, KubeRefusal>> {
    const namespace = encodeURIComponent(query.namespace);
    const { status, body } = await this.transport.send({
      method: 'GET',
      path: `api/v1/namespaces/${namespace}/pods/${encodeURIComponent(query.name)}/log`,
      accept: '*/*',
      query: {
        container: query.container,
        tailLines: String(query.tailLines),
        limitBytes: LOG_LIMIT_BYTES,
        previous: query.previous === true ? 'true' : undefined,
      },
    });
    return status === 200 ? ok(body) : err(refusalFromStatus(status, body));
  }

  /**
   * A token by which to act as a service account, for so long at most. Not part of `KubeApi`: few need
   * it, and a cluster in memory has no accounts.
   */
  async serviceAccountToken(
    account: { readonly namespace: string; readonly name: string },
    lifeSeconds: number,
  ): Promise<Result<ServiceAccountToken, KubeRefusal>> {
    const namespace = encodeURIComponent(account.namespace);
    const { status, body } = await this.transport.send({
      method: 'POST',
      path: `api/v1/namespaces/${namespace}/serviceaccounts/${encodeURIComponent(account.name)}/token`,
      body: JSON.stringify({ spec: { expirationSeconds: lifeSeconds } }),
    });
    if (status !== 201) return err(refusalFromStatus(status, body));
    const { token, expirationTimestamp } = (JSON.parse(body) as WireToken).status;
    return ok({ token, expiresAt: new Date(expirationTimestamp) });
  }

  private async askVersion(): Promise<KubeVersion> {
    const { body } = await this.transport.send({ method: 'GET', path: 'version' });
    return { gitVersion: (JSON.parse(body) as KubeVersion).gitVersion };
  }

  private async listPages(
    kind: KubeKind,
    selection: KubeSelection,
    limit: string | undefined,
  ): Promise<Result<KubeList, KubeRefusal>> {
    const resource = await this.resourceOf(kind);
    if (!resource.ok) return resource;
    const items: KubeObject[] = [];
    for (let token: string | undefined; ;) {
      const { status, body } = await this.transport.send({
        method: 'GET',
        path: resourcePath(resource.value, selection),
        accept: selection.metadataOnly === true ? METADATA_LIST : 'application/json',
        query: { ...selectors(selection), limit, continue: token },
      });
      if (status !== 200) return this.served(kind, err(refusalFromStatus(status, body)));
      const page = JSON.parse(body) as WireList;
      for (const item of page.items ?? []) items.push({ ...item, ...kindOf(kind) });
      token = page.metadata.continue;
      if (!token) return ok({ items, resourceVersion: page.metadata.resourceVersion });
    }
  }

  private async onObject(
    ref: KubeRef,
    request: Omit<TransportRequest, 'path'>,
  ): Promise<Result<KubeObject, KubeRefusal>> {
    const resource = await this.resourceOf(ref);
    if (!resource.ok) return resource;
    const path = resourcePath(resource.value, ref);
    return this.served(ref, await this.expectObject(ref, { ...request, path }));
  }

  /** A 404 that does not name what is missing may mean that the kind went after discovery. */
  private async served<T>(
    kind: KubeKind,
    answer: Result<T, KubeRefusal>,
  ): Promise<Result<T, KubeRefusal>> {
    if (answer.ok || answer.error.status !== 404 || answer.error.reason === 'NotFound') {
      return answer;
    }
    const served = (await this.resources({ refresh: true })).find(kind);
    return served === undefined ? err(unknownKind(kind)) : answer;
  }

  private async expectObject(
    kind: KubeKind,
    request: TransportRequest,
  ): Promise<Result<KubeObject, KubeRefusal>> {
    const { status, body } = await this.transport.send(request);
    if (status < 200 || status > 299) return err(refusalFromStatus(status, body));
    return ok({ ...(JSON.parse(body) as KubeObject), ...kindOf(kind) });
  }

  private async resourceOf(kind: KubeKind): Promise<Result<ApiResource, KubeRefusal>> {
    const known = (await this.resources()).find(kind);
    if (known !== undefined) return ok(known);
    const fresh = (await this.resources({ refresh: true })).find(kind);
    if (fresh !== undefined) return ok(fresh);
    return err(unknownKind(kind));
  }
}

function kindOf({ apiVersion, kind }: KubeKind): KubeKind {
  return { apiVersion, kind };
}

function selectors(selection: KubeSelection): Record<string, string | undefined> {
  return { labelSelector: selection.labelSelector, fieldSelector: selection.fieldSelector };
}
