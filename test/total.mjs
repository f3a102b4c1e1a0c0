// Adds up what vitest and the other steps wrote into a folder and prints one line: N passed, N failed
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
let [passed, failed, skipped] = [0, 0, 0];
for (const name of readdirSync(folder).filter((one) => one.endsWith('.json'))) {
  const report = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  passed += report.numPassedTests;
  skipped += report.numPendingTests + report.numTodoTests;
  // a file that does not even load fails without a test of its own
  failed +=
    report.numFailedTests +
    report.testResults.filter((one) => one.status === 'failed' && one.assertionResults.every((test) => test.status !== 'failed')).length;
}
const steps = join(folder, 'steps');
for (const line of existsSync(steps) ? readFileSync(steps, 'utf8').trim().split('\n') : []) {
  if (line.endsWith(' ok')) passed++;
  else {
    failed++;
    console.log(`failed: ${line.replace(/ failed$/, '')}`);
  }
}
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
