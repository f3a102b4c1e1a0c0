/** The package's version; a test keeps it equal to package.json, so that `--version` need not read a file. */
export const VERSION = '0.1.0';
