package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Checked bulk copies between ND4J and Java arrays. */
final class Tensors {
  static final List<String> SAMPLES_BATCH_CLASSES = List.of("samples", "batch", "classes");
  static final List<String> SAMPLES_BATCH_OUTPUTS = List.of("samples", "batch", "outputs");
  static final List<String> BATCH_CLASSES = List.of("batch", "classes");
  static final List<String> BATCH_OUTPUTS = List.of("batch", "outputs");
  static final List<String> BATCH_FEATURES = List.of("batch", "features");
  static final List<String> SAMPLES_BATCH_ACTIONS = List.of("samples", "batch", "actions");
  static final List<String> CLASSES_CLASSES = List.of("classes", "classes");
  static final List<String> CLASSES = List.of("classes");
  static final List<String> BATCH = List.of("batch");

  /** What messages call probabilities. */
  static final String PROBABILITIES = "probabilities";

  private static final double ROW_SUM_TOLERANCE = 1e-3;

  /** Numbers that are worth a thread. */
  static final int CHUNK = 1 << 15;

  private Tensors() {}

  /** Checks that an array is there. */
  static INDArray given(@Nullable INDArray array, String name, List<String> axes) {
    if (array == null) {
      throw new IllegalArgumentException(
          name + " must be an array of shape " + axes + ", got null");
    }
    return array;
  }

  /** Copies a float32 array of the given axes out, in C order; no axis may be empty. */
  static float[] copy(INDArray array, String name, List<String> axes) {
    requireFloats(array, name, axes);
    return FloatMemory.numbers(array, name);
  }

  /** Checks type and shape of an array of the given axes, none of which may be empty. */
  static void requireFloats(INDArray array, String name, List<String> axes) {
    Require.open(given(array, name, axes), name);
    String shape = Arrays.toString(array.shape());
    Require.argument(
        array.rank() == axes.size(), "%s must have the shape %s, got %s", name, axes, shape);
    for (int axis = 0; axis < axes.size(); axis++) {
      Require.argument(
          array.size(axis) > 0, "%s must have %s > 0, got %s", name, axes.get(axis), shape);
    }
    Require.argument(
        array.dataType() == DataType.FLOAT, "%s must be FLOAT, got %s", name, array.dataType());
    Require.argument(
        array.length() <= Integer.MAX_VALUE - 8,
        "%s must have fewer than 2^31 elements, got %s",
        name,
        shape);
  }

  /** Copies out an array like {@link #copy}, whose values must be finite and at least a bound. */
  static float[] copyBounded(INDArray array, String name, List<String> axes, Bound bound) {
    float[] values = copy(array, name, axes);
    requireBounded(array, name, values, bound);
    return values;
  }

  private static void requireBounded(INDArray array, String name, float[] values, Bound bound) {
    for (int i = 0; i < values.length; i++) {
      if (!bound.allows(values[i])) {
        throw new IllegalArgumentException(
            name + position(i, array) + " must be " + bound.rule + ", got " + values[i]);
      }
    }
  }

  /** Copies out an array like {@link #copy}, whose last axis must hold probabilities. */
  static float[] copyProbabilities(INDArray array, List<String> axes) {
    String name = PROBABILITIES;
    float[] values = copy(array, name, axes);
    int classes = (int) array.size(-1);
    double wrong =
        Parallel.sum(
            values.length / classes,
            Math.max(1, CHUNK / classes),
            (from, to) -> wrongRows(values, classes, (int) from, (int) to));
    if (wrong > 0) {
      requireProbabilities(array, name, values, classes);
    }
    return values;
  }

  /** How many rows hold anything but probabilities that sum to 1. */
  static double wrongRows(float[] values, int classes, int from, int to) {
    double wrong = 0;
    for (int row = from; row < to; row++) {
      boolean right = true;
      double sum = 0;
      for (int i = row * classes; i < (row + 1) * classes; i++) {
        right &= values[i] >= 0;
        sum += values[i];
      }
      wrong += right && Math.abs(sum - 1) <= ROW_SUM_TOLERANCE ? 0 : 1;
    }
    return wrong;
  }

  /** Says where the first wrong probability is. */
  private static void requireProbabilities(
      INDArray array, String name, float[] values, int classes) {
    requireBounded(array, name, values, Bound.NOT_NEGATIVE);
    for (int row = 0; row < values.length; row += classes) {
      double sum = sum(values, row, classes);
      if (!(Math.abs(sum - 1) <= ROW_SUM_TOLERANCE)) {
        throw notOne("the row that starts at " + name + position(row, array), sum);
      }
    }
  }

