import { addFilters } from '../registry.ts';
import { basicFilters } from './basic.ts';
import { carrying } from './carry.ts';
import { collectionFilters } from './collection.ts';
import { communityFilters } from './community/filters.ts';
import { dataFilters } from './data.ts';
import { dateFilters } from './date.ts';
import { hashFilters } from './hash.ts';
import { networkFilters } from './network/filters.ts';
import { numberFilters } from './number.ts';
import { pathFilters } from './path.ts';
import { randomFilters } from './random.ts';
import { regexFilters } from './regex.ts';
import { selectFilters } from './select.ts';
import { sequenceFilters } from './sequence.ts';
import { shellFilters } from './shell.ts';
import { textFilters } from './text.ts';
import { urlFilters } from './url.ts';
import { vaultFilters } from './vault.ts';

for (const family of [basicFilters, collectionFilters, dataFilters, dateFilters, hashFilters, numberFilters, pathFilters, randomFilters, regexFilters])
  addFilters(carrying(family));
for (const family of [communityFilters, networkFilters, selectFilters, sequenceFilters, shellFilters, textFilters, urlFilters, vaultFilters])
  addFilters(carrying(family));
