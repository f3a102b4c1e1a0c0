import type { Generated, Yaml } from './generate.ts';

/** The smallest playbook that is reached by leaving things out while `differs` holds. Calls it some hundred times. */
export async function shrink(generated: Generated, differs: (smaller: Generated) => Promise<boolean>): Promise<Generated> {
  let best = generated;
  for (let progress = true; progress; ) {
    progress = false;
    for (const smaller of candidates(best)) {
      if (!(await differs(smaller))) continue;
      best = smaller;
      progress = true;
      break;
    }
  }
  return best;
}

function* candidates(from: Generated): Generator<Generated> {
  for (const path of Object.keys(from.files)) {
    if (path === 'play.yml') continue;
    const files = { ...from.files };
    delete files[path];
    yield { ...from, files };
  }
  if (from.argv.length > 0) yield { ...from, argv: [] };
  for (const [path, value] of Object.entries(from.files)) for (const smaller of without(value)) yield { ...from, files: { ...from.files, [path]: smaller } };
}

/** The value with one thing less, large things first. */
function* without(value: Yaml): Generator<Yaml> {
  if (Array.isArray(value)) {
    if (value.length > 1) for (let i = 0; i < value.length; i++) yield value.toSpliced(i, 1);
    for (let i = 0; i < value.length; i++) {
      const one = value[i] as Yaml;
      // a block may be no more than its tasks
      if (typeof one === 'object' && one !== null && !Array.isArray(one) && Array.isArray(one.block)) yield value.toSpliced(i, 1, ...one.block);
      for (const smaller of without(one)) yield value.toSpliced(i, 1, smaller);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const key of Object.keys(value)) {
      if (key === 'hosts' || key === 'gather_facts') continue;
      const { [key]: _, ...rest } = value;
      if (Object.keys(rest).length > 0) yield rest;
    }
    for (const [key, one] of Object.entries(value)) for (const smaller of without(one)) yield { ...value, [key]: smaller };
  }
}
