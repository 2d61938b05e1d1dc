/** When the records of the tests were written. */
export const NOON = '2026-03-02T12:00:00.000Z';
