/** What one template may cost the control node; beyond it, a diagnostic. */
export const LIMITS = {
  /** Items of a range, a repeated list, a product. */
  items: 5_000_000,
  /** Characters of one text. */
  text: 128 * 1024 * 1024,
  /** Bits of an integer. */
  bits: 1_000_000,
  /** Macros, recursive loops and includes within each other. */
  depth: 200,
  /** Brackets and operators within each other. */
  nesting: 200,
} as const;
