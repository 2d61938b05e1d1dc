import { type Static, Type } from 'typebox';

const Text = Type.String();

/** The demand of one approval rule, and who has answered it. */
const GateView = Type.Object({
  rule: Text,
  level: Type.Number(),
  open: Type.Boolean(),
  satisfied: Type.Boolean(),
  requiredApprovers: Type.Number(),
  requiredRoles: Type.Array(Text),
  missing: Type.Array(Text),
  missingApprovers: Type.Number(),
  satisfiable: Type.Boolean(),
  setAside: Type.Array(Type.Object({ by: Text, message: Text })),
});
export type GateView = Static<typeof GateView>;

const GivenApproval = Type.Object({
  by: Text,
  roles: Type.Array(Text),
  at: Text,
  expiresAt: Type.Optional(Text),
  comment: Type.Optional(Text),
});

/** What speaks against a plan and does not hold it: a warning, or waived. */
const Noted = Type.Array(Type.Object({ code: Text, message: Text, effect: Text }));

/** The parts of a plan that people are shown. */
export const PlanView = Type.Object({
  id: Text,
  entity: Text,
  environment: Text,
  spoke: Text,
  product: Text,
  type: Text,
  state: Text,
  phase: Type.Optional(Text),
  progress: Type.Optional(Type.Object({ message: Text })),
  from: Type.Union([Type.Object({ version: Text }), Type.Null()]),
  to: Type.Union([
    Type.Object({ version: Text, chartSha256: Text, valuesDigest: Text }),
    Type.Null(),
  ]),
  rollbackTarget: Type.Optional(Type.Object({ version: Text })),
  adopts: Type.Optional(Type.Boolean()),
  digest: Text,
  reason: Text,
  deployment: Type.Optional(
    Type.Object({ id: Text, kind: Text, by: Text, reason: Type.Optional(Text) }),
  ),
  violations: Type.Array(Type.Object({ code: Text, message: Text })),
  approval: Type.Object({
    satisfied: Type.Boolean(),
    gates: Type.Array(GateView),
    approvals: Type.Array(GivenApproval),
  }),
  noted: Type.Optional(Noted),
  breakGlass: Type.Optional(Type.Array(Text)),
  message: Type.Optional(Text),
  cancelReason: Type.Optional(Text),
  cancelRequested: Type.Optional(Type.Object({ by: Text, reason: Text })),
  rollbackOf: Type.Optional(Text),
  rolledBackBy: Type.Optional(Text),
  supersededBy: Type.Optional(Text),
  createdAt: Text,
  startedAt: Type.Optional(Text),
  endedAt: Type.Optional(Text),
});
export type PlanView = Static<typeof PlanView>;

/** How a value differs from what it was. */
export const ValueChange = Type.Object({
  path: Text,
  change: Text,
  before: Type.Optional(Type.Unknown()),
  after: Type.Optional(Type.Unknown()),
});
export type ValueChange = Static<typeof ValueChange>;

/** What a plan changes about what runs now. */
export const DiffView = Type.Object({
  from: Type.Union([Type.Object({ version: Text, revision: Type.Number() }), Type.Null()]),
  values: Type.Object({
    known: Type.Boolean(),
    why: Type.Optional(Text),
    changes: Type.Array(ValueChange),
    more: Type.Number(),
  }),
  manifest: Type.Object({ known: Type.Boolean(), why: Type.Optional(Text) }),
});
export type DiffView = Static<typeof DiffView>;

/** Why a plan waits. */
export const ExplainView = Type.Object({
  unmet: Type.Array(
    Type.Object({ code: Text, message: Text, earliestAt: Type.Optional(Text), cure: Text }),
  ),
  noted: Type.Optional(Noted),
  earliestAt: Type.Optional(Text),
});
export type ExplainView = Static<typeof ExplainView>;
