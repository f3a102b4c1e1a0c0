import { renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { inputError } from '../error.ts';
import { place, renderDiagnostic } from './diagnostic.ts';
import type { Event, Outcome, Reporter, TaskInfo } from './event.ts';
import { styleFor } from './style.ts';

interface Case {
  readonly name: string;
  readonly from: string;
  readonly seconds: number;
  readonly outcome: Outcome;
}

interface Suite {
  readonly name: string;
  readonly cases: Case[];
}

/**
 * A report in JUnit form, for the servers that show test results: a suite a play, a case a task and host. Ignored and rescued
 * failures are no failures; mistakes found before the run are a case of their own. Written when the run ends.
 * @throws QplayError `unwritable-file`
 */
export function junitReporter(file: string): Reporter {
  const suites: Suite[] = [];
  const tasks = new Map<number, TaskInfo>();
  return {
    on(event) {
      if (event.type === 'play.start' && suites.at(-1)?.name !== event.name) suites.push({ name: event.name, cases: [] });
      if (event.type === 'task.start') tasks.set(event.task.id, event.task);
      if (event.type === 'task.end') suites.at(-1)?.cases.push(caseOf(event, tasks.get(event.task)));
      if (event.type === 'diagnostic' && event.diagnostic.severity === 'error') suites.push({ name: 'before the run', cases: [mistake(event.diagnostic)] });
    },
    close: async () => write(resolve(file), xml(suites)),
  };
}

function caseOf({ host, ms, outcome }: Extract<Event, { type: 'task.end' }>, task: TaskInfo | undefined): Case {
  const name = task === undefined ? '' : task.role === undefined ? task.name : `${task.role} : ${task.name}`;
  return { name: `[${host}] ${name}`, from: task === undefined ? '' : place(task.at), seconds: ms / 1000, outcome };
}

function mistake(error: Extract<Event, { type: 'diagnostic' }>['diagnostic']): Case {
  return { name: error.message, from: error.at ? place(error.at) : '', seconds: 0, outcome: { status: 'failed', error, result: {} } };
}

function xml(suites: readonly Suite[]): string {
  const all = suites.flatMap((suite) => suite.cases);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts(all)}>\n${suites.map(suiteXml).join('')}</testsuites>\n`;
}

const suiteXml = ({ name, cases }: Suite): string => `  <testsuite name="${escaped(name)}" ${counts(cases)}>\n${cases.map(caseXml).join('')}  </testsuite>\n`;

function counts(cases: readonly Case[]): string {
  const skipped = cases.filter(({ outcome }) => outcome.status === 'skipped' || outcome.status === 'unknown').length;
  const seconds = cases.reduce((sum, one) => sum + one.seconds, 0);
  return `tests="${cases.length}" failures="${cases.filter(isFailed).length}" errors="${cases.filter(isError).length}" skipped="${skipped}" time="${seconds.toFixed(3)}"`;
}

const isFailed = ({ outcome }: Case): boolean => outcome.status === 'failed' && !outcome.ignored && !outcome.rescued;
const isError = ({ outcome }: Case): boolean => outcome.status === 'unreachable' && !outcome.ignored;

function caseXml(one: Case): string {
  const head = `    <testcase name="${escaped(one.name)}" classname="${escaped(one.from)}" time="${one.seconds.toFixed(3)}"`;
  const inner = inside(one);
  return inner === '' ? `${head}/>\n` : `${head}>\n      ${inner}\n    </testcase>\n`;
}

function inside(one: Case): string {
  const { outcome } = one;
  if (outcome.status === 'skipped' || outcome.status === 'unknown') return `<skipped message="${escaped(outcome.why)}"/>`;
  if (outcome.status !== 'failed' && outcome.status !== 'unreachable') return '';
  const text = escaped(renderDiagnostic(outcome.error, styleFor(false)));
  if (!isFailed(one) && !isError(one)) return `<system-out>${text}</system-out>`;
  const tag = isError(one) ? 'error' : 'failure';
  return `<${tag} message="${escaped(outcome.error.message)}" type="${escaped(outcome.error.code)}">${text}</${tag}>`;
}

/** XML text: characters that XML 1.0 cannot hold become U+FFFD. */
const escaped = (text: string): string =>
  text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');

function write(file: string, content: string): void {
  const beside = join(dirname(file), `.${basename(file)}.${process.pid}`);
  try {
    writeFileSync(beside, content);
    renameSync(beside, file);
  } catch (error) {
    throw inputError('unwritable-file', `the report cannot be written to ${file}`, { cause: (error as Error).message });
  }
}
