import { addTests } from '../registry.ts';
import { compareTests } from './compare.ts';
import { fileTests } from './files.ts';
import { matchTests } from './match.ts';
import { networkTests } from './network.ts';
import { resultTests } from './result.ts';
import { typeTests } from './types.ts';
import { uriTests } from './uri.ts';

for (const family of [compareTests, fileTests, matchTests, networkTests, resultTests, typeTests, uriTests]) addTests(family);
