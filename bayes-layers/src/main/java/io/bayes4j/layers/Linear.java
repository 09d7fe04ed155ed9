package io.bayes4j.layers;

/**
 * A dense layer: x [N, ..., inputs] times the transpose of weight [units, inputs], plus bias
 * [units].
 */
public final class Linear extends Affine {
  /** A layer with bias. */
  public Linear(long inputs, long units, Init init) {
    this(inputs, units, true, init);
  }

  /** A layer with or without bias. */
  public Linear(long inputs, long units, boolean bias, Init init) {
    super(new AffineOp.Dense(inputs, units, bias), init);
  }
}
