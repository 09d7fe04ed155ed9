package io.bayes4j.imports.parts;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * x kept where an array has one, and put out where it has zero and another has numbers instead: a
 * mask of attention. Neither array is a parameter, so that training leaves them alone.
 */
public final class Overlay implements Layer {
  private final INDArray kept;
  private final INDArray added;

  /**
   * Of arrays that broadcast with x; neither is copied.
   *
   * @param kept float array of zeros and ones
   * @param added float array, zero where x is kept
   */
  public Overlay(INDArray kept, INDArray added) {
    this.kept = Require.floats(kept, "kept");
    this.added = Require.floats(added, "added");
  }

  /** Zeros and ones. */
  public INDArray kept() {
    return kept;
  }

  /** Zero where x is kept. */
  public INDArray added() {
    return added;
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    return Ops.add(Ops.mul(x, Var.constant(kept)), Var.constant(added));
  }

  @Override
  public String toString() {
    return "Overlay(" + Arrays.toString(added.shape()) + ")";
  }
}
