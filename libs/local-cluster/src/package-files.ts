import { fileURLToPath } from 'node:url';

// Beside `src` and beside `dist` alike, so that sources under test and the built package agree.

/** The Go module from which the binaries are built. */
export const GO_MODULE_DIRECTORY = fileURLToPath(new URL('../go/', import.meta.url));

/** How pods behave: the stages that kwok reads. */
export const STAGES_FILE = fileURLToPath(new URL('../assets/stages.yaml', import.meta.url));
