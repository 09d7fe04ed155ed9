package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Finite;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.Ops;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gives every feature a mean of zero and a standard deviation of one: (x - mean) / scale, with
 * numbers that are taken from training data once and saved with the model.
 *
 * <p>As a layer it standardizes a network's inputs. For targets see {@link Standardized}, and
 * {@link io.bayes4j.layers.predict.RegressionPrediction#unstandardized}, which takes predictions
 * back to the targets' unit. A feature that never changes has a scale of one, so that it becomes
 * zero.
 */
public final class Standardizer implements Layer {
  private static final String MEAN = "mean";
  private static final String SCALE = "scale";

  private final int axis;
  private final Map<String, INDArray> buffers = new LinkedHashMap<>();

  private Standardizer(int axis, INDArray mean, INDArray scale) {
    this.axis = axis;
    buffers.put(MEAN, mean);
    buffers.put(SCALE, scale);
  }

  /**
   * Takes mean and standard deviation, divided by the number, of every column of [N, F], or every
   * channel of [N, C, places...].
   *
   * @param data all finite; left as it is
   * @throws IllegalArgumentException if it is not a non-empty float array with an axis 1, or a
   *     number is not finite
   */
  public static Standardizer fit(INDArray data) {
    return fit(data, 1);
  }

  /**
   * The same with the features on another axis, such as the last one, 2, of sequences [N, T, F].
   *
   * @throws IllegalArgumentException also if there is no such axis, or it is axis 0
   */
  public static Standardizer fit(INDArray data, int axis) {
    Require.open(data, "data");
    Require.argument(
        data.dataType() == DataType.FLOAT && !data.isEmpty(),
        "data must be a non-empty float array [N, F, ...], got %s %s",
        data.dataType(),
        Require.text(data.shape()));
    requireAxis(axis, data.rank(), data.shape());
    Finite.require("data", data);
    Moments moments = new Moments(data, axis);
    return new Standardizer(axis, moments.mean(), moments.scale());
  }

  /**
   * One that changes nothing yet, to load a saved one into.
   *
   * @param features number of features, on axis 1
   * @throws IllegalArgumentException if it is not above zero
   */
  public static Standardizer identity(long features) {
    return identity(features, 1);
  }

  /** The same with the features on another axis. */
  public static Standardizer identity(long features, int axis) {
    Require.positive(features, "features");
    Require.argument(axis >= 1, "axis must be at least 1, got %d", axis);
    return new Standardizer(axis, Detached.zeros(features), Detached.full(1, features));
  }

  private static void requireAxis(int axis, int rank, long... shape) {
    Require.argument(
        axis >= 1 && axis < rank,
        "axis must be in [1, %d) for data of shape %s, got %d",
        rank,
        Require.text(shape),
        axis);
  }

  /** Mean of each feature. */
  public INDArray mean() {
    return Require.entry(buffers, MEAN);
  }

  /** What each feature is divided by. */
  public INDArray scale() {
    return Require.entry(buffers, SCALE);
  }

  /** Number of features. */
  public long features() {
    return mean().length();
  }

  @Override
  public Map<String, INDArray> buffers() {
    return Map.copyOf(buffers);
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    requireFeatures("x", x.shape(), axis);
    Var centred = Ops.sub(x, Var.constant(along(mean(), axis, x.rank())));
    return Ops.div(centred, Var.constant(along(scale(), axis, x.rank())));
  }

  /**
   * Standardized numbers.
   *
   * @param x [N, ..., F, ...], left as it is
   * @throws IllegalArgumentException if the features do not fit
   */
  public INDArray apply(INDArray x) {
    requireNumbers("x", x, axis);
    INDArray rows = Layout.ROW_MAJOR.ensure(x);
    return Detached.div(
        Detached.sub(rows, along(mean(), axis, x.rank())), along(scale(), axis, x.rank()));
  }

  /**
   * Numbers in the unit that they had: what {@link #apply} undoes.
   *
   * @throws IllegalArgumentException if the features do not fit
   */
  public INDArray invert(INDArray z) {
    return invert(z, axis);
  }

  /** The same of numbers whose features are on another axis, such as those of many draws. */
  public INDArray invert(INDArray z, int onAxis) {
    requireNumbers("z", z, onAxis);
    INDArray rows = Layout.ROW_MAJOR.ensure(z);
    return Detached.add(
        along(mean(), onAxis, z.rank()), Detached.mul(rows, along(scale(), onAxis, z.rank())));
  }

  /** Variances in the square of the unit: times the scale squared. */
  public INDArray invertVariance(INDArray variances, int onAxis) {
    requireNumbers("variances", variances, onAxis);
    INDArray factor = along(scale(), onAxis, variances.rank());
    return Detached.mul(Detached.mul(Layout.ROW_MAJOR.ensure(variances), factor), factor);
  }

  /** Number of the axis that has the features. */
  public int axis() {
    return axis;
  }

  private void requireNumbers(String name, INDArray array, int onAxis) {
    Require.open(array, name);
    Require.argument(
        array.dataType() == DataType.FLOAT && !array.isEmpty(),
        "%s must be a non-empty float array, got %s %s",
        name,
        array.dataType(),
        Require.text(array.shape()));
    requireFeatures(name, array.shape(), onAxis);
  }

  private void requireFeatures(String name, long[] shape, int onAxis) {
    Require.argument(
        onAxis >= 1 && onAxis < shape.length && shape[onAxis] == features(),
        "%s must have %d features on axis %d, got shape %s",
        name,
        features(),
        onAxis,
        Require.text(shape));
  }

  private static INDArray along(INDArray vector, int axis, int rank) {
    long[] shape = new long[rank];
    Arrays.fill(shape, 1);
    shape[axis] = vector.length();
    return Detached.reshape(vector, shape);
  }

  @Override
  public String toString() {
    return "Standardizer(" + features() + " features on axis " + axis + ")";
  }

  /** Sums over all numbers of a feature, in double precision. */
  private static final class Moments {
    private final double[] mean;
    private final double[] squares;
    private final boolean[] varies;
    private final long count;

    Moments(INDArray data, int axis) {
      FloatMemory memory = FloatMemory.reading(data, "data");
      int features = Math.toIntExact(data.size(axis));
      int inner = 1;
      for (int i = axis + 1; i < data.rank(); i++) {
        inner = Math.toIntExact(inner * data.size(i));
      }
      mean = new double[features];
      squares = new double[features];
      varies = new boolean[features];
      count = data.length() / features;
      float[] first = new float[Math.multiplyExact(features, inner)];
      float[] block = new float[first.length];
      memory.read(0, first, first.length);
      for (long at = 0; at < memory.length(); at += block.length) {
        memory.read(at, block, block.length);
        for (int i = 0; i < block.length; i++) {
          mean[i / inner] += block[i] / (double) count;
          varies[i / inner] |= block[i] != first[i / inner * inner];
        }
      }
      for (long at = 0; at < memory.length(); at += block.length) {
        memory.read(at, block, block.length);
        for (int i = 0; i < block.length; i++) {
          double deviation = block[i] - mean[i / inner];
          squares[i / inner] += deviation * deviation;
        }
      }
    }

    INDArray mean() {
      float[] floats = new float[mean.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) mean[i];
      }
      return Detached.of(floats);
    }

    INDArray scale() {
      float[] floats = new float[mean.length];
      for (int i = 0; i < floats.length; i++) {
        float deviation = (float) Math.sqrt(squares[i] / count);
        // A deviation too small for a float is none.
        floats[i] = varies[i] && deviation > Float.MIN_NORMAL ? deviation : 1;
      }
      return Detached.of(floats);
    }
  }
}
