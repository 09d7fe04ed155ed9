package io.bayes4j.onednn;

/** The number format in which a kernel multiplies; sums and results are always 32-bit floats. */
enum Precision {
  F32,
  BF16
}
