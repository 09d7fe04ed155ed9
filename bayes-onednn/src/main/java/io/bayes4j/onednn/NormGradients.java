package io.bayes4j.onednn;

import io.bayes4j.core.kernels.KernelProvider.BatchNorm;
import io.bayes4j.core.kernels.KernelProvider.BatchNormGradients;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.onednn.NormPlans.Ending;
import io.bayes4j.onednn.NormPlans.Form;
import io.bayes4j.onednn.NormPlans.Norm;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradients of {@link NormKernels}.
 *
 * <p>With xhat = (x - mean) * r, r = 1 / sqrt(variance + epsilon), and M elements of a channel, dx
 * = scale * r * (g - sum(g) / M - xhat * sum(g * xhat) / M). The first phase finds the sums, and
 * with them the part in g, the gradient for constant statistics; the second one adds the rest,
 * which is a line in xhat.
 */
final class NormGradients {
  private final Runner runner;
  private final Norm norm;
  private final INDArray x;
  private final INDArray gradY;

  /** Null unless a ReLU made it. */
  private final @Nullable INDArray y;

  /** Where the ReLU passed, or null. */
  private final @Nullable INDArray passed;

  private final INDArray gradX;
  private final float[] mean;
  private final float[] variance;
  private final float[] scale;
  private final double[] gradScale;
  private final double[] gradShift;

  NormGradients(
      Runner runner, Norm norm, INDArray x, INDArray gradY, INDArray scale, BatchNorm forward) {
    this.runner = runner;
    this.norm = norm;
    this.x = Layout.CHANNELS_LAST.ensure(x);
    this.gradY = Layout.CHANNELS_LAST.ensure(gradY);
    this.y = norm.ending() == Ending.NONE ? null : Layout.CHANNELS_LAST.ensure(forward.y());
    this.passed = norm.ending() == Ending.RELU ? forward.memory() : null;
    this.gradX = NormKernels.like(x);
    this.mean = NormKernels.numbers(forward.mean());
    this.variance = NormKernels.numbers(forward.variance());
    this.scale = NormKernels.numbers(scale);
    this.gradScale = new double[this.scale.length];
    this.gradShift = new double[this.scale.length];
  }

  BatchNormGradients run() {
    INDArray gradAddend = norm.ending() == Ending.ADDEND_RELU ? NormKernels.like(x) : null;
    for (WideRows rows : WideRows.of(x)) {
      findSums(rows, gradAddend);
    }
    double elements = (double) x.length() / scale.length;
    float[] slope = new float[scale.length];
    float[] constant = new float[scale.length];
    for (int c = 0; c < scale.length; c++) {
      double factor = scale[c] / Math.sqrt(variance[c] + norm.epsilon());
      slope[c] = (float) (-factor * gradScale[c] / elements);
      constant[c] = (float) (-factor * gradShift[c] / elements);
    }
    for (WideRows rows : WideRows.of(x)) {
      try (NormPhase phase = new NormPhase(rows)) {
        phase.rows(x).channels(mean).channels(variance).channels(slope).channels(constant);
        phase
            .rows(gradX)
            .run(runner, Operation.NORM_GRADIENT, new Norm(norm.epsilon(), Ending.NONE));
      }
    }
    return new BatchNormGradients(
        gradX, Arena.vector(floats(gradScale)), Arena.vector(floats(gradShift)), gradAddend);
  }

  private void findSums(WideRows rows, @Nullable INDArray gradAddend) {
    try (PartialSums sums = new PartialSums(rows);
        NormPhase phase = new NormPhase(rows)) {
      phase.rows(x).rows(gradY).channels(mean).channels(variance).channels(scale);
      phase.rows(gradX).finds(sums);
      boolean remembered = NormKernels.remembers(rows, passed);
      if (remembered) {
        phase.bits(Objects.requireNonNull(passed));
      } else if (y != null) {
        phase.rows(y).number(NormKernels.ZERO);
      }
      if (gradAddend != null) {
        phase.rows(gradAddend);
      }
      phase.run(runner, Operation.NORM_SUMS, remembered ? norm.in(Form.REMEMBERED) : norm);
      sums.forEach(
          (elements, scales, shifts) -> {
            for (int c = 0; c < scale.length; c++) {
              gradScale[c] += scales[c];
              gradShift[c] += shifts[c];
            }
          });
    }
  }

  private static float[] floats(double[] numbers) {
    float[] rounded = new float[numbers.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) numbers[i];
    }
    return rounded;
  }
}
