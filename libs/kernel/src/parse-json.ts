/** What a JSON text from elsewhere holds; `undefined` where it is no JSON, which no JSON text says. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
