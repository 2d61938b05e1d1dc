import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { GO_MODULE_DIRECTORY } from './package-files.js';
import {
  GO_TO_COMPILE,
  HELM_3_VERSION,
  HELM_VERSION,
  KUBERNETES_VERSION,
  KWOK_VERSION,
} from './versions.js';

describe('the Go module of the binaries', () => {
  it.each([
    { name: 'Kubernetes', line: `\tk8s.io/kubernetes v${KUBERNETES_VERSION}\n` },
    { name: 'Helm', line: `\thelm.sh/helm/v4 v${HELM_VERSION} // indirect\n` },
    { name: 'Helm 3', line: `\thelm.sh/helm/v3 v${HELM_3_VERSION} // indirect\n` },
    { name: 'kwok', line: `\tsigs.k8s.io/kwok v${KWOK_VERSION} // indirect\n` },
    { name: 'Go', line: `\ngo ${GO_TO_COMPILE}.` },
  ])('requires the version of $name that the package names', async ({ line }) => {
    expect(await readFile(join(GO_MODULE_DIRECTORY, 'go.mod'), 'utf8')).toContain(line);
  });
});
