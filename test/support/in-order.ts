import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Runs files in the order of their names. */
export class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => (a.moduleId < b.moduleId ? -1 : 1));
  }
}
