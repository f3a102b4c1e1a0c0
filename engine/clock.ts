/** Milliseconds that only go forward, for spans. `monotonicMs()` is the same, and loads a part of Node that nothing else here needs. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
