package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.ops.AffineTerm;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.Weights;
import io.bayes4j.core.ops.conv.Convolutions;
import io.bayes4j.core.ops.conv.FlipoutConvolutions;
import io.bayes4j.core.ops.norm.Normalizations;
import io.bayes4j.core.ops.recurrent.Sequences;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An operation y = A(x; W) that is affine in its weights: all that an estimator has to know of a
 * layer.
 *
 * <p>Deterministic, Bayesian and quantized layers of a kind share the one that belongs to the kind.
 * One of your own makes a kind of layer of its own: {@link AffineLayer} is the plain one, and every
 * estimator, conversion and file takes it as it takes the kinds here. It must be linear in x and in
 * the weights, the bias aside, and what it makes of an example must not depend on the others.
 */
public interface AffineOp {
  /** Shape of the kernel. */
  long[] kernelShape();

  /** Number of inputs that one output is a sum over. */
  long fanIn();

  /** Number of input channels or features. */
  long inputs();

  /** Number of output channels or features, the length of the bias. */
  long units();

  /** Whether it has a bias. */
  boolean hasBias();

  /**
   * Applies it.
   *
   * @throws IllegalArgumentException if x does not fit
   */
  Var apply(Var x, Weights weights);

  /**
   * Applies a sum of terms.
   *
   * @param terms at least one
   * @throws IllegalArgumentException if x does not fit
   */
  default Var apply(Var x, List<AffineTerm> terms) {
    Require.open(x, "x");
    Require.elements(terms, "terms");
    return addTo(null, x, terms);
  }

  /**
   * Adds terms to a sum.
   *
   * @param start what has been added up; null for nothing
   * @param terms at least one if there is no start
   * @throws IllegalArgumentException if x does not fit
   */
  default Var addTo(@Nullable Var start, Var x, List<AffineTerm> terms) {
    Require.openIfGiven(start, "start");
    Require.open(x, "x");
    Require.elements(terms, "terms");
    Require.argument(start != null || !terms.isEmpty(), "terms must not be empty");
    Var sum = start;
    for (AffineTerm term : terms) {
      Var in = term.inputFactors() == null ? x : scaleChannels(x, term.inputFactors());
      Var y = apply(in, term.weights());
      sum = add(sum, y, term.outputFactors());
    }
    return Objects.requireNonNull(sum);
  }

  /**
   * The sum of two terms where that takes about the time of one, for which the operation must be
   * able to give each example its own weights.
   *
   * @param mean without factors
   * @param perturbation with both factors
   * @throws IllegalArgumentException if x does not fit
   */
  default Optional<Var> joined(Var x, AffineTerm mean, AffineTerm perturbation) {
    Require.nonNull(perturbation, "perturbation");
    Require.open(x, "x");
    Require.nonNull(mean, "mean");
    return Optional.empty();
  }

  private Var add(@Nullable Var sum, Var y, @Nullable INDArray factors) {
    if (factors == null) {
      return sum == null ? y : Ops.add(sum, y);
    }
    return sum == null ? scaleChannels(y, factors) : addScaled(sum, y, factors);
  }

  /** a plus b, every example and channel of b multiplied by a constant. */
  default Var addScaled(Var a, Var b, INDArray factors) {
    Require.open(b, "b");
    return b.rank() == 2 || this instanceof Convolutional
        ? Normalizations.addScaled(a, b, factors)
        : Ops.add(a, scaleChannels(b, factors));
  }

  /**
   * Multiplies every example and channel of an input or output by a constant.
   *
   * @param factors [N, C]
   */
  Var scaleChannels(Var x, INDArray factors);

  /**
   * x [N, ..., inputs] times the transpose of the kernel [units, inputs], plus the bias.
   *
   * @param inputs number of features of the last axis
   * @param units number of outputs
   * @param hasBias whether a bias is added
   */
  record Dense(long inputs, long units, boolean hasBias) implements AffineOp {
    /** Checks the numbers. */
    public Dense {
      Require.positive(inputs, "inputs");
      Require.positive(units, "units");
    }

    /** With a bias. */
    public static Dense of(long inputs, long units) {
      return new Dense(inputs, units, true);
    }

