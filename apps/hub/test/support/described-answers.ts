import { Check, Errors } from 'typebox/schema';

interface Media {
  readonly schema: object;
}
interface DescribedResponse {
  readonly content?: Readonly<Record<string, Media>>;
}
interface DescribedOperation {
  readonly responses: Readonly<Record<string, DescribedResponse>>;
}
type Schema = Readonly<Record<string, unknown>>;

/** What came back over HTTP. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: unknown;
}

/** Compares what the hub answers with what its OpenAPI document says that it does. */
export class DescribedAnswers {
  private constructor(
    private readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>,
    private readonly components: { readonly schemas: Readonly<Record<string, Schema>> },
  ) {}

  static async of(url: string): Promise<DescribedAnswers> {
    const response = await fetch(`${url}/api/openapi.json`);
    const { paths, components } = (await response.json()) as {
      readonly paths: DescribedAnswers['paths'];
      readonly components: DescribedAnswers['components'];
    };
    const schemas: Record<string, Schema> = {};
    for (const [name, one] of Object.entries(components.schemas)) schemas[name] = closedSchema(one);
    return new DescribedAnswers(paths, { schemas });
  }

  /** Why the answer is none of those that the route is described with; empty: it is one. */
  faultsOf(route: string, { status, contentType, body }: HttpAnswer): readonly string[] {
    const [method = '', path = ''] = route.split(' ');
    const described = this.paths[path]?.[method.toLowerCase()]?.responses[String(status)];
    if (described === undefined) return [`${route} is not described with ${String(status)}`];
    const media = described.content?.[contentType];
    if (media === undefined)
      return [`${route} ${String(status)} is not described as ${contentType}`];
    const schema = { allOf: [media.schema], components: this.components };
    if (Check(schema, body)) return [];
    const [, errors] = Errors(schema, body);
    return errors.map(({ instancePath, message }) => `${route} ${instancePath}: ${message}`);
  }
}

/** Nothing is answered that is not described. */
function closedSchema(schema: Schema): Schema {
  return 'properties' in schema && !('additionalProperties' in schema)
    ? { ...schema, additionalProperties: false }
    : schema;
}
