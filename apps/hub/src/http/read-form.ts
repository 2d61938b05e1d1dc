import multer, { type StorageEngine } from 'multer';
import { Refused } from './refused.js';
import type { HubRequest } from './hub-request.js';

/** What the text parts and framing of a form may take besides its file, in bytes. */
const MAX_FORM_OVERHEAD_BYTES = 256 * 1024;
/** How long a refused upload is still read, so that its sender gets to read the refusal. */
const LINGER_MS = 10_000;

interface FormRules {
  /** Name of the one part that is a file. */
  readonly file: string;
  /** The most bytes that file may have. */
  readonly limitBytes: number;
}

/**
 * Reads a multipart form: its texts become `request.body`, its file `request.upload`. A file over
 * the limit ends the request at the byte that is too many, or before the first one if the request
 * states its length; what still arrives is thrown away, for ten seconds at most.
 */
export async function readForm(request: HubRequest, rules: FormRules): Promise<void> {
  const stated = Number(request.headers['content-length'] ?? 0);
  if (stated > rules.limitBytes + MAX_FORM_OVERHEAD_BYTES) {
    throwAwayRest(request);
    throw tooLarge(rules);
  }
  const parts = new Promise<void>((resolve, reject) => {
    const read = multer({
      storage: keepInMemory(request, rules, reject),
      limits: { files: 1, fields: 20, parts: 21, fieldSize: 64 * 1024, fieldNameSize: 100 },
    }).single(rules.file);
    // The middleware needs no response: it only hands it on.
    read(request, {} as never, (error?: unknown) => {
      if (error === undefined || error === null) resolve();
      else reject(error instanceof Error ? refusalOfForm(error, rules) : tooLarge(rules));
    });
  });
  await parts;
}

function keepInMemory(
  request: HubRequest,
  rules: FormRules,
  reject: (refused: Refused) => void,
): StorageEngine {
  return {
    _handleFile(_request, { stream }, done) {
      const chunks: Buffer[] = [];
      let bytes = 0;
      stream.on('data', (chunk: Buffer) => {
        const wasTooLarge = bytes > rules.limitBytes;
        bytes += chunk.length;
        if (bytes <= rules.limitBytes) chunks.push(chunk);
        if (wasTooLarge || bytes <= rules.limitBytes) return;
        chunks.length = 0;
        throwAwayRest(request);
        reject(tooLarge(rules));
      });
      stream.on('error', done);
      stream.on('end', () => {
        if (bytes <= rules.limitBytes) request.upload = Buffer.concat(chunks);
        done(null, { size: bytes });
      });
    },
    _removeFile(_request, _file, done) {
      done(null);
    },
  };
}

function throwAwayRest(request: HubRequest): void {
  const cut = setTimeout(() => request.destroy(), LINGER_MS).unref();
  request.once('close', () => {
    clearTimeout(cut);
  });
  request.resume();
}

function tooLarge({ file, limitBytes }: FormRules): Refused {
  return new Refused('catalog/chart_too_large', {
    detail: `${file} is larger than ${limitBytes} bytes, which is the most this hub takes; leave out of the chart what it does not need`,
    field: file,
    data: { limitBytes },
  });
}

function refusalOfForm(error: Error, { file }: FormRules): Refused {
  const detail =
    error instanceof multer.MulterError
      ? `the form is not acceptable (${error.message.toLowerCase()}${error.field === undefined ? '' : `: ${error.field}`})`
      : 'the form cannot be read as multipart/form-data';
  return new Refused('http/invalid_request', {
    detail: `${detail}; accepted are text fields of at most 64 KiB and one file named ${file}`,
    field: error instanceof multer.MulterError && error.field !== undefined ? error.field : 'body',
  });
}
