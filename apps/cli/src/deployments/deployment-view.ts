import { type Static, Type } from 'typebox';
import { ValueChange } from '../plans/plan-view.js';

const Text = Type.String();

const WaitView = Type.Object({
  code: Text,
  message: Text,
  cure: Type.Optional(Text),
  plan: Type.Optional(Text),
  until: Type.Optional(Text),
});
export type WaitView = Static<typeof WaitView>;

/** How far a deployment has come at one entity. */
const TargetView = Type.Object({
  entity: Text,
  spoke: Text,
  state: Text,
  planId: Type.Optional(Text),
  rollout: Type.Optional(
    Type.Object({ step: Type.Number(), steps: Type.Number(), weight: Type.Number() }),
  ),
  stopped: Type.Optional(Text),
  note: Type.Optional(Text),
});
export type TargetView = Static<typeof TargetView>;

/** The parts of a deployment that people are shown. */
export const DeploymentView = Type.Object({
  id: Text,
  service: Text,
  environment: Text,
  kind: Text,
  status: Text,
  strategy: Text,
  fromVersion: Type.Optional(Text),
  toVersion: Text,
  deployedBy: Text,
  deployedAt: Text,
  reason: Type.Optional(Text),
  notes: Type.Optional(Text),
  rollbackVersion: Type.Optional(Text),
  endedAt: Type.Optional(Text),
  durationSeconds: Type.Optional(Type.Number()),
  backup: Text,
  targets: Type.Array(TargetView),
  restoredValues: Type.Optional(
    Type.Array(
      Type.Object({ entity: Text, changes: Type.Array(ValueChange), more: Type.Number() }),
    ),
  ),
  waitsFor: Type.Optional(Type.Array(WaitView)),
  supersededBy: Type.Optional(Text),
  breakGlassGrant: Type.Optional(Type.Object({ until: Text, refused: Type.Optional(Text) })),
});
export type DeploymentView = Static<typeof DeploymentView>;

/** What the hub answers to whoever asks for a deployment. */
export const AskedView = Type.Object({
  deployment_id: Text,
  warning: Type.Optional(Text),
  break_glass: Type.Optional(Text),
  waives: Type.Optional(Type.Array(Text)),
  break_glass_waits: Type.Optional(Text),
  not_waived: Type.Optional(Text),
  not_immediate: Type.Optional(Text),
  unproven_on: Type.Optional(Type.Array(Text)),
});
export type AskedView = Static<typeof AskedView>;

/** Nothing becomes of it any more. */
export function hasEnded({ endedAt }: DeploymentView): boolean {
  return endedAt !== undefined;
}
