package io.bayes4j.core.ops.conv;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Value;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.ChannelFold;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.FlipoutWeights;
import io.bayes4j.core.kernels.KernelProvider.FlipoutGradients;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Operands;
import io.bayes4j.core.ops.AffineTerm;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convolutions whose examples have their own weights (flipout, Wen et al. 2018), as one operation:
 * the sum of a convolution by the means and one by a perturbation between two multiplications.
 */
public final class FlipoutConvolutions {
  private FlipoutConvolutions() {}

  /**
   * Whether {@link #conv} takes about the time of one convolution here; else the sum of two is as
   * good.
   */
  public static boolean isFaster(Var x, Var kernel, ConvGeometry geometry) {
    Require.open(x, "x");
    Require.open(kernel, "kernel");
    Require.nonNull(geometry, "geometry");
    int rank = geometry.rank() + 2;
    Require.argument(
        x.rank() == rank && kernel.rank() == rank,
        "x and kernel must have %d axes, got shapes %s and %s",
        rank,
        Require.text(x.shape()),
        Require.text(kernel.shape()));
    return Kernels.joinsFlipout(x.shape(), kernel.shape(), geometry);
  }

  /**
   * The sum of a convolution of x and another one between two multiplications.
   *
   * @param x [N, C, spatial ...]
   * @param mean the term without factors
   * @param perturbation the term with both factors, its kernel in the shape of the mean's
   * @throws IllegalArgumentException if the shapes do not fit the geometry
   */
  public static Var conv(Var x, AffineTerm mean, AffineTerm perturbation, ConvGeometry geometry) {
    Require.open(x, "x");
    Require.nonNull(mean, "mean");
    Require.nonNull(perturbation, "perturbation");
    Require.nonNull(geometry, "geometry");
    FlipoutWeights weights = weights(mean, perturbation);
    List<Var> inputs =
        Stream.of(x, mean.kernel(), mean.bias(), perturbation.kernel(), perturbation.bias())
            .filter(Objects::nonNull)
            .toList();
    if (Plan.waits(inputs)) {
      Operands.requireFlipout(x.shape(), weights, geometry);
      long[] shape = geometry.outputShape(x.shape(), weights.mean().size(0));
      List<Var> all =
          Stream.concat(
                  inputs.stream(),
                  Stream.of(weights.inputFactors(), weights.outputFactors()).map(Var::constant))
              .toList();
      return Plan.record(
          geometry, all, () -> PendingConvolution.of(x, Folded.of(weights, geometry), shape));
    }
    return Value.activation(
        Kernels.flipoutConv(Value.of(x).factor(), weights, geometry, Epilogue.NONE),
        inputs,
        (g, sink) -> {
          INDArray in = Value.of(x).factor();
          INDArray up = Kernels.ensureType(g, in.dataType());
          sink.add(x, () -> Kernels.flipoutConvBackwardData(up, weights, x.shape(), geometry));
          addKernelGradients(sink, in, mean, perturbation, geometry, up);
          addBiasGradients(sink, mean, perturbation, up);
        });
  }

  private static void addKernelGradients(
      Gradients.Sink sink,
      INDArray x,
      AffineTerm mean,
      AffineTerm perturbation,
      ConvGeometry geometry,
      INDArray gradY) {
    if (sink.wants(mean.kernel()) || sink.wants(perturbation.kernel())) {
      FlipoutGradients both =
          Kernels.flipoutConvBackwardWeights(x, gradY, weights(mean, perturbation), geometry);
      sink.add(mean.kernel(), both.mean());
      sink.add(perturbation.kernel(), both.perturbation());
    }
  }

  private static void addBiasGradients(
      Gradients.Sink sink, AffineTerm mean, AffineTerm perturbation, INDArray gradY) {
    if (mean.bias() != null) {
      sink.add(mean.bias(), () -> Kernels.channelSum(gradY));
    }
    if (perturbation.bias() != null) {
      sink.add(
          perturbation.bias(),
          () ->
              Kernels.channelSum(
                  Kernels.channelScale(gradY, factors(perturbation.outputFactors()))));
    }
  }

  private static FlipoutWeights weights(AffineTerm mean, AffineTerm perturbation) {
    return new FlipoutWeights(
        mean.kernel().value(),
        mean.bias() == null ? null : mean.bias().value(),
        perturbation.kernel().value(),
        perturbation.bias() == null ? null : perturbation.bias().value(),
        factors(perturbation.inputFactors()),
        factors(perturbation.outputFactors()));
  }

  private static INDArray factors(@Nullable INDArray given) {
    return Require.nonNull(given, "factors of the perturbation");
  }

  /** Both kernels and biases take in the scale; the shift is the same for all examples. */
  private record Folded(
      ChannelFold mean,
      ChannelFold perturbation,
      INDArray inputFactors,
      INDArray outputFactors,
      ConvGeometry geometry)
      implements PendingConvolution.Foldable {
    static Folded of(FlipoutWeights w, ConvGeometry geometry) {
      return new Folded(
          ChannelFold.of(w.mean(), w.meanBias()),
          ChannelFold.of(w.perturbation(), w.perturbationBias()),
          w.inputFactors(),
          w.outputFactors(),
          geometry);
    }

    @Override
    public Folded then(INDArray scale, @Nullable INDArray shift) {
      return new Folded(
          mean.then(scale, shift),
          perturbation.then(scale, null),
          inputFactors,
          outputFactors,
          geometry);
    }

    @Override
    public INDArray conv(INDArray x, Epilogue epilogue) {
      FlipoutWeights weights =
          new FlipoutWeights(
              mean.weight(),
              mean.bias(),
              perturbation.weight(),
              perturbation.bias(),
              inputFactors,
              outputFactors);
      return Kernels.flipoutConv(x, weights, geometry, epilogue);
    }
  }
}
