package io.bayes4j.quant;

import io.bayes4j.core.graph.Snapshot;
import io.bayes4j.core.internal.ByteMemory;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.Scratch;
import io.bayes4j.core.kernels.IntegerEpilogue;
import io.bayes4j.core.kernels.IntegerFinish;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.random.Noise;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Weights as 8-bit numbers: of each a whole number of its unit's steps, and, if it is Bayesian, a
 * code of its spread ({@link RoundingSpread}); of each unit what a step is worth, and a float bias.
 *
 * <p>The step of a unit covers |mu| + k sigma of all its weights, not |mu| alone: a step that fits
 * the means cuts the draws off, and what is left of their spread is no measure of anything.
 */
final class QuantizedWeights {
  /** The greatest number; -128 is not used, so that weights and their negatives are alike. */
  static final int LIMIT = 127;

  /** A draw in 16,000 of the widest element lies beyond 4 sigma, and is cut off there. */
  static final double COVERED_SIGMAS = 4;

  /** A unit with nothing larger is dead: its weights are zero, and a step of any size will do. */
  private static final float DEAD = 1e-20f;

  /** Adding 1.5 * 2^23 rounds a float below 2^22: its last byte is the whole number's. */
  private static final float ROUND = 12582912f;

  /** Names of arrays that there can be, without their prefix. */
  static final List<String> NAMES =
      List.of("weight.int8", "weight.sigma", "weight.scale", "bias", "bias.sigma");

  /** Whole numbers as floats, by their bytes. */
  private static final float[] WHOLE = wholeNumbers();

  private final Map<String, INDArray> arrays;
  private final String prefix;

  private QuantizedWeights(Map<String, INDArray> arrays, String prefix) {
    this.arrays = arrays;
    this.prefix = prefix;
  }

