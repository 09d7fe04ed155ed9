package io.bayes4j.layers;

import io.bayes4j.core.autograd.Normalizations;
import io.bayes4j.core.autograd.Parameter;
import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Batch normalisation (Ioffe and Szegedy 2015): in training with the batch's mean and variance,
 * which it also averages; in prediction with those running averages. Scale starts at one, shift at
 * zero.
 */
public abstract sealed class BatchNorm implements Normalization
    permits BatchNorm1d, BatchNorm2d, BatchNorm3d {
  /** Share of the newest batch in the running averages. */
  static final double MOMENTUM = 0.1;

  static final double EPSILON = 1e-5;

  private final Set<Integer> ranks;
  private final long channels;
  private final Parameter scale;
  private final Parameter shift;
  private final INDArray runningMean;
  private final INDArray runningVariance;

  BatchNorm(Set<Integer> ranks, long channels) {
    Require.positive(channels, "channels");
    this.ranks = ranks;
    this.channels = channels;
    this.scale = new Parameter(Nd4j.ones(DataType.FLOAT, channels));
    this.shift = new Parameter(Nd4j.zeros(DataType.FLOAT, channels));
    this.runningMean = Nd4j.zeros(DataType.FLOAT, channels);
    this.runningVariance = Nd4j.ones(DataType.FLOAT, channels);
  }

  @Override
  public final Map<String, Parameter> parameters() {
    Map<String, Parameter> all = new LinkedHashMap<>();
    all.put("weight", scale);
    all.put("bias", shift);
    return all;
  }

  @Override
  public final Map<String, INDArray> buffers() {
    Map<String, INDArray> all = new LinkedHashMap<>();
    all.put("running_mean", runningMean);
    all.put("running_var", runningVariance);
    return all;
  }

  @Override
  public final Var forward(Var x, Pass pass) {
    Require.argument(
        ranks.contains(x.rank()) && x.size(1) == channels,
        "x must be of rank %s with %d channels on axis 1, got shape %s",
        ranks,
        channels,
        Arrays.toString(x.shape()));
    if (!pass.mode().batchStatistics()) {
      return Normalizations.normalize(
          x, scale.var(), shift.var(), runningMean, runningVariance, EPSILON);
    }
    Normalizations.Normalized result =
        Normalizations.batchNorm(x, scale.var(), shift.var(), EPSILON);
    long perChannel = Arrays.stream(x.shape()).reduce(1, Math::multiplyExact) / channels;
    pass.defer(() -> average(result, perChannel));
    return result.y();
  }

  /** Running averages hold the unbiased variance, as PyTorch's do. */
  private void average(Normalizations.Normalized batch, long perChannel) {
    double unbiased = perChannel / (perChannel - 1.0);
    blend(runningMean, batch.mean(), MOMENTUM);
    blend(runningVariance, batch.variance(), MOMENTUM * unbiased);
  }

  private static void blend(INDArray running, INDArray batch, double share) {
    FloatMemory target = FloatMemory.of(running, "running");
    float[] old = new float[Math.toIntExact(running.length())];
    float[] more = new float[old.length];
    target.read(0, old, old.length);
    FloatMemory.of(batch, "batch").read(0, more, more.length);
    for (int i = 0; i < old.length; i++) {
      old[i] = (float) ((1 - MOMENTUM) * old[i] + share * more[i]);
    }
    target.write(0, old, old.length);
  }

  @Override
  public final String toString() {
    return getClass().getSimpleName() + "(" + channels + ")";
  }
}
