import { type Callable, define } from '../binder.ts';
import { equal, truth } from '../python/compare.ts';
import { failUndefined } from '../python/sequence.ts';
import type { Family } from '../registry.ts';
import { PyError, type Value } from '../values.ts';

type Result = Map<Value, Value>;

function on(name: string, holds: (result: Result, warn: (message: string) => void) => Value): Callable {
  return define('result', (rt, result) => {
    failUndefined(result);
    if (!(result instanceof Map)) throw new PyError(`The '${name}' test expects a dictionary`, 'template', 'It tests what a task registered');
    return holds(result, (message) => rt.context.warn(message));
  });
}

const member =
  (name: string) =>
  (result: Result): Value =>
    result.get(name) ?? false;

function changed(result: Result): Value {
  const own = result.get('changed');
  if (own !== undefined) return own;
  const results = result.get('results');
  if (!Array.isArray(results) || !(results[0] instanceof Map)) return false;
  return results.some((one) => one instanceof Map && truth(one.get('changed') ?? false));
}

/** Of an asynchronous task the flag counts; any other counts as done. */
const flag =
  (name: string) =>
  (result: Result, warn: (message: string) => void): Value => {
    const own = result.get(name);
    if (own !== undefined) return equal(own, 1);
    warn(`The '${name}' test expects an async task, but a non-async task was tested`);
    return true;
  };

const failed = on('failed', member('failed'));
const success = on('failed', (result) => !truth(member('failed')(result)));
const skipped = on('skipped', member('skipped'));

export const resultTests: Family = {
  failed,
  failure: failed,
  success,
  succeeded: success,
  successful: success,
  changed: on('changed', changed),
  change: on('changed', changed),
  skipped,
  skip: skipped,
  unreachable: on('unreachable', member('unreachable')),
  reachable: on('unreachable', (result) => !truth(member('unreachable')(result))),
  timedout: on('timedout', (result) => {
    const timedOut = result.get('timedout');
    if (timedOut === undefined || !truth(timedOut)) return timedOut ?? false;
    if (!(timedOut instanceof Map)) throw new PyError("The 'timedout' test expects the period in a dictionary");
    return timedOut.get('period') ?? false;
  }),
  started: on('started', flag('started')),
  finished: on('finished', flag('finished')),
};
