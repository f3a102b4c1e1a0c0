/** A name for SQL: quoted always, so that no text can end it. */
export function ident(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text for SQL. The form with E keeps its meaning whatever standard_conforming_strings says. */
export function literal(text: string | number | boolean | null): string {
  if (text === null) return 'NULL';
  if (typeof text !== 'string') return String(text);
  const doubled = text.replaceAll("'", "''");
  return doubled.includes('\\') ? `E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`;
}

/** Text without string constants, quoted names, dollar quotes and comments: what psql itself would look at. */
export function bare(sql: string): string {
  return sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\//g, ' ');
}
