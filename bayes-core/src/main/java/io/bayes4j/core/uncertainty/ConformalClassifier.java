package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns class probabilities into sets of classes that hold the true one with a probability of at
 * least 1 - alpha, whatever the model and the data, if later examples are exchangeable with those
 * that the limits were fixed on.
 *
 * <pre>{@code
 * INDArray held = MonteCarlo.of(model).classify(heldOut).mean();
 * ConformalClassifier conformal =
 *     ConformalClassifier.calibrate(ConformalScore.aps(1), 0.1, held, heldOutLabels);
 * PredictionSets sets = conformal.sets(MonteCarlo.of(model).classify(images).mean());
 * }</pre>
 *
 * <p>The guarantee is over examples and calibration together: with one calibration set of n
 * examples the coverage of later ones is spread as Beta(n + 1 - l, l), l = floor((n + 1) alpha).
 * Calibration examples must not have served training, nor be scored again as test examples; nobody
 * can see that from the numbers.
 *
 * <p>Probabilities are float32 [batch, classes], best the mean over draws; all functions throw
 * {@link IllegalArgumentException} if they are not, or their rows do not sum to 1 within 1e-3.
 */
public final class ConformalClassifier {
  private static final Logger LOG = LoggerFactory.getLogger(ConformalClassifier.class);

  private final ConformalScore score;
  private final double[] thresholds;
  private final Grouping grouping;
  private final int classes;

  /** Which threshold a class of an example has. */
  private enum Grouping {
    NONE,
    BY_CLASS,
    BY_GROUP;

    int of(int label, int @Nullable [] groups, int example) {
      return switch (this) {
        case NONE -> 0;
        case BY_CLASS -> label;
        case BY_GROUP -> Objects.requireNonNull(groups)[example];
      };
    }
  }

  private ConformalClassifier(
      ConformalScore score, double[] thresholds, Grouping grouping, int classes) {
    this.score = score;
    this.thresholds = thresholds;
    this.grouping = grouping;
    this.classes = classes;
  }

  /**
   * One limit for all examples: coverage holds on average over classes.
   *
   * @param alpha the share of sets that may miss the true class, in (0, 1)
   * @param probabilities of held-out examples, [batch, classes]
   * @param labels their classes
   * @throws IllegalArgumentException also if alpha is out of range or the labels are not one per
   *     example and in [0, classes)
   */
  public static ConformalClassifier calibrate(
      ConformalScore score, double alpha, INDArray probabilities, int[] labels) {
    return calibrate(score, alpha, probabilities, labels, Grouping.NONE, null, 1);
  }

  /**
   * A limit for each class, so that coverage holds for the examples of each class (Vovk,
   * "Conditional Validity of Inductive Conformal Predictors", 2012). A class with too few examples
   * is in every set.
   *
   * @throws IllegalArgumentException as {@link #calibrate(ConformalScore, double, INDArray, int[])}
   */
  public static ConformalClassifier calibrateForClasses(
      ConformalScore score, double alpha, INDArray probabilities, int[] labels) {
    return calibrate(score, alpha, probabilities, labels, Grouping.BY_CLASS, null, -1);
  }

  /**
   * A limit for each group of examples, such as hospitals or age bands, so that coverage holds in
   * each (Mondrian conformal prediction). A group must be known of a later example before its class
   * is.
   *
   * @param groups the group of each example, in [0, count)
   * @param count number of groups
   * @throws IllegalArgumentException as {@link #calibrate(ConformalScore, double, INDArray,
   *     int[])}, and if a group is out of range
   */
  public static ConformalClassifier calibrateForGroups(
      ConformalScore score,
      double alpha,
      INDArray probabilities,
      int[] labels,
      int[] groups,
      int count) {
    Require.nonNull(groups, "groups");
    Require.positive((long) count, "count");
    return calibrate(score, alpha, probabilities, labels, Grouping.BY_GROUP, groups, count);
  }

  /**
   * Limits that were fixed before, such as those that {@link #thresholds} gave and a file kept.
   *
   * @param score that they were fixed for
   * @param classes number of classes
   * @param thresholds one for all examples, or one for each class; infinite: nothing is ruled out
   * @throws IllegalArgumentException if there are neither one nor as many as classes, or one is NaN
   *     or negative
   */
  public static ConformalClassifier ofThresholds(
      ConformalScore score, int classes, double... thresholds) {
    Require.nonNull(score, "score");
    Require.positive((long) classes, "classes");
    Require.nonNull(thresholds, "thresholds");
    Require.argument(
        thresholds.length == 1 || thresholds.length == classes,
        "thresholds must be one, or one for each of %d classes, got %d",
        classes,
        thresholds.length);
    for (double threshold : thresholds) {
      Require.argument(threshold >= 0, "thresholds must be >= 0, got %s", threshold);
    }
    Grouping grouping = thresholds.length == 1 ? Grouping.NONE : Grouping.BY_CLASS;
    return new ConformalClassifier(score, thresholds.clone(), grouping, classes);
  }

