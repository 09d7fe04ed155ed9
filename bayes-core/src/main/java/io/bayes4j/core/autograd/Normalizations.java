package io.bayes4j.core.autograd;

import io.bayes4j.core.kernels.KernelProvider.BatchNorm;
import io.bayes4j.core.kernels.KernelProvider.BatchNormGradients;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.memory.Arena;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Operations along the channel axis 1: batch normalisation, scales and shifts per channel, signs
 * per example and channel.
 */
public final class Normalizations {
  private Normalizations() {}

  /**
   * Result of batch normalisation with the batch's own statistics.
   *
   * @param y normalised, scaled and shifted input
   * @param mean batch mean [C]
   * @param variance population variance of the batch [C]
   */
  public record Normalized(Var y, INDArray mean, INDArray variance) {}

  /**
   * Batch normalisation over all axes but 1 (Ioffe and Szegedy 2015).
   *
   * @param scale gamma [C]
   * @param shift beta [C]
   * @param epsilon added to the variance
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static Normalized batchNorm(Var x, Var scale, Var shift, double epsilon) {
    BatchNorm forward = Kernels.batchNorm(x.value(), scale.value(), shift.value(), epsilon);
    Var y =
        Var.result(
            forward.y(),
            List.of(x, scale, shift),
            (g, sink) -> {
              BatchNormGradients all =
                  Kernels.batchNormBackward(x.value(), g, scale.value(), forward, epsilon);
              sink.add(x, all.x());
              sink.add(scale, all.scale());
              sink.add(shift, all.shift());
            });
    return new Normalized(y, forward.mean(), forward.variance());
  }

  /**
   * x * scale + shift with one number for each channel.
   *
   * @param scale [C]
   * @param shift [C]
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static Var channelAffine(Var x, Var scale, Var shift) {
    return Var.result(
        Kernels.channelAffine(x.value(), scale.value(), shift.value()),
        List.of(x, scale, shift),
        (g, sink) -> {
          sink.add(
              x,
              () -> {
                INDArray zeros = Arena.allocate(shift.shape()).assign(0);
                return Kernels.channelAffine(g, scale.value(), zeros);
              });
          sink.add(scale, () -> Kernels.channelSum(Elementwise.mul(g, x.value())));
          sink.add(shift, () -> Kernels.channelSum(g));
        });
  }

  /**
   * x plus one number for each channel.
   *
   * @param shift [C]
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static Var addChannels(Var x, Var shift) {
    return Var.result(
        Kernels.channelAdd(x.value(), shift.value()),
        List.of(x, shift),
        (g, sink) -> {
          sink.pass(x, g);
          sink.add(shift, () -> Kernels.channelSum(g));
        });
  }

  /**
   * x times one constant for each example and channel.
   *
   * @param factors [N, C], takes no gradient
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static Var scaleChannels(Var x, INDArray factors) {
    return Var.result(
        Kernels.channelScale(x.value(), factors),
        List.of(x),
        (g, sink) -> sink.add(x, () -> Kernels.channelScale(g, factors)));
  }
}
