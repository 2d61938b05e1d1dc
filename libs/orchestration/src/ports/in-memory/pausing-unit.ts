import type { UnitOfWork } from '../unit-of-work.js';

/**
 * The same unit of work, which waits for `pause` before each of its statements: a long one lets the
 * process serve others. They ask the store in vain until it has ended, so it stays one piece.
 */
export function pausingUnit(unit: UnitOfWork, pause: () => Promise<void>): UnitOfWork {
  return new Proxy(unit, {
    get: (repositories, name): unknown => {
      const repository: unknown = Reflect.get(repositories, name);
      return isObject(repository) ? pausingRepository(repository, pause) : repository;
    },
  });
}

function pausingRepository(repository: object, pause: () => Promise<void>): object {
  return new Proxy(repository, {
    get: (statements, name): unknown => {
      const statement: unknown = Reflect.get(statements, name);
      if (typeof statement !== 'function') return statement;
      return async (...given: readonly unknown[]): Promise<unknown> => {
        await pause();
        const answer: unknown = Reflect.apply(statement, statements, given);
        return answer;
      };
    },
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
