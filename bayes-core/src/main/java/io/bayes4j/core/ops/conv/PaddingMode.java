package io.bayes4j.core.ops.conv;

/** What lies beyond the edge of an array that is padded. */
public enum PaddingMode {
  /** Zeros. */
  ZEROS,
  /** The array mirrored at its edge, the edge itself not repeated; shorter than the array. */
  REFLECT,
  /** The edge repeated. */
  REPLICATE,
  /** The other end of the array; not longer than the array. */
  CIRCULAR
}
