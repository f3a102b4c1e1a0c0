import { type Data, isDict } from '../value.ts';

/** The class that Ansible names in its sentences about a value of YAML. */
export function pythonClass(value: Data): string {
  const kind = Array.isArray(value) ? 'Sequence' : isDict(value) ? 'Mapping' : typeof value === 'string' ? 'Unicode' : undefined;
  if (kind !== undefined) return `<class 'ansible.parsing.yaml.objects.Ansible${kind}'>`;
  if (value === null) return "<class 'NoneType'>";
  return `<class '${typeof value === 'boolean' ? 'bool' : Number.isInteger(value) ? 'int' : 'float'}'>`;
}

/** Ansible's sentence for a file that an import names and that is not there. */
export const unreadable = (path: string): string => `Unable to retrieve file contents\nCould not find or access '${path}' on the Ansible Controller.`;
