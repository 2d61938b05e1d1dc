import type { KubeCause, KubeRefusal, KubeRefusalCode } from '../kube-refusal.js';

/** Reads the `Status` object (or plain text) an API server answers with when it says no. */
export function refusalFromStatus(httpStatus: number, body: string): KubeRefusal {
  return refusalFromObject(httpStatus, parseObject(body), body);
}

/** The same for a `Status` that came as a value, as watches deliver it. */
export function refusalFromObject(
  httpStatus: number,
  status: Readonly<Record<string, unknown>>,
  fallbackMessage: string,
): KubeRefusal {
  const reason = typeof status['reason'] === 'string' ? status['reason'] : '';
  const message =
    typeof status['message'] === 'string' && status['message'] !== ''
      ? status['message']
      : `the API server answered ${String(httpStatus)}: ${fallbackMessage.trim().slice(0, 500)}`;
  const schemaError = SCHEMA_ERROR.exec(message);
  if (schemaError !== null) {
    const [, field = null, wrong = ''] = schemaError;
    const causes = [{ field, reason: 'FieldNotInSchema', message: wrong }];
    return { code: 'kube/invalid', status: httpStatus, reason, message, causes };
  }
  const causes = readCauses(status['details']);
  return { code: codeOf(httpStatus, reason, causes), status: httpStatus, reason, message, causes };
}

const OVERLOADED = 429;
// The API server answers 500 to an apply whose fields do not fit the kind's schema.
const SCHEMA_ERROR = /failed to create typed patch object \([^)]*\): (\S+): (.*)/;

/** True if an answer says that the server failed, rather than that it refuses. */
export function isOutage(status: number, body: string): boolean {
  return (status >= 500 && !SCHEMA_ERROR.test(body)) || status === OVERLOADED;
}

const CODE_BY_STATUS: Readonly<Record<number, KubeRefusalCode>> = {
  400: 'kube/invalid',
  401: 'kube/unauthorized',
  403: 'kube/forbidden',
  404: 'kube/not_found',
  410: 'kube/expired',
  422: 'kube/invalid',
};

function codeOf(status: number, reason: string, causes: readonly KubeCause[]): KubeRefusalCode {
  if (status !== 409) return CODE_BY_STATUS[status] ?? 'kube/rejected';
  if (reason === 'AlreadyExists') return 'kube/already_exists';
  return causes.some((cause) => cause.reason === 'FieldManagerConflict')
    ? 'kube/field_conflict'
    : 'kube/version_conflict';
}

function readCauses(details: unknown): KubeCause[] {
  if (!isRecord(details) || !Array.isArray(details['causes'])) return [];
  return details['causes'].filter(isRecord).map((cause) => ({
    field: typeof cause['field'] === 'string' ? cause['field'] : null,
    reason: typeof cause['reason'] === 'string' ? cause['reason'] : '',
    message: typeof cause['message'] === 'string' ? cause['message'] : '',
  }));
}

function parseObject(body: string): Readonly<Record<string, unknown>> {
  if (!body.startsWith('{')) return {};
  const value: unknown = JSON.parse(body);
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