  private static ConformalClassifier calibrate(
      ConformalScore score,
      double alpha,
      INDArray probabilities,
      int[] labels,
      Grouping grouping,
      int @Nullable [] groups,
      int count) {
    Require.argument(score != null, "score must be given, got null");
    ConformalQuantile.requireAlpha(alpha);
    float[][] rows = rows(probabilities);
    int classes = rows[0].length;
    Tensors.checkLabels(labels, rows.length, classes);
    if (grouping == Grouping.BY_GROUP) {
      requireGroups(groups, rows.length, count);
    }
    int limits = grouping == Grouping.BY_CLASS ? classes : count;
    DoubleStream.Builder[] scores = new DoubleStream.Builder[limits];
    Arrays.setAll(scores, i -> DoubleStream.builder());
    for (int i = 0; i < rows.length; i++) {
      scores[grouping.of(labels[i], groups, i)].add(score.of(rows[i])[labels[i]]);
    }
    double[] thresholds = new double[limits];
    for (int i = 0; i < limits; i++) {
      double[] own = scores[i].build().toArray();
      thresholds[i] = ConformalQuantile.of(own, alpha);
      if (Double.isInfinite(thresholds[i])) {
        warn(grouping, i, own.length, alpha);
      }
    }
    return new ConformalClassifier(score, thresholds, grouping, classes);
  }

  private static void warn(Grouping grouping, int group, int found, double alpha) {
    String who =
        switch (grouping) {
          case NONE -> "";
          case BY_CLASS -> " of class " + group;
          case BY_GROUP -> " of group " + group;
        };
    LOG.warn(
        "{} calibration examples{} are too few for alpha {}, which needs {}: nothing is ruled out",
        found,
        who,
        alpha,
        ConformalQuantile.fewest(alpha));
  }

  /**
   * The sets of some examples.
   *
   * @throws IllegalArgumentException also if there is another number of classes, or limits are by
   *     group
   */
  public PredictionSets sets(INDArray probabilities) {
    Require.state(
        grouping != Grouping.BY_GROUP, "limits are by group: call sets(probabilities, groups)");
    return setsOf(probabilities, null);
  }

  /**
   * The sets of some examples whose groups are known.
   *
   * @param groups the group of each example
   * @throws IllegalArgumentException also if there is another number of classes, or a group is out
   *     of range
   * @throws IllegalStateException if limits are not by group
   */
  public PredictionSets sets(INDArray probabilities, int[] groups) {
    Require.state(
        grouping == Grouping.BY_GROUP, "limits are not by group: call sets(probabilities)");
    return setsOf(probabilities, groups);
  }

  private PredictionSets setsOf(INDArray probabilities, int @Nullable [] groups) {
    float[][] rows = rows(probabilities);
    Require.argument(
        rows[0].length == classes,
        "probabilities must have %d classes, as at calibration, got %d",
        classes,
        rows[0].length);
    if (grouping == Grouping.BY_GROUP) {
      requireGroups(groups, rows.length, thresholds.length);
    }
    boolean[][] members = new boolean[rows.length][classes];
    for (int i = 0; i < rows.length; i++) {
      double[] scores = score.of(rows[i]);
      for (int k = 0; k < classes; k++) {
        members[i][k] = scores[k] <= thresholds[grouping.of(k, groups, i)];
      }
    }
    return new PredictionSets(members);
  }

  /**
   * The limits, one for all, for each class or for each group: a class is in a set if its score is
   * not above. Infinite where calibration had too few examples.
   */
  public double[] thresholds() {
    return thresholds.clone();
  }

  private static void requireGroups(int @Nullable [] groups, int batch, int count) {
    Require.argument(
        groups != null && groups.length == batch,
        "groups must be one per example (%d), got %s",
        batch,
        groups == null ? "null" : groups.length);
    int[] own = Objects.requireNonNull(groups);
    for (int i = 0; i < batch; i++) {
      Require.argument(
          own[i] >= 0 && own[i] < count, "groups[%d] must be in [0, %d), got %d", i, count, own[i]);
    }
  }

  private static float[][] rows(INDArray probabilities) {
    float[] all = Tensors.copyProbabilities(probabilities, Tensors.BATCH_CLASSES);
    int classes = (int) probabilities.size(1);
    float[][] rows = new float[all.length / classes][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(all, i * classes, (i + 1) * classes));
    return rows;
  }
}
