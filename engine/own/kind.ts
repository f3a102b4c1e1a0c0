/** How a module of the user's is run. */
export type ModuleKind =
  /** Python that imports `ansible.module_utils`, or a module_utils of a collection. */
  | 'python'
  /** A file with `<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>` in it, in whose place the arguments come. */
  | 'json-args'
  /** A file that says `WANT_JSON`: its argument is a file of JSON. */
  | 'want-json'
  /** A program that is no text: as `want-json`. */
  | 'binary'
  /** Any other script: its argument is a file of `key=value` words. */
  | 'old'
  | 'powershell';

const PYTHON =
  /(?:^|\n)\s*(?:from +\.{2,} *module_utils\S* +import |from +ansible_collections\.[^.\s]+\.[^.\s]+\.plugins\.module_utils\S* +import |import +ansible_collections\.[^.\s]+\.[^.\s]+\.plugins\.module_utils|from +ansible\.module_utils\S* +import |import +ansible\.module_utils\.)/;
const POWERSHELL = /#Requires\s+-Module|#AnsibleRequires\s+-|^#POWERSHELL|#POWERSHELL_COMMON|# POWERSHELL_COMMON/im;

/** In whose place old modules in Python want everything that `ansible.module_utils.basic` has. */
export const COMMON = /^.*#\s*<<INCLUDE_ANSIBLE_MODULE_COMMON>>.*$/m;
export const JSON_ARGS = '<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>';

export function kindOf(file: string, content: Buffer): ModuleKind {
  if (isBinary(content)) return 'binary';
  const text = content.toString('latin1');
  if (COMMON.test(text) || PYTHON.test(text)) return 'python';
  if (file.endsWith('.ps1') || POWERSHELL.test(text)) return 'powershell';
  if (text.includes(JSON_ARGS)) return 'json-args';
  return text.includes('WANT_JSON') ? 'want-json' : 'old';
}

/** Whether the beginning holds bytes that no text has. */
function isBinary(content: Buffer): boolean {
  const begin = content.subarray(0, 1024);
  return begin.some((byte) => byte < 7 || (byte > 13 && byte < 27) || (byte > 27 && byte < 32) || byte === 11);
}