  /**
   * Copies out probabilities [batch, classes, places...], one row of classes for each place, in the
   * order of an array [batch, places...].
   */
  static float[] copyPlaces(INDArray array) {
    String name = PROBABILITIES;
    Require.open(array, name);
    Require.argument(
        array.rank() >= 3,
        "%s must have the shape [batch, classes, places...], got %s",
        name,
        Require.text(array.shape()));
    List<String> axes = new ArrayList<>(BATCH_CLASSES);
    axes.addAll(Collections.nCopies(array.rank() - 2, "places"));
    float[] values = copyBounded(array, name, axes, Bound.NOT_NEGATIVE);
    int classes = (int) array.size(1);
    int places = (int) (array.length() / array.size(0) / classes);
    float[] rows = new float[values.length];
    for (int block = 0; block < values.length; block += classes * places) {
      for (int p = 0; p < places; p++) {
        int row = block + p * classes;
        for (int k = 0; k < classes; k++) {
          rows[row + k] = values[block + k * places + p];
        }
        double sum = sum(rows, row, classes);
        if (!(Math.abs(sum - 1) <= ROW_SUM_TOLERANCE)) {
          throw notOne("the classes that start at " + name + position(block + p, array), sum);
        }
      }
    }
    return rows;
  }

  /** Copies out the class numbers of the places of probabilities of a shape. */
  static int[] copyPlaceLabels(INDArray labels, long[] shape, int ignored) {
    Require.open(labels, "labels");
    long[] expected = new long[shape.length - 1];
    expected[0] = shape[0];
    System.arraycopy(shape, 2, expected, 1, expected.length - 1);
    Require.argument(
        Arrays.equals(labels.shape(), expected),
        "labels must have the shape %s of the probabilities' places, got %s",
        Require.text(expected),
        Require.text(labels.shape()));
    Require.argument(
        labels.dataType() == DataType.FLOAT || labels.dataType().isIntType(),
        "labels must be FLOAT or of an integer type, got %s",
        labels.dataType());
    float[] numbers = FloatMemory.numbers(Detached.cast(labels, DataType.FLOAT), "labels");
    int[] whole = new int[numbers.length];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = (int) numbers[i];
      boolean known = whole[i] == ignored || (whole[i] >= 0 && whole[i] < shape[1]);
      if (whole[i] != numbers[i] || !known) {
        throw new IllegalArgumentException(
            "labels"
                + position(i, labels)
                + (" must be a class in [0, " + shape[1] + ") or " + ignored)
                + (", got " + numbers[i]));
      }
    }
    return whole;
  }

  private static double sum(float[] values, int from, int count) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += values[i];
    }
    return sum;
  }

  private static IllegalArgumentException notOne(String which, double sum) {
    return new IllegalArgumentException(
        which + " must sum to 1 within " + ROW_SUM_TOLERANCE + ", got " + sum);
  }

  /** Copies out scores of shape [batch], which may be infinite but not NaN. */
  static double[] copyScores(INDArray scores, String name) {
    float[] values = copy(scores, name, BATCH);
    double[] copy = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      copy[i] = values[i];
    }
    checkScores(copy, name);
    return copy;
  }

  static void checkScores(double[] scores, String name) {
    Require.argument(scores != null && scores.length > 0, "%s must not be empty", name);
    for (int i = 0; i < scores.length; i++) {
      if (Double.isNaN(scores[i])) {
        throw new IllegalArgumentException(name + "[" + i + "] must be a number, got NaN");
      }
    }
  }

  static void checkLabels(int[] labels, int batch, int classes) {
    Require.argument(labels != null, "labels must be one per example (%d), got null", batch);
    Require.argument(
        labels.length == batch,
        "labels must be one per example (%d), got %d",
        batch,
        labels.length);
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new IllegalArgumentException(
            "labels[" + i + "] must be in [0, " + classes + "), got " + labels[i]);
      }
    }
  }

  static void checkSameShape(INDArray first, String firstName, INDArray second, String secondName) {
    Require.argument(
        first.equalShapes(second),
        "%s and %s must have the same shape, got %s and %s",
        firstName,
        secondName,
        Require.text(first.shape()),
        Require.text(second.shape()));
  }

  /** A new float32 array of the given shape. */
  static INDArray array(double[] values, long... shape) {
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = (float) values[i];
    }
    return Detached.of(rounded, shape);
  }

  /** The index of the greatest of {@code count} values, the lowest one of equals. */
  static int argMax(int count, IntToDoubleFunction values) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      best = values.applyAsDouble(i) > values.applyAsDouble(best) ? i : best;
    }
    return best;
  }

  private static String position(int flat, INDArray array) {
    long[] index = new long[array.rank()];
    long rest = flat;
    for (int axis = index.length - 1; axis >= 0; axis--) {
      index[axis] = rest % array.size(axis);
      rest /= array.size(axis);
    }
    return Arrays.toString(index);
  }

  /** The least value that the elements of an array may have. */
  enum Bound {
    NONE(-Float.MAX_VALUE, "finite"),
    NOT_NEGATIVE(0, "finite and >= 0"),
    POSITIVE(Float.MIN_VALUE, "finite and > 0");

    private final float lowest;
    private final String rule;

    Bound(float lowest, String rule) {
      this.lowest = lowest;
      this.rule = rule;
    }

    private boolean allows(float value) {
      return value >= lowest && value <= Float.MAX_VALUE;
    }

    /** Whether the first of some values are all allowed. */
    boolean holds(float[] values, int length) {
      boolean holds = true;
      for (int i = 0; i < length; i++) {
        holds &= allows(values[i]);
      }
      return holds;
    }
  }
}
