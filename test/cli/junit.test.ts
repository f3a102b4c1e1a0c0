import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { junitReporter } from '../../engine/report/junit.ts';
import { LOCAL, player } from '../rig.ts';

const play = player();

test('a JUnit report has a suite a play, a case a task and host, and escapes what XML cannot hold', async () => {
  const ran = await play({
    hosts: LOCAL('a', 'b'),
    'play.yaml':
      '- name: <One> & "two"\n  hosts: all\n  gather_facts: false\n  tasks:\n    - {name: fine, debug: {msg: x}}\n    - name: skips\n      debug:\n      when: false\n    - name: ignored\n      fail: {msg: "no\\u0001 <x>"}\n      ignore_errors: true\n    - name: fails\n      fail: {msg: "bad ]]>"}\n      when: inventory_hostname == "b"\n',
  });
  const file = join(ran.folder, 'report.xml');
  const reporter = junitReporter(file);
  for (const event of ran.events) reporter.on(event);
  await reporter.close();
  const xml = readFileSync(file, 'utf8').replace(/time="[\d.]+"/g, 'time="T"');
  expect(xml).toContain('<testsuite name="&lt;One&gt; &amp; &quot;two&quot;" tests="8" failures="1" errors="0" skipped="3" time="T">');
  expect(xml).toContain('<testcase name="[a] fine"');
  expect(xml).toMatch(/<testcase name="\[b\] fails" classname="[^"]*play\.yaml:12:7" time="T">\n {6}<failure message="bad \]\]&gt;" type="fail">/);
  expect(xml).toContain('no\ufffd &lt;x&gt;');
  expect(xml).not.toMatch(/[\u0000-\u0008]/);
});

test('where the report cannot be written, that is said', async () => {
  await expect(junitReporter('/nonexistent/report.xml').close()).rejects.toThrow('the report cannot be written to /nonexistent/report.xml');
});
