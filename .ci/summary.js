/**
 * node .ci/summary.js <directory> <failed checks>
 * Sums <name>.json (vitest's JSON reports) and <name>.status (exit codes of the runs)
 * of the directory, and exits with 1 if anything failed. Names the tests that passed only
 * when they were run again: each of them is a fault to be found, in the test or in Hartware.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const [directory, failedChecks] = process.argv.slice(2);
let passed = 0;
let failed = Number(failedChecks);
for (const name of readdirSync(directory).filter((file) => file.endsWith('.status'))) {
  const status = Number(readFileSync(join(directory, name), 'utf8'));
  const report = join(directory, name.replace('.status', '.json'));
  const before = failed;
  if (existsSync(report)) {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
    passed += numPassedTests;
    failed += numFailedTests;
    // Files that failed before their first test, by an import for example.
    failed += testResults.filter(
      (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
    ).length;
    for (const test of testResults.flatMap((file) => file.assertionResults)) {
      if (test.status !== 'passed' || test.failureMessages.length === 0) continue;
      process.stdout.write(`passed only the second time: ${name.replace('.status', '')}: ${test.fullName}\n`);
      process.stdout.write(`${test.failureMessages[0].replaceAll(/^/gm, '    ')}\n`);
    }
  }
  if (status !== 0 && failed === before) failed++;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
if (failed > 0 || passed === 0) process.exitCode = 1;
