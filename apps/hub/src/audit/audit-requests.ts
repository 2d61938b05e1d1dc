import { InstantField, QueryIntegerField, TextField } from '../http/field.js';
import { PageQuery } from '../http/page-query.js';

export class AuditQuery extends PageQuery {
  @InstantField({ optional: true, description: 'Written at or after.' })
  from?: string;

  @TextField({ maximum: 256, optional: true })
  actor?: string;

  @TextField({ maximum: 256, optional: true, description: 'Such as plan/ID or product/NAME.' })
  subject?: string;
}

export class AuditExportQuery {
  @QueryIntegerField({
    ...{ minimum: 0, maximum: 999_999_999, default: 0 },
    optional: true,
    description: 'The number after which to begin, for who has the lines before.',
  })
  after?: string;
}
