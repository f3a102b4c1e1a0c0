import { type Place, Undefined, type Value } from './values.ts';

/** What an inline `if` without `else` gives when it does not hold: undefined, yet empty text. */
export class Absent extends Undefined {
  constructor(place: Place) {
    super({ hint: 'the inline if-expression evaluated to false and no else section was defined', place });
  }
  override truth(): boolean {
    return false;
  }
  override repr(): string {
    return '';
  }
  override equals(other: Value): boolean {
    return other instanceof Absent;
  }
  override iterate(): Iterable<Value> {
    return [];
  }
  override length(): number {
    return 0;
  }
}
