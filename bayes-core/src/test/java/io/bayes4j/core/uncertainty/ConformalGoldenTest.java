package io.bayes4j.core.uncertainty;

import static io.bayes4j.core.uncertainty.Predictions.array;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Compares conformal prediction with MAPIE 1.6, given the random shares that it drew. Where they
 * differ by design:
 *
 * <ul>
 *   <li>of equally probable classes ours counts the lower one first, MAPIE the higher one, and
 *       MAPIE takes all that are as probable as the last one of a set into it; a class of
 *       probability 0 is in none of its sets;
 *   <li>the last class of a RAPS set that is more than a rank beyond the free ones is in it with
 *       another chance than calibration reckoned with;
 *   <li>MAPIE refuses 1 / alpha examples and fewer.
 * </ul>
 */
class ConformalGoldenTest {
  private static final double TOLERANCE = 1e-7;

  static List<Golden> classes() throws IOException {
    return Golden.cases("conformal.json", "classes");
  }

  static List<Golden> numbers() throws IOException {
    return Golden.cases("conformal.json", "numbers");
  }

  @ParameterizedTest
  @MethodSource("classes")
  void lacEqualsMapie(Golden golden) {
    ConformalClassifier ours =
        ConformalClassifier.calibrate(
            ConformalScore.lac(),
            golden.number("alpha"),
            golden.rows("probabilities", "classes"),
            golden.whole("labels"));
    golden.check("lac_threshold", ours.thresholds()[0], TOLERANCE);
    PredictionSets sets = ours.sets(golden.rows("asked", "classes"));
    int[] theirs = golden.whole("lac_sets");
    int classes = (int) golden.number("classes");
    for (int i = 0; i < theirs.length; i++) {
      assertThat(sets.contains(i / classes, i % classes)).as("%d", i).isEqualTo(theirs[i] == 1);
    }
  }

  @ParameterizedTest
  @MethodSource("classes")
  void adaptiveSetsEqualMapies(Golden golden) {
    if (golden.node().has("aps_sets")) {
      compare(golden, "aps", ConformalScore.aps(0), IntStream.range(0, labels(golden)).toArray());
    }
    if (golden.node().has("raps_sets")) {
      ConformalScore score =
          ConformalScore.raps(golden.number("raps_penalty"), (int) golden.number("raps_free"), 0);
      compare(golden, "raps", score, golden.whole("raps_kept"));
    }
  }

  private static int labels(Golden golden) {
    return golden.whole("labels").length;
  }

  /**
   * Compares thresholds and sets.
   *
   * @param kept the examples that the threshold is fixed on
   */
  private static void compare(Golden golden, String kind, ConformalScore score, int[] kept) {
    float[][] rows = backwards(golden, "probabilities");
    int[] labels = golden.whole("labels");
    double[] shares = golden.numbers(kind + "_shares");
    double[] scores = new double[kept.length];
    int last = rows[0].length - 1;
    for (int i = 0; i < kept.length; i++) {
      scores[i] = score.of(rows[kept[i]], 1 - shares[i])[last - labels[kept[i]]];
    }
    double threshold = ConformalQuantile.of(scores, golden.number("alpha"));
    golden.check(kind + "_threshold", threshold, TOLERANCE);
    double[] askedShares = golden.numbers("asked_shares");
    float[][] asked = backwards(golden, "asked");
    int[] theirs = golden.whole(kind + "_sets");
    int[] sizes = golden.node().has(kind + "_sizes") ? golden.whole(kind + "_sizes") : new int[0];
    int compared = 0;
    for (int i = 0; i < asked.length; i++) {
      double[] own = score.of(asked[i], 1 - askedShares[i]);
      for (int k = 0; k <= last; k++) {
        boolean differs = hasEqual(asked[i], k) || rank(asked[i], k) == beyond(golden, sizes, i);
        if (!differs) {
          compared++;
          assertThat(own[k] <= threshold)
              .as("%s of class %d of example %d", kind, last - k, i)
              .isEqualTo(theirs[i * (last + 1) + last - k] == 1);
        }
      }
    }
    assertThat(compared).isPositive();
  }

  /** The rank of the last class, if MAPIE has it in the set by another chance; else 0. */
  private static int beyond(Golden golden, int[] sizes, int example) {
    boolean other = sizes.length > 0 && sizes[example] > golden.number("raps_free") + 1;
    return other ? sizes[example] : 0;
  }

  private static int rank(float[] row, int k) {
    return 1 + (int) IntStream.range(0, row.length).filter(j -> row[j] > row[k]).count();
  }

  /** Whether another class is as probable, or this one has no probability. */
  private static boolean hasEqual(float[] row, int k) {
    return row[k] == 0 || IntStream.range(0, row.length).anyMatch(j -> j != k && row[j] == row[k]);
  }

  /** Rows with the last class first, so that ours counts equally probable ones in MAPIE's order. */
  private static float[][] backwards(Golden golden, String name) {
    INDArray rows = golden.rows(name, "classes");
    float[][] all = rows.toFloatMatrix();
    for (float[] row : all) {
      for (int i = 0, j = row.length - 1; i < j; i++, j--) {
        float first = row[i];
        row[i] = row[j];
        row[j] = first;
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("numbers")
  void rangesEqualMapies(Golden golden) {
    double alpha = golden.number("alpha");
    INDArray y = column(golden, "targets");
    INDArray asked = column(golden, "asked_mean");
    equal(
        golden,
        "split",
        ConformalRegressor.calibrate(alpha, column(golden, "mean"), y).interval(asked));
    equal(
        golden,
        "scaled",
        ConformalRegressor.calibrateScaled(
                alpha, column(golden, "mean"), column(golden, "spread"), y)
            .interval(asked, column(golden, "asked_spread")));
    equal(
        golden,
        "cqr",
        ConformalRegressor.calibrateQuantiles(
                alpha, column(golden, "lower"), column(golden, "upper"), y)
            .adjusted(column(golden, "asked_lower"), column(golden, "asked_upper")));
  }

  private static INDArray column(Golden golden, String name) {
    double[] all = golden.numbers(name);
    return array(all, all.length, 1);
  }

  private static void equal(Golden golden, String kind, PredictionIntervals ours) {
    assertThat(ours.lower().toDoubleVector())
        .as("lower of %s", kind)
        .containsExactly(golden.numbers(kind + "_lower"), within(2e-5));
    assertThat(ours.upper().toDoubleVector())
        .as("upper of %s", kind)
        .containsExactly(golden.numbers(kind + "_upper"), within(2e-5));
  }

  @Test
  void nineExamplesAreEnoughForATenth() throws IOException {
    Golden random = classes().get(0);
    INDArray rows = random.rows("probabilities", "classes");
    int[] labels = Arrays.copyOf(random.whole("labels"), 9);
    INDArray nine = array(Arrays.copyOf(rows.dup('c').data().asDouble(), 54), 9, 6);
    ConformalClassifier ours =
        ConformalClassifier.calibrate(ConformalScore.lac(), 0.1, nine, labels);
    assertThat(ours.thresholds()[0]).isFinite().isLessThanOrEqualTo(1);
  }
}
