package io.bayes4j.layers;

import io.bayes4j.core.internal.Require;

/** A plain layer of any affine operation, such as one of your own. */
public final class AffineLayer extends Affine {
  /** A layer with initial weights. */
  public AffineLayer(AffineOp op, Init init) {
    super(Require.nonNull(op, "op"), init);
  }
}
