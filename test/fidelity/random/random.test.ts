import { compareRandom } from './compare.ts';
import { generate } from './generate.ts';

compareRandom({ name: 'first', generate, recorded: 500 });
