package io.bayes4j.layers;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.norm.GroupNormalization;
import java.util.Arrays;
import java.util.Map;

/**
 * Layer normalisation (Ba, Kiros and Hinton 2016): the elements along the last axes are brought to
 * mean zero and variance one, then each is scaled and shifted. Training and prediction compute the
 * same. Scale starts at one, shift at zero.
 */
public final class LayerNorm implements Normalization {
  private static final double EPSILON = 1e-5;

  private final long[] shape;
  private final double epsilon;
  private final AffineParameters affine;

  /**
   * Over the last axes of the given lengths, with a scale and a shift for each element.
   *
   * @throws IllegalArgumentException if there is no length, or one is not above zero
   */
  public LayerNorm(long... shape) {
    this(EPSILON, true, shape);
  }

  /**
   * Over the last axes of the given lengths.
   *
   * @param epsilon added to the variance
   * @param elementwiseAffine whether there are a scale and a shift
   * @throws IllegalArgumentException if there is no length, or a number is not above zero
   */
  public LayerNorm(double epsilon, boolean elementwiseAffine, long... shape) {
    Require.positiveAsFloat(epsilon, "epsilon");
    Require.nonNull(shape, "shape");
    Require.argument(
        shape.length > 0 && Arrays.stream(shape).allMatch(length -> length > 0),
        "shape must be one or more lengths above zero, got %s",
        Require.text(shape));
    this.shape = shape.clone();
    this.epsilon = epsilon;
    this.affine = new AffineParameters(elementwiseAffine, shape);
  }

  /** Lengths of the axes that are normalised together. */
  public long[] shape() {
    return shape.clone();
  }

  /** What is added to the variance. */
  public double epsilon() {
    return epsilon;
  }

  @Override
  public Map<String, Parameter> parameters() {
    return affine.byName();
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    return GroupNormalization.layerNorm(x, affine.scale(), affine.shift(), epsilon);
  }

  @Override
  public String toString() {
    return "LayerNorm(" + Arrays.toString(shape) + ")";
  }
}
