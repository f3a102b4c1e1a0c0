/** A row of the field table: fields of one type that came and went together. */
export interface FieldRow {
  /** JSON types joined by `|`; `duration` is text such as `2w`; `any` is not checked. */
  readonly type: string;
  /** First minor line that knows them; 3.2 stands for 3.2 and everything before, which is not public. */
  readonly since: string;
  /** Last minor line that knows them. */
  readonly until?: string;
  /** Names, separated by blanks. */
  readonly names: string;
}

/** A mistake or a doubt about a configuration. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** The field it is about, such as `BUILDLOGS_REDIS.port`. */
  readonly field: string;
  /** One sentence that begins with the field or says what is missing. */
  readonly message: string;
}

export type Config = Readonly<Record<string, unknown>>;
