/** Levels of variables that a playbook can define, in no order that matters. */
export const LEVELS = [
  'roleDefaults',
  'allIni',
  'groupIni',
  'allInventory',
  'allPlaybook',
  'groupInventory',
  'groupPlaybook',
  'hostIni',
  'hostInventory',
  'hostPlaybook',
  'play',
  'prompt',
  'varsFile',
  'roleVars',
  'block',
  'task',
  'includeVars',
  'setFact',
  'register',
  'roleParam',
  'includeParam',
  'extra',
] as const;

export type Level = (typeof LEVELS)[number];

/**
 * The files of a playbook that defines each variable on its levels and shows them all in a task called `show`, under `seen`.
 * @param dicts values are dicts that have a key of their own and one that all share, rather than text
 */
export function levelFiles(variables: ReadonlyMap<string, readonly Level[]>, dicts: boolean): Record<string, string> {
  const at = (level: Level): string[] => [...variables].filter(([, levels]) => levels.includes(level)).map(([name]) => name);
  const value = (level: Level): string => (dicts ? `{"${level}": 1, "same": "${level}", "deep": {"${level}": [1], "x": "${level}"}}` : `"${level}"`);
  const yaml = (level: Level, indent = ''): string =>
    at(level)
      .map((name) => `${indent}${name}: ${value(level)}\n`)
      .join('') || `${indent}nothing: here\n`;
  const ini = (level: Level, between: string): string =>
    at(level)
      .map((name) => `${name}=${dicts ? `'${value(level)}'` : level}`)
      .join(between);
  const lines = (level: Level): string =>
    at(level)
      .map((name) => `${name}=${dicts ? value(level) : level}`)
      .join('\n');
  const prompts = dicts
    ? ''
    : `  vars_prompt:\n${at('prompt')
        .map((name) => `    - {name: ${name}, default: prompt, private: false}\n`)
        .join('')}`;
  const registers = dicts
    ? ''
    : at('register')
        .map((name) => `    - debug: {msg: register}\n      register: ${name}\n`)
        .join('');
  const seen = [...variables.keys()].map((name) => `        ${name}: "{{ ${name} | default('none') }}"\n`).join('');
  return {
    'inv/hosts': `[web]\na ansible_connection=local ${ini('hostIni', ' ')}\n[web:vars]\n${lines('groupIni')}\n[all:vars]\n${lines('allIni')}\n`,
    'inv/group_vars/all.yml': yaml('allInventory'),
    'inv/group_vars/web.yml': yaml('groupInventory'),
    'inv/host_vars/a.yml': yaml('hostInventory'),
    'group_vars/all.yml': yaml('allPlaybook'),
    'group_vars/web.yml': yaml('groupPlaybook'),
    'host_vars/a.yml': yaml('hostPlaybook'),
    'vf.yml': yaml('varsFile'),
    'extra.yml': yaml('extra'),
    'iv.yml': yaml('includeVars'),
    'roles/r/defaults/main.yml': yaml('roleDefaults'),
    'roles/r/vars/main.yml': yaml('roleVars'),
    'roles/r/tasks/main.yml': [
      '- block:\n',
      '    - include_vars: iv.yml\n',
      `    - set_fact:\n${yaml('setFact', '        ')}`,
      registers,
      `    - include_tasks: inner.yml\n      vars:\n${yaml('includeParam', '        ')}`,
      `  vars:\n${yaml('block', '    ')}`,
    ].join(''),
    'roles/r/tasks/inner.yml': `- name: show\n  debug:\n    var: seen\n  vars:\n${yaml('task', '    ')}    seen:\n${seen.replaceAll('        ', '      ')}`,
    'play.yaml': `- hosts: web\n  gather_facts: false\n  vars:\n${yaml('play', '    ')}${prompts}  vars_files: [vf.yml]\n  roles:\n    - role: r\n${yaml('roleParam', '      ')}`,
  };
}
