package io.bayes4j.onednn;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.KernelProvider.BatchNorm;
import io.bayes4j.core.kernels.KernelProvider.BatchNormGradients;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.onednn.NormPlans.Ending;
import io.bayes4j.onednn.NormPlans.Form;
import io.bayes4j.onednn.NormPlans.Norm;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Batch normalisation in two phases of pieces that threads compute by themselves: they meet once,
 * where what all pieces have found is put together. oneDNN's own threads would sleep at barriers
 * inside its kernels.
 *
 * <p>Arrays of floats are left to the portable kernels, which take about the same time: memory sets
 * the pace.
 */
final class NormKernels {
  /** What the elements that pass a ReLU are greater than. */
  static final INDArray ZERO = Detached.zeros(1);

  private final Runner runner;

  NormKernels(Runner runner) {
    this.runner = runner;
  }

  /** Whether this is faster than the portable kernels. */
  private static boolean isFaster(INDArray x) {
    return x.dataType() == DataType.BFLOAT16;
  }

  /** Normalises with the statistics of x. */
  BatchNorm forward(INDArray x, INDArray scale, INDArray shift, double epsilon, Epilogue after) {
    if (!isFaster(x)) {
      return Kernels.portable().batchNorm(x, scale, shift, epsilon, after);
    }
    Norm norm = new Norm(epsilon, Ending.of(after));
    INDArray in = Layout.CHANNELS_LAST.ensure(x);
    Moments moments = moments(in);
    return apply(norm, in, moments, numbers(scale), numbers(shift), after.addend());
  }

  private Moments moments(INDArray x) {
    Moments moments = new Moments(Math.toIntExact(x.size(1)));
    for (WideRows rows : WideRows.of(x)) {
      try (PartialSums findings = new PartialSums(rows);
          NormPhase phase = new NormPhase(rows)) {
        phase.rows(x).finds(findings).run(runner, Operation.NORM_STATISTICS, Norm.NONE);
        findings.forEach(moments::add);
      }
    }
    return moments;
  }

  private BatchNorm apply(
      Norm norm,
      INDArray x,
      Moments moments,
      float[] scale,
      float[] shift,
      @Nullable INDArray addend) {
    INDArray y = like(x);
    float[] mean = moments.mean();
    float[] variance = moments.variance();
    boolean finite = areFinite(mean) && areFinite(variance) && areFinite(scale) && areFinite(shift);
    INDArray added = addend == null ? null : Layout.CHANNELS_LAST.ensure(addend);
    INDArray passed = norm.ending() == Ending.RELU && finite ? bits(x) : null;
    for (WideRows rows : WideRows.of(x)) {
      try (NormPhase phase = new NormPhase(rows)) {
        phase.rows(x).channels(mean).channels(variance).channels(scale).channels(shift);
        phase.rows(y).number(ZERO);
        if (added != null) {
          phase.rows(added);
        }
        boolean remembers = remembers(rows, passed);
        if (passed != null && remembers) {
          phase.bits(passed);
        }
        Norm careful = finite ? norm : norm.in(Form.CAREFUL);
        phase.run(runner, Operation.NORM_RESULT, remembers ? norm.in(Form.REMEMBERED) : careful);
      }
    }
    return new BatchNorm(y, Arena.vector(mean), Arena.vector(variance), passed);
  }

  /** Memory for a bit for each element. */
  private static INDArray bits(INDArray x) {
    return Arena.allocate((x.length() + Float.SIZE - 1) / Float.SIZE);
  }

  /**
   * Whether a bit for each element of these rows says where a ReLU passed.
   *
   * @param passed the bits of all rows, or null
   */
  static boolean remembers(WideRows rows, @Nullable INDArray passed) {
    return passed != null && rows.fillVectors();
  }

  /** Gradients of {@link #forward}. */
  BatchNormGradients backward(
      INDArray x,
      INDArray gradY,
      INDArray scale,
      BatchNorm forward,
      double epsilon,
      Epilogue after) {
    if (!isFaster(x)) {
      return Kernels.portable().batchNormBackward(x, gradY, scale, forward, epsilon, after);
    }
    Norm norm = new Norm(epsilon, Ending.of(after));
    return new NormGradients(runner, norm, x, gradY, scale, forward).run();
  }

  /** A channels-last array of the type of another. */
  static INDArray like(INDArray x) {
    return Arena.allocate(x.dataType(), Layout.CHANNELS_LAST, x.shape());
  }

  static float[] numbers(INDArray vector) {
    return FloatMemory.numbers(vector, "vector");
  }

  private static boolean areFinite(float[] numbers) {
    for (float number : numbers) {
      if (!Float.isFinite(number)) {
        return false;
      }
    }
    return true;
  }
}
