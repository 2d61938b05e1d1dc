import type { HelmCommand } from '@apollo-deploy/helm';
import { rollbackDescription } from '@apollo-deploy/helm/testing';
import {
  headRevision,
  restated,
  superseded,
  withRevision,
  type Release,
  type Revision,
} from './release-world.js';

/** Helm passes over what it cannot read, and stumbles over its name. */
export const isReadable = ({ garbled }: Revision): boolean => garbled !== true;

/** A helm process of a spoke. */
export interface HelmChild {
  readonly plan: string;
  readonly verb: HelmCommand['verb'];
  /** What it brings, or for a rollback: goes back to. */
  readonly content: string;
  readonly backTo: number;
  readonly at: 'started' | 'pending' | 'applied' | 'ended';
  /** The record it made or restated; 0 before. */
  readonly uid: number;
  /** 0: done; 1: it said no at once; 2: it said no later; null: it was killed. */
  readonly exitCode: 0 | 1 | 2 | null;
}

/** What a step of a helm process did. */
export interface HelmEffect {
  readonly name: string;
  readonly child: HelmChild;
  readonly release: Release;
  /** It wrote something of Helm's; it changed the objects. */
  readonly touched?: boolean;
  readonly applied?: boolean;
}

/** The next steps of a helm that runs, as helm-facts of Helm 4: only its last step can end in two ways. */
export function helmSteps(child: HelmChild, release: Release): readonly HelmEffect[] {
  const name = `helm ${child.verb} of ${child.plan}`;
  switch (child.at) {
    case 'started':
      return [begin(name, child, release)];
    case 'pending':
      return [
        { name: `${name} applies`, child: { ...child, at: 'applied' }, release, applied: true },
      ];
    case 'applied': {
      const done = finish(child, release);
      return [
        { name: `${name} ends`, child: { ...child, at: 'ended', exitCode: 0 }, release: done },
        {
          name: `${name} ends and says it failed`,
          child: { ...child, at: 'ended', exitCode: 2 },
          release: done,
        },
      ];
    }
    case 'ended':
      return [];
  }
}

function begin(name: string, child: HelmChild, release: Release): HelmEffect {
  const head = headRevision(release);
  if (refuses(child, release, head)) {
    return { name: `${name} is refused`, child: { ...child, at: 'ended', exitCode: 1 }, release };
  }
  if (child.verb === 'uninstall') {
    const uid = release.revisions.findLast(isReadable)?.uid ?? 0;
    const deleting = {
      status: 'uninstalling',
      description: 'deleting',
      deletedBy: child.plan,
    } as const;
    const touched = restated(release, uid, deleting);
    return {
      ...{ name: `${name} begins`, child: { ...child, at: 'pending', uid } },
      ...{ release: touched, touched: true },
    };
  }
  const target = release.revisions.find(({ number }) => number === child.backTo);
  const made = withRevision(release, {
    ...{ status: `pending-${child.verb}`, maker: child.plan, content: child.content },
    ...(child.verb === 'rollback'
      ? {
          label: target?.label ?? null,
          description: rollbackDescription(child.plan),
          backTo: child.backTo,
        }
      : { label: child.plan, description: 'underway' }),
  });
  return {
    ...{ name: `${name} begins`, child: { ...child, at: 'pending', uid: release.nextUid } },
    ...{ release: made, touched: true },
  };
}

function refuses({ verb, backTo }: HelmChild, release: Release, head?: Revision): boolean {
  switch (verb) {
    case 'install':
      return head !== undefined;
    case 'upgrade':
      return head?.garbled === true || head === undefined || isUnderWay(head);
    case 'rollback':
      return head?.garbled === true || !release.revisions.some(({ number }) => number === backTo);
    case 'uninstall':
      return !release.revisions.some(isReadable);
  }
}

function isUnderWay({ status }: Revision): boolean {
  return /^pending|^uninstall/.test(status);
}

function finish({ verb, uid }: HelmChild, release: Release): Release {
  if (verb === 'uninstall') return removed(release);
  if (!release.revisions.some((revision) => revision.uid === uid)) return release;
  return restated(superseded(restated(release, uid, { status: 'failed' })), uid, {
    status: 'deployed',
  });
}

/** What it can read goes. */
export function removed(release: Release): Release {
  return { ...release, revisions: release.revisions.filter((revision) => !isReadable(revision)) };
}
