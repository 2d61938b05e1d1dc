import { describe, expect, it } from '@jest/globals';
import { isOutage, refusalFromStatus } from './refusal-from-status.js';

const status = (fields: Record<string, unknown>): string =>
  JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', ...fields });

describe('refusalFromStatus', () => {
  it.each([
    { name: 'an unknown object', http: 404, reason: 'NotFound', expected: 'kube/not_found' },
    { name: 'a taken name', http: 409, reason: 'AlreadyExists', expected: 'kube/already_exists' },
    { name: 'a stale version', http: 409, reason: 'Conflict', expected: 'kube/version_conflict' },
    { name: 'a missing right', http: 403, reason: 'Forbidden', expected: 'kube/forbidden' },
    { name: 'bad credentials', http: 401, reason: 'Unauthorized', expected: 'kube/unauthorized' },
    { name: 'an old version', http: 410, reason: 'Expired', expected: 'kube/expired' },
    { name: 'a bad object', http: 422, reason: 'Invalid', expected: 'kube/invalid' },
    { name: 'a bad request', http: 400, reason: 'BadRequest', expected: 'kube/invalid' },
    { name: 'a bad method', http: 405, reason: 'MethodNotAllowed', expected: 'kube/rejected' },
  ])('reads $name', ({ http, reason, expected }) => {
    const refusal = refusalFromStatus(http, status({ reason, message: 'no', code: http }));
    expect(refusal).toEqual({ code: expected, status: http, reason, message: 'no', causes: [] });
  });

  it('names the fields other managers hold', () => {
    const causes = [
      {
        reason: 'FieldManagerConflict',
        message: 'conflict with "kubectl"',
        field: '.spec.replicas',
      },
    ];
    const body = status({ reason: 'Conflict', message: 'Apply failed', details: { causes } });
    expect(refusalFromStatus(409, body)).toMatchObject({ code: 'kube/field_conflict', causes });
  });

  it('takes a field outside the schema for a refusal, although the server answers 500', () => {
    const message =
      'failed to create typed patch object (shop/web; /v1, Kind=Service): ' +
      '.spec.ports[port=80,protocol="TCP"].bogus: field not declared in schema';
    const body = status({ reason: 'InternalError', message });
    expect(isOutage(500, body)).toBe(false);
    expect(refusalFromStatus(500, body)).toMatchObject({
      code: 'kube/invalid',
      causes: [
        {
          field: '.spec.ports[port=80,protocol="TCP"].bogus',
          message: 'field not declared in schema',
        },
      ],
    });
  });

  it.each([
    { name: 'a server error', http: 500, expected: true },
    { name: 'an overloaded server', http: 429, expected: true },
    { name: 'a refusal', http: 422, expected: false },
  ])('calls $name an outage: $expected', ({ http, expected }) => {
    expect(isOutage(http, status({ message: 'no' }))).toBe(expected);
  });

  it('keeps the text of an answer that is no Status', () => {
    expect(refusalFromStatus(404, '404 page not found\n').message).toBe(
      'the API server answered 404: 404 page not found',
    );
  });
});
