import type { HubRequest } from '../http/hub-request.js';
import { Refused } from '../http/refused.js';

/** The bytes of the chart in a form; ends the request if the chart is only named, or missing. */
export function uploadedChart({ upload }: HubRequest, reference: unknown): Buffer {
  if (upload !== undefined) return upload;
  if (reference !== undefined) {
    throw new Refused('http/not_supported', {
      detail:
        'this hub fetches no charts from registries; send the archive itself as a multipart form (-F product=… -F version=… -F chart=@chart.tgz)',
      field: 'chart.ref',
    });
  }
  throw new Refused('http/invalid_request', {
    detail:
      'chart is missing; accepted is a file part of a multipart form, the chart as a .tgz archive',
    field: 'chart',
  });
}
