package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Makes predicted probabilities honest by a function for each class, fitted on held-out examples to
 * how often the class is the label; the results of an example are divided by their sum.
 *
 * <pre>{@code
 * ClasswiseCalibration map = ClasswiseCalibration.isotonic(held.mean(), labels);
 * INDArray honest = map.apply(model.classify(images).mean());
 * }</pre>
 *
 * <p>Unlike {@link LogitScaling}, it takes the prediction itself, so that draws lose their spread:
 * measures of what draws disagree about are of the draws before. Probabilities are float32 [batch,
 * classes] whose rows sum to 1 within 1e-3; all functions throw {@link IllegalArgumentException} if
 * they are not.
 *
 * <p>Zadrozny, Elkan, "Transforming Classifier Scores into Accurate Multiclass Probability
 * Estimates", 2002.
 */
public final class ClasswiseCalibration {
  private static final String VALUES = "classwise.values";
  private static final String KNOTS = "classwise.knots";
  private static final String COUNTS = "classwise.counts";

  private final List<CalibrationCurve> curves;

  private ClasswiseCalibration(List<CalibrationCurve> curves) {
    this.curves = curves;
  }

  /**
   * Rising functions, linear between the probabilities seen and flat beyond them, as scikit-learn's
   * {@code IsotonicRegression(out_of_bounds="clip")}.
   *
   * @param probabilities of held-out examples
   * @param labels their classes
   * @throws IllegalArgumentException also if the labels are not one per example and in [0, classes)
   */
  public static ClasswiseCalibration isotonic(INDArray probabilities, int[] labels) {
    return fit(probabilities, labels, CalibrationCurve::isotonic);
  }

  /**
   * The frequency in each of some bins of equal width, {@code (lower, upper]}; in a bin without
   * held-out examples its middle.
   *
   * @param probabilities of held-out examples
   * @param labels their classes
   * @param bins their number, such as 15
   * @throws IllegalArgumentException also if the labels are not one per example and in [0,
   *     classes), or bins are below 1
   */
  public static ClasswiseCalibration histogram(INDArray probabilities, int[] labels, int bins) {
    ReliabilityHistogram.requireBins(bins);
    return fit(probabilities, labels, (p, hits) -> CalibrationCurve.histogram(p, hits, bins));
  }

  private static ClasswiseCalibration fit(
      INDArray probabilities,
      int[] labels,
      BiFunction<float[], boolean[], CalibrationCurve> curve) {
    LabelledProbabilities examples = LabelledProbabilities.of(probabilities, labels);
    List<CalibrationCurve> curves = new ArrayList<>();
    for (int k = 0; k < examples.classes(); k++) {
      float[] own = new float[examples.size()];
      boolean[] hits = new boolean[own.length];
      for (int i = 0; i < own.length; i++) {
        own[i] = examples.probability(i, k);
        hits[i] = examples.isLabel(i, k);
      }
      curves.add(curve.apply(own, hits));
    }
    return new ClasswiseCalibration(List.copyOf(curves));
  }

  /**
   * The calibration that {@link #arrays} says.
   *
   * @param arrays other ones are left alone
   * @throws IllegalArgumentException if they do not hold one
   */
  public static ClasswiseCalibration of(Map<String, INDArray> arrays) {
    Require.entries(arrays, "arrays");
    float[] counts = array(arrays, COUNTS, "classes");
    float[] values = array(arrays, VALUES, "values");
    float[] knots = arrays.containsKey(KNOTS) ? array(arrays, KNOTS, "values") : new float[0];
    double sum = 0;
    for (float count : counts) {
      Require.argument(
          count >= 1 && count == Math.rint(count),
          "%s must hold whole numbers >= 1, got %s",
          COUNTS,
          count);
      sum += count;
    }
    Require.argument(
        sum == values.length && (knots.length == 0 || knots.length == values.length),
        "arrays must hold as many values and knots as %s says (%s), got %d and %d",
        COUNTS,
        sum,
        values.length,
        knots.length);
    List<CalibrationCurve> curves = new ArrayList<>();
    int from = 0;
    for (float count : counts) {
      int to = from + (int) count;
      float[] own = knots.length == 0 ? knots : Arrays.copyOfRange(knots, from, to);
      for (int i = 1; i < own.length; i++) {
        Require.argument(own[i] > own[i - 1], "%s must rise, got %s", KNOTS, own[i]);
      }
      curves.add(new CalibrationCurve(own, Arrays.copyOfRange(values, from, to)));
      from = to;
    }
    return new ClasswiseCalibration(List.copyOf(curves));
  }

  private static float[] array(Map<String, INDArray> arrays, String name, String axis) {
    Require.argument(
        arrays.containsKey(name), "arrays must have %s, got %s", name, arrays.keySet());
    float[] numbers =
        Tensors.copyBounded(
            Require.nonNull(arrays.get(name), name),
            name,
            List.of(axis),
            Tensors.Bound.NOT_NEGATIVE);
    for (float number : numbers) {
      Require.argument(
          name.equals(COUNTS) || number <= 1.001f, "%s must be in [0, 1], got %s", name, number);
    }
    return numbers;
  }

  /** The numbers to save, such as with a checkpoint: copies. */
  public Map<String, INDArray> arrays() {
    float[] counts = new float[curves.size()];
    int total = 0;
    for (int k = 0; k < counts.length; k++) {
      counts[k] = curves.get(k).values().length;
      total += curves.get(k).values().length;
    }
    float[] values = new float[total];
    float[] knots = new float[total];
    int at = 0;
    boolean steps = true;
    for (CalibrationCurve curve : curves) {
      System.arraycopy(curve.values(), 0, values, at, curve.values().length);
      System.arraycopy(curve.knots(), 0, knots, at, curve.knots().length);
      steps = curve.knots().length == 0;
      at += curve.values().length;
    }
    Map<String, INDArray> arrays = new LinkedHashMap<>();
    arrays.put(COUNTS, Detached.of(counts));
    arrays.put(VALUES, Detached.of(values));
    if (!steps) {
      arrays.put(KNOTS, Detached.of(knots));
    }
    return arrays;
  }

  /** Number of classes. */
  public int classes() {
    return curves.size();
  }

  /**
   * Calibrated probabilities, a new array [batch, classes]. Where all classes get 0, each gets its
   * even share.
   *
   * @throws IllegalArgumentException also if there are other classes
   */
  public INDArray apply(INDArray probabilities) {
    float[] values = Tensors.copyProbabilities(probabilities, Tensors.BATCH_CLASSES);
    int classes = classes();
    Require.argument(
        probabilities.size(1) == classes,
        "probabilities must have %d classes, as those fitted, got %d",
        classes,
        probabilities.size(1));
    double[] results = new double[values.length];
    for (int row = 0; row < values.length; row += classes) {
      double sum = 0;
      for (int k = 0; k < classes; k++) {
        results[row + k] = curves.get(k).at(values[row + k]);
        sum += results[row + k];
      }
      for (int k = 0; k < classes; k++) {
        results[row + k] = sum == 0 ? 1.0 / classes : results[row + k] / sum;
      }
    }
    return Tensors.array(results, values.length / classes, classes);
  }
}
