import { compareRandom } from './compare.ts';
import { generateWide } from './wide.ts';

compareRandom({ name: 'wide', generate: generateWide, recorded: 100 });
