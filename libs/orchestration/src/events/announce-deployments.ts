import { cutText, type Deployment } from '@apollo-deploy/domain';
import type { Json } from '@apollo-deploy/kernel';
import type { DeploymentRepository } from '../ports/deployment-repository.js';
import type { EventDrafts } from './event-drafts.js';
import { overlaid } from './overlaid.js';

/** What a sentence in an event is cut to: whoever wants all of it asks for the deployment. */
const NOTES_MAX = 500;

/** Deployments that say which status they have come to: `deployment.pending`, `deployment.completed`. */
export function announceDeployments(
  deployments: DeploymentRepository,
  drafts: EventDrafts,
): DeploymentRepository {
  const told = new Map<string, number>();
  const remember = ({ id, steps }: Deployment): void => void told.set(id, steps.length);
  const announce = (deployment: Deployment): void => {
    const { id, service, environment, steps } = deployment;
    const subject = { kind: 'deployment', name: id, environment, product: service } as const;
    // Two of one transaction are told, each by its name.
    for (const { status } of steps.slice(told.get(id) ?? 0)) {
      drafts.add(`deployment.${status}`, subject, dataOf(deployment));
    }
    told.set(id, steps.length);
  };
  return overlaid(deployments, {
    async get(id) {
      const found = await deployments.get(id);
      if (found !== undefined) remember(found);
      return found;
    },
    async underWayAt(places) {
      const found = await deployments.underWayAt(places);
      found.forEach(remember);
      return found;
    },
    async insert(deployment) {
      const inserted = await deployments.insert(deployment);
      if (inserted.ok) announce(inserted.value);
      return inserted;
    },
    async save(deployment) {
      if (!told.has(deployment.id)) {
        const before = await deployments.get(deployment.id);
        if (before !== undefined) remember(before);
      }
      const saved = await deployments.save(deployment);
      if (saved.ok) announce(saved.value);
      return saved;
    },
  });
}

function dataOf({
  kind,
  strategy,
  status,
  toVersion,
  fromVersion,
  notes,
  ...more
}: Deployment): Readonly<Record<string, Json>> {
  return {
    ...{ kind, strategy, status, version: toVersion, fromVersion: fromVersion ?? null },
    by: more.deployedBy,
    ...(more.rollbackVersion !== undefined && { rollbackVersion: more.rollbackVersion }),
    ...(more.supersededBy !== undefined && { supersededBy: more.supersededBy }),
    ...(notes !== undefined && { notes: cutText(notes, NOTES_MAX) }),
    ...(more.durationSeconds !== undefined && { durationSeconds: more.durationSeconds }),
  };
}
