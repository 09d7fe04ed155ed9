package io.bayes4j.imports.parts;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import java.util.Arrays;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * x kept where an array has one, and put out where it has zero and another has numbers instead, or
 * x and an array: masks of attention. Neither array is a parameter, so that training leaves them
 * alone.
 */
public final class Overlay implements Layer {
  private final Optional<INDArray> kept;
  private final INDArray added;

  private Overlay(Optional<INDArray> kept, INDArray added) {
    this.kept = kept;
    this.added = Require.floats(added, "added");
  }

  /**
   * Of arrays that broadcast with x; neither is copied.
   *
   * @param kept float array of zeros and ones
   * @param added float array, zero where x is kept
   */
  public Overlay(INDArray kept, INDArray added) {
    this(Optional.of(Require.floats(kept, "kept")), added);
  }

  /**
   * The sum of x and an array.
   *
   * @param added float array that broadcasts with x; it is not copied
   */
  public static Overlay sum(INDArray added) {
    return new Overlay(Optional.empty(), added);
  }

  /** Zeros and ones; empty if all is kept. */
  public Optional<INDArray> kept() {
    return kept;
  }

  /** What is added to the part of x that is kept. */
  public INDArray added() {
    return added;
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    Var rest = kept.map(ones -> Ops.mul(x, Var.constant(ones))).orElse(x);
    return Ops.add(rest, Var.constant(added));
  }

  @Override
  public String toString() {
    return "Overlay(" + Arrays.toString(added.shape()) + ")";
  }
}
