/** A promise that a test settles, to hold a transaction open. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

/** Makes a shut one. */
export function gate(): Gate {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