    @Override
    public String toString() {
      return inputs + " -> " + units + (hasBias ? "" : ", no bias");
    }

    /** The same without a bias. */
    public Dense withoutBias() {
      return new Dense(inputs, units, false);
    }

    @Override
    public long[] kernelShape() {
      return new long[] {units, inputs};
    }

    @Override
    public long fanIn() {
      return inputs;
    }

    @Override
    public Var apply(Var x, Weights weights) {
      Require.open(x, "x");
      Require.nonNull(weights, "weights");
      Require.argument(
          x.rank() >= 2 && x.size(x.rank() - 1) == inputs,
          "x must be [N, ..., %d], got shape %s",
          inputs,
          Require.text(x.shape()));
      if (x.rank() == 2) {
        return Convolutions.linear(x, weights.kernel(), weights.bias());
      }
      long[] shape = x.shape();
      shape[shape.length - 1] = units;
      Var rows = Ops.reshape(x, -1, inputs);
      return Ops.reshape(Convolutions.linear(rows, weights.kernel(), weights.bias()), shape);
    }

    @Override
    public Var scaleChannels(Var x, INDArray factors) {
      Require.open(x, "x");
      return x.rank() == 2 ? Normalizations.scaleChannels(x, factors) : Sequences.scale(x, factors);
    }
  }

  /** What convolutions and transposed convolutions share. */
  sealed interface Convolutional extends AffineOp {
    /** The options. */
    ConvSpec spec();

    @Override
    default long fanIn() {
      return spec().inChannels() / spec().groups() * spec().kernelVolume();
    }

    @Override
    default long inputs() {
      return spec().inChannels();
    }

    @Override
    default long units() {
      return spec().outChannels();
    }

    @Override
    default boolean hasBias() {
      return spec().bias();
    }

    @Override
    default Var scaleChannels(Var x, INDArray factors) {
      return Normalizations.scaleChannels(x, factors);
    }
  }

  /**
   * A convolution in 1, 2 or 3 dimensions.
   *
   * @param spec its options
   */
  record Conv(ConvSpec spec) implements Convolutional {
    /** Checks that the options make sense for a convolution. */
    public Conv {
      Require.nonNull(spec, "spec");
      spec.requireConvolution();
    }

    @Override
    public String toString() {
      return spec.toString();
    }

    @Override
    public long[] kernelShape() {
      return spec.kernelShape(spec.outChannels(), spec.inChannels() / spec.groups());
    }

    @Override
    public Var apply(Var x, Weights weights) {
      Require.open(x, "x");
      Require.nonNull(weights, "weights");
      spec.requireInput(x);
      return Convolutions.conv(spec.pad(x), weights.kernel(), weights.bias(), spec.geometry());
    }

    @Override
    public Optional<Var> joined(Var x, AffineTerm mean, AffineTerm perturbation) {
      Require.open(x, "x");
      Require.nonNull(mean, "mean");
      Require.nonNull(perturbation, "perturbation");
      spec.requireInput(x);
      ConvGeometry geometry = spec.geometry();
      Var padded = spec.pad(x);
      return FlipoutConvolutions.isFaster(padded, mean.kernel(), geometry)
          ? Optional.of(FlipoutConvolutions.conv(padded, mean, perturbation, geometry))
          : Optional.empty();
    }
  }

  /**
   * A transposed convolution in 1, 2 or 3 dimensions.
   *
   * @param spec its options
   */
  record ConvTranspose(ConvSpec spec) implements Convolutional {
    /** Checks that the options make sense for a transposed convolution. */
    public ConvTranspose {
      Require.nonNull(spec, "spec");
      spec.requireTransposable();
    }

    @Override
    public String toString() {
      return spec.toString();
    }

    @Override
    public long[] kernelShape() {
      return spec.kernelShape(spec.inChannels(), spec.outChannels() / spec.groups());
    }

    @Override
    public Var apply(Var x, Weights weights) {
      Require.open(x, "x");
      Require.nonNull(weights, "weights");
      spec.requireInput(x);
      return Convolutions.convTranspose(
          x, weights.kernel(), weights.bias(), spec.geometry(), spec.outputPadding());
    }
  }
}
