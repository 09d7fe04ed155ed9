package io.bayes4j.core.kernels;

/**
 * The number format in which matrix products and convolutions multiply, and activations may be kept
 * between them. Sums, parameters and everything else are 32-bit floats in any case.
 */
public enum Precision {
  /** 32-bit floats. */
  F32,
  /** The upper half of a 32-bit float: its range, and 8 bits of precision. */
  BF16
}
