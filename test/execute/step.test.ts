import { expect, test } from 'vitest';
import { LOCAL, player } from '../rig.ts';

const play = player();
const FILES = {
  hosts: LOCAL('a', 'b'),
  'play.yaml':
    '- hosts: all\n  gather_facts: false\n  tasks:\n    - {name: one, debug: }\n    - meta: noop\n    - {name: two, debug: }\n    - {name: three, debug: }\n    - {name: four, debug: }\n',
};

test('--step asks before each task once for all hosts; no passes it over, continue ends the questions', async () => {
  const asked: string[] = [];
  const answers = ['y', '', 'c'];
  const ran = await play(FILES, {
    step: true,
    ask: async (prompt) => {
      asked.push(prompt);
      return answers.shift() ?? '';
    },
  });
  expect(asked).toEqual(['one', 'two', 'three'].map((name) => `Perform task: TASK: ${name} (N)o/(y)es/(c)ontinue: `));
  expect(ran.ends).toEqual(['one', 'three', 'four'].flatMap((name) => [`a ${name}: ok`, `b ${name}: ok`]));
});
