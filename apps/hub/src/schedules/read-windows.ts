import {
  type FieldRefusal,
  parseMaintenanceWindow,
  parseSuppressionWindow,
  type WindowFields,
  type Windows,
} from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import { Refused } from '../http/refused.js';
import type { WindowsRequest } from './window-requests.js';

/** The windows of a request, compiled; ends the request at the first that is not acceptable. */
export function readWindows({ windows = [], suppressions = [] }: WindowsRequest): Windows {
  return {
    windows: readAll('windows', windows, (fields) =>
      parseMaintenanceWindow({ layer: 'environment', ...fields }),
    ),
    suppressions: readAll('suppressions', suppressions, parseSuppressionWindow),
  };
}

function readAll<T>(
  list: string,
  all: readonly WindowFields[],
  parse: (fields: WindowFields) => Result<T, FieldRefusal>,
): readonly T[] {
  return all.map((fields, index) => {
    const parsed = parse(fields);
    if (parsed.ok) return parsed.value;
    const { field, detail } = parsed.error;
    const place = `${list}[${index}]`;
    throw new Refused('http/invalid_request', {
      detail: `${place}: ${detail}`,
      field: `${place}.${field}`,
    });
  });
}
