import { describe, expect, it } from '@jest/globals';
import { printReport, reportLines } from './test-report.mjs';

describe('the report of a test run', () => {
  it('ends in the totals of all levels, alone on the last line', () => {
    const lines = reportLines([
      {
        name: 'lint',
        failed: 1,
        seconds: 12.34,
        problems: ['npm run lint ended with exit code 1'],
      },
      { name: 'unit', passed: 20, failed: 0, skipped: 1, seconds: 3, problems: [] },
      { name: 'int', passed: 5, failed: 2, skipped: 0, seconds: 60.06, problems: [] },
    ]);
    expect(lines).toEqual([
      '                        passed  failed skipped seconds',
      'lint                                 1            12.3',
      'unit                        20       0       1     3.0',
      'int                          5       2       0    60.1',
      '',
      'lint: npm run lint ended with exit code 1',
      '',
      '25 passed, 3 failed, 1 skipped',
    ]);
  });

  it('says zero of everything when nothing ran', () => {
    expect(reportLines([]).at(-1)).toBe('0 passed, 0 failed, 0 skipped');
  });

  it('counts a level that could not run as one skipped', () => {
    const lines = reportLines([
      { name: 'build', failed: 1, problems: ['npm run build ended with exit code 2'] },
      { name: 'int', failed: 0, skipped: 1, problems: ['not run: the build failed'] },
    ]);
    expect(lines.at(-3)).toBe('int: not run: the build failed');
    expect(lines.at(-1)).toBe('0 passed, 1 failed, 1 skipped');
  });

  it('answers how many failed', () => {
    const printed: string[] = [];
    const rows = [
      { name: 'build', failed: 1, problems: ['npm run build ended with exit code 2'] },
      { name: 'unit', passed: 1, failed: 2, skipped: 0, problems: [] },
    ];
    expect(printReport(rows, (line: string) => printed.push(line))).toBe(3);
    expect(printed.at(-1)).toBe('1 passed, 3 failed, 0 skipped');
  });
});
