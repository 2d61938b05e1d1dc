import { type Static, Type } from 'typebox';
import { Check } from 'typebox/value';

const Text = Type.String();

/** Why the hub did not do something: the parts of its problem JSON that people are shown. */
const Problem = Type.Object({
  title: Text,
  status: Type.Number(),
  code: Text,
  detail: Text,
  requestId: Type.Optional(Text),
  field: Type.Optional(Text),
  errors: Type.Optional(Type.Array(Type.Object({ field: Text, detail: Text }))),
  data: Type.Optional(Type.Unknown()),
});
export type Problem = Static<typeof Problem>;

/** The hub answered that it will not. */
export class HubRefusal extends Error {
  override readonly name = 'HubRefusal';

  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** Whether the body of an answer is a problem. */
export function isProblem(body: unknown): body is Problem {
  return Check(Problem, body);
}