  private static float[] wholeNumbers() {
    float[] numbers = new float[1 << Byte.SIZE];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (byte) i;
    }
    return numbers;
  }

  /**
   * What a pass multiplies.
   *
   * @param kernel INT8, units first
   * @param scales what a step of each unit is worth
   * @param bias [units], or null
   */
  record Drawn(INDArray kernel, List<Float> scales, @Nullable INDArray bias) {
    /** What becomes of the sums of rounded inputs. */
    IntegerEpilogue then(Quantum source, IntegerFinish finish) {
      return new IntegerEpilogue(source, scales, bias, finish);
    }
  }

  /**
   * Rounds weights.
   *
   * @param coveredSigmas k
   * @param perUnit whether each unit has a step of its own
   * @param prefix of the names of its arrays
   */
  static QuantizedWeights of(
      FloatWeights weights, double coveredSigmas, boolean perUnit, String prefix) {
    float[] scales = scales(weights, coveredSigmas, perUnit);
    byte[] whole = new byte[weights.mu().length];
    float[] sigma = weights.sigma();
    byte[] codes = new byte[weights.bayesian() ? whole.length : 0];
    for (int i = 0; i < whole.length; i++) {
      float scale = scales[i / weights.perUnit()];
      whole[i] = round(weights.mu()[i] / scale);
      if (sigma != null) {
        codes[i] = RoundingSpread.code((double) sigma[i] / scale);
      }
    }
    Map<String, INDArray> arrays = new LinkedHashMap<>();
    arrays.put(prefix + "weight.int8", HeapArrays.of(DataType.INT8, whole, weights.shape()));
    if (weights.bayesian()) {
      arrays.put(prefix + "weight.sigma", HeapArrays.of(DataType.UINT8, codes, weights.shape()));
    }
    arrays.put(prefix + "weight.scale", Detached.of(scales));
    if (weights.bias() != null) {
      arrays.put(prefix + "bias", Detached.of(weights.bias()));
    }
    if (weights.biasSigma() != null) {
      arrays.put(prefix + "bias.sigma", Detached.of(weights.biasSigma()));
    }
    return from(arrays, prefix);
  }

  /** Weights of arrays under their names, which are not copied. */
  static QuantizedWeights from(Map<String, INDArray> arrays, String prefix) {
    return new QuantizedWeights(Collections.unmodifiableMap(arrays), prefix);
  }

  private static float[] scales(FloatWeights weights, double coveredSigmas, boolean perUnit) {
    float[] sigma = weights.sigma();
    float[] reach = new float[weights.units()];
    float most = 0;
    for (int i = 0; i < weights.mu().length; i++) {
      float spread = sigma == null ? 0 : sigma[i];
      float one = Math.abs(weights.mu()[i]) + (float) coveredSigmas * spread;
      Require.argument(
          Float.isFinite(one), "weights must be finite with %s sigmas, got %s", coveredSigmas, one);
      int unit = i / weights.perUnit();
      reach[unit] = Math.max(reach[unit], one);
      most = Math.max(most, one);
    }
    for (int unit = 0; unit < reach.length; unit++) {
      float covered = perUnit ? reach[unit] : most;
      reach[unit] = covered < DEAD ? 1 : covered / LIMIT;
    }
    return reach;
  }

  /** The nearest number that there is, of a size in steps. */
  static byte round(float steps) {
    return (byte) Math.max(-LIMIT, Math.min(LIMIT, Math.rint(steps)));
  }

  Map<String, INDArray> arrays() {
    return arrays;
  }

  boolean bayesian() {
    return arrays.containsKey(prefix + "weight.sigma");
  }

  private INDArray given(String name) {
    return Objects.requireNonNull(read(name), name);
  }

  private @Nullable INDArray read(String name) {
    INDArray array = arrays.get(prefix + name);
    return array == null ? null : Snapshot.read(array);
  }

  private List<Float> scales() {
    float[] numbers = FloatMemory.numbers(given("weight.scale"), "scales");
    Float[] boxed = new Float[numbers.length];
    for (int i = 0; i < boxed.length; i++) {
      boxed[i] = numbers[i];
    }
    return List.of(boxed);
  }

  /** The means. */
  Drawn mean() {
    return new Drawn(given("weight.int8"), scales(), read("bias"));
  }

  /**
   * One draw: each weight is drawn in float from its mean and spread, and then rounded; a bias is
   * not rounded.
   */
  Drawn sample(Noise noise) {
    return sample(noise.split("weight"), noise.split("bias"));
  }

  Drawn sample(Noise ofWeights, Noise ofBias) {
    if (!bayesian()) {
      return mean();
    }
    INDArray means = given("weight.int8");
    INDArray drawn = Arena.allocate(DataType.INT8, Layout.ROW_MAJOR, means.shape());
    ByteMemory whole = ByteMemory.of(means, "means");
    ByteMemory codes = ByteMemory.of(given("weight.sigma"), "codes");
    ByteMemory target = ByteMemory.of(drawn, "drawn");
    Parallel.forRange(
        means.length(),
        Scratch.SIZE,
        (from, to) -> {
          int n = (int) (to - from);
          byte[] numbers = new byte[n];
          byte[] spreads = new byte[n];
          whole.read(from, numbers, n);
          codes.read(from, spreads, n);
          draw(numbers, spreads, ofWeights, from);
          target.write(from, numbers, n);
        });
    return new Drawn(drawn, scales(), drawnBias(ofBias));
  }

  private static void draw(byte[] numbers, byte[] spreads, Noise noise, long from) {
    int n = numbers.length;
    try (Scratch scratch = Scratch.open()) {
      float[] eps = scratch.array();
      noise.normals(eps, 0, n, from);
      for (int i = 0; i < n; i++) {
        float steps = WHOLE[numbers[i] & 0xff] + RoundingSpread.before(spreads[i]) * eps[i];
        // Branches, which are almost always taken alike, and bits are faster than conversions.
        steps = steps > LIMIT ? LIMIT : steps;
        steps = steps < -LIMIT ? -LIMIT : steps;
        numbers[i] = (byte) Float.floatToRawIntBits(steps + ROUND);
      }
    }
  }

  private @Nullable INDArray drawnBias(Noise noise) {
    INDArray bias = read("bias");
    INDArray spread = read("bias.sigma");
    if (spread == null || bias == null) {
      return bias;
    }
    float[] drawn = FloatMemory.numbers(bias, "bias");
    float[] sigma = FloatMemory.numbers(spread, "sigma of bias");
    float[] eps = new float[drawn.length];
    noise.normals(eps, 0, eps.length, 0);
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] += sigma[i] * eps[i];
    }
    return Arena.vector(drawn);
  }
}
