// Loaded into a run of qplay before it starts (code.mjs): writes the code of every script when the run ends.
const { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');
const v8 = require('node:v8');
const vm = require('node:vm');

const scripts = new Map();
const { Script } = vm;

vm.Script = class extends Script {
  constructor(source, options) {
    super(source, options);
    if (dirname(options?.filename ?? '') === dirname(process.argv[1])) scripts.set(options.filename, this);
  }
};

// nothing that was compiled may be thrown away before it is written
v8.setFlagsFromString('--no-flush-bytecode');

process.on('exit', () => {
  // V8 takes code for the same flags only
  v8.setFlagsFromString('--flush-bytecode');
  for (const [filename, script] of scripts) {
    const folder = join(dirname(filename), 'code', `${process.version}-${process.arch}`);
    const path = join(folder, `${basename(filename)}.bin`);
    mkdirSync(folder, { recursive: true });
    // V8 checks the head of such a file, not its content: it must never be there in part
    const file = openSync(`${path}.new`, 'w');
    writeSync(file, script.createCachedData());
    fsyncSync(file);
    closeSync(file);
    renameSync(`${path}.new`, path);
  }
});
