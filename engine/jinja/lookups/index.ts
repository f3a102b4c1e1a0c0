import { addGlobal } from '../globals.ts';
import { addLookups } from '../registry.ts';
import { lookupFunction, lookupNames, queryFunction } from './call.ts';

addLookups(lookupNames());
addGlobal('lookup', lookupFunction);
addGlobal('query', queryFunction);
addGlobal('q', queryFunction);
