package io.bayes4j.layers.posterior;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.random.Noise;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Draws of a last layer's weights, kept from one prediction to the next while they are few. */
final class LaplaceDraws {
  private static final long KEPT_BYTES = 512L << 20;

  /** Floats that are drawn at once: enough draws to keep all threads at work. */
  private static final long GROUP = 1L << 22;

  private static final long MOST_OF_A_GROUP = 64;

  private final LaplaceMoments moments;
  private final int units;
  private final int perUnit;
  private final double precision;
  private final int samples;
  private final long seed;

  /** [samples, weights]; null until made, and where there are too many to keep. */
  private @Nullable INDArray kept;

  LaplaceDraws(LaplaceMoments moments, int units, double precision, int samples, long seed) {
    this.moments = moments;
    this.units = units;
    this.perUnit = moments.mean().length / units;
    this.precision = precision;
    this.samples = samples;
    this.seed = seed;
  }

  /** What is done with a draw. */
  @FunctionalInterface
  interface Use {
    /**
     * Uses it.
     *
     * @param kernel [units, perUnit], for this call alone
     */
    void accept(long sample, INDArray kernel);
  }

  /** Hands on all draws, one after the other. */
  void each(Use use) {
    if ((long) samples * weights() * Float.BYTES <= KEPT_BYTES) {
      each(all(), 0, use);
      return;
    }
    long group = group();
    for (long from = 0; from < samples; from += group) {
      each(make(from, Math.min(samples, from + group)), from, use);
    }
  }

  private void each(INDArray draws, long first, Use use) {
    for (long i = 0; i < draws.size(0); i++) {
      use.accept(first + i, Detached.reshape(draws.get(NDArrayIndex.point(i)), units, perUnit));
    }
  }

  private long weights() {
    return (long) units * perUnit;
  }

  private long group() {
    return Math.max(1, Math.min(MOST_OF_A_GROUP, GROUP / weights()));
  }

  /** Threads that predict at once wait for the first of them to make the draws. */
  private synchronized INDArray all() {
    if (kept == null) {
      INDArray draws = Matrices.create(samples, weights());
      long group = group();
      for (long from = 0; from < samples; from += group) {
        long to = Math.min(samples, from + group);
        Detached.copy(make(from, to), draws.get(NDArrayIndex.interval(from, to)));
      }
      kept = draws;
    }
    return kept;
  }

  private INDArray make(long from, long to) {
    Noise noise = Noise.seeded(seed).split("laplace");
    INDArray normals = Matrices.create(to - from, weights());
    FloatMemory memory = FloatMemory.of(normals, "normals");
    int weights = Math.toIntExact(weights());
    Parallel.forRange(
        to - from,
        1,
        (first, end) -> {
          float[] row = new float[weights];
          for (long i = first; i < end; i++) {
            noise.split(from + i).normals(row, 0, weights, 0);
            memory.write(i * weights, row, weights);
          }
        });
    INDArray draws = moments.curvature().deviations(normals, precision);
    addMean(FloatMemory.of(draws, "draws"), weights);
    return draws;
  }

  private void addMean(FloatMemory draws, int weights) {
    double[] mean = moments.mean();
    Parallel.forRange(
        draws.length() / weights,
        1,
        (first, end) -> {
          float[] row = new float[weights];
          for (long s = first; s < end; s++) {
            draws.read(s * weights, row, weights);
            for (int i = 0; i < weights; i++) {
              row[i] += (float) mean[i];
            }
            draws.write(s * weights, row, weights);
          }
        });
  }
}
