package io.bayes4j.core.uncertainty;

import static io.bayes4j.core.uncertainty.Predictions.array;
import static io.bayes4j.core.uncertainty.Predictions.samplesOfFirstClass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

final class UncertaintyTest {
  private static final double LN_2 = Math.log(2);
  private static final List<UnaryOperator<INDArray>> ALL =
      List.of(
          Uncertainty::mean,
          Uncertainty::variance,
          Uncertainty::predictiveEntropy,
          Uncertainty::expectedEntropy,
          Uncertainty::mutualInformation,
          Uncertainty::variationRatio,
          Uncertainty::median,
          p -> Uncertainty.quantile(p, 0.3),
          p -> Uncertainty.quantiles(p, 0.3, 0.8),
          p -> Uncertainty.interval(p, 0.9).lower());

  @Example
  void samplesThatContradictEachOtherAreAllEpistemic() {
    INDArray p = samplesOfFirstClass(1, 0);
    assertThat(Uncertainty.mean(p)).isEqualTo(array(new double[] {0.5, 0.5}, 1, 2));
    assertThat(Uncertainty.variance(p)).isEqualTo(array(new double[] {0.25, 0.25}, 1, 2));
    assertThat(only(Uncertainty.predictiveEntropy(p))).isCloseTo(LN_2, within(1e-7));
    assertThat(only(Uncertainty.expectedEntropy(p))).isZero();
    assertThat(only(Uncertainty.mutualInformation(p))).isCloseTo(LN_2, within(1e-7));
    assertThat(only(Uncertainty.variationRatio(p))).isEqualTo(0.5);
  }

  @Example
  void samplesThatAgreeOnDoubtAreAllAleatoric() {
    INDArray p = samplesOfFirstClass(0.5, 0.5, 0.5);
    assertThat(only(Uncertainty.predictiveEntropy(p))).isCloseTo(LN_2, within(1e-7));
    assertThat(only(Uncertainty.expectedEntropy(p))).isCloseTo(LN_2, within(1e-7));
    assertThat(only(Uncertainty.mutualInformation(p))).isZero();
    assertThat(only(Uncertainty.variationRatio(p))).isZero();
  }

  @Example
  void mutualInformationOfTwoLikeSamplesIsExact() {
    double first = -0.8 * Math.log(0.8) - 0.2 * Math.log(0.2);
    double second = -0.6 * Math.log(0.6) - 0.4 * Math.log(0.4);
    double total = -0.7 * Math.log(0.7) - 0.3 * Math.log(0.3);
    INDArray p = samplesOfFirstClass(0.8, 0.6);
    assertThat(only(Uncertainty.mutualInformation(p)))
        .isCloseTo(total - (first + second) / 2, within(1e-7));
  }

  @Example
  void variationRatioCountsVotesOfEachExample() {
    // Example 0 gets the votes 0, 0, 2 and example 1 gets 1, 1, 1; 0.4 and 0.4 is a vote for 0.
    double[] p = {
      0.4, 0.4, 0.2, 0.0, 1.0, 0.0, //
      0.9, 0.1, 0.0, 0.1, 0.8, 0.1, //
      0.1, 0.1, 0.8, 0.2, 0.6, 0.2
    };
    INDArray ratio = Uncertainty.variationRatio(array(p, 3, 2, 3));
    assertThat(ratio).isEqualTo(array(new double[] {1 / 3.0, 0}, 2));
  }

  @Example
  void quantilesInterpolateBetweenSortedSamples() {
    INDArray p = samplesOfFirstClass(0.1, 0.4, 0.2, 0.3);
    assertThat(first(Uncertainty.quantile(p, 0))).isCloseTo(0.1, within(1e-7));
    assertThat(first(Uncertainty.quantile(p, 0.25))).isCloseTo(0.175, within(1e-7));
    assertThat(first(Uncertainty.median(p))).isCloseTo(0.25, within(1e-7));
    assertThat(first(Uncertainty.quantile(p, 1))).isCloseTo(0.4, within(1e-7));
    CredibleInterval half = Uncertainty.interval(p, 0.5);
    assertThat(first(half.lower())).isCloseTo(0.175, within(1e-7));
    assertThat(first(half.upper())).isCloseTo(0.325, within(1e-7));
  }

  @Example
  void ofOneSampleNothingIsEpistemic() {
    for (double first : new double[] {0.1, 1 / 3.0, 0.7, 0.999, 1e-6}) {
      INDArray p = samplesOfFirstClass(first);
      assertThat(only(Uncertainty.mutualInformation(p))).isZero();
      assertThat(Uncertainty.expectedEntropy(p)).isEqualTo(Uncertainty.predictiveEntropy(p));
      UncertaintySplit split = Uncertainty.split(p);
      assertThat(only(split.mutualInformation())).isZero();
      assertThat(split.expectedEntropy()).isEqualTo(split.predictiveEntropy());
      assertThat(Acquisition.bald(p)).containsExactly(0);
    }
  }

  /** By sorting, of every number of samples around the powers of two, and beyond the network's. */
  @Example
  void quantilesAreThoseOfSortedSamplesWhateverTheirNumber() {
    int[] counts = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 100, 127, 1024, 1025};
    double[] shares = {0.5, 0, 1, 0.05, 0.95, 0.313};
    for (int count : counts) {
      INDArray p = Transforms.softmax(Noise.seeded(count).normals(count * 7L, 3));
      p = p.castTo(DataType.FLOAT).reshape(count, 7, 3);
      INDArray all = Uncertainty.quantiles(p, shares);
      assertThat(all.shape()).containsExactly(6, 7, 3);
      for (int k = 0; k < shares.length; k++) {
        assertThat(Uncertainty.quantile(p, shares[k])).isEqualTo(all.slice(k));
        for (int column = 0; column < 21; column++) {
          double[] drawn = drawn(p, column / 3, column % 3);
          Arrays.sort(drawn);
          double place = shares[k] * (count - 1);
          int below = (int) place;
          double above = drawn[Math.min(below + 1, count - 1)];
          assertThat(all.getDouble(k, column / 3, column % 3))
              .isEqualTo((float) (drawn[below] + (place - below) * (above - drawn[below])));
        }
      }
    }
  }

  @Example
  void manyExamplesGiveWhatEachGivesAlone() {
    int examples = 3000;
    INDArray p = Transforms.softmax(Noise.seeded(1).normals(30L * examples, 7));
    p = p.castTo(DataType.FLOAT).reshape(30, examples, 7);
    for (UnaryOperator<INDArray> function : ALL) {
      INDArray all = function.apply(p);
      int axis = all.rank() == 3 ? 1 : 0;
      for (int i = 0; i < examples; i += 271) {
        INDArray own = p.get(NDArrayIndex.all(), NDArrayIndex.interval(i, i + 1)).dup('c');
        INDArray alone = function.apply(own);
        assertThat(Doubles.of(alone)).containsExactly(Doubles.of(all.slice(i, axis)));
      }
    }
  }

  @Example
  void aWrongNumberIsFoundWhereverItIs() {
    int examples = 3000;
    for (int at : new int[] {0, 1, 20_999, 21_000, 629_999}) {
      INDArray p = Nd4j.valueArrayOf(new long[] {30, examples, 7}, 1 / 7f, DataType.FLOAT);
      p.data().put(at, Float.NaN);
      String place = "[" + at / 21_000 + ", " + at % 21_000 / 7 + ", " + at % 7 + "]";
      for (UnaryOperator<INDArray> function : ALL) {
        assertRejected(function, p, "probabilities" + place + " must be finite and >= 0, got NaN");
      }
    }
  }

  @Example
  void resultsHaveTheDocumentedShapes() {
    INDArray p = Nd4j.valueArrayOf(new long[] {4, 3, 2}, 0.5f, DataType.FLOAT);
    assertThat(Uncertainty.mean(p).shape()).containsExactly(3, 2);
    assertThat(Uncertainty.median(p).shape()).containsExactly(3, 2);
    assertThat(Uncertainty.mutualInformation(p).shape()).containsExactly(3);
    assertThat(Uncertainty.variationRatio(p).shape()).containsExactly(3);
    assertThat(Uncertainty.mean(p).dataType()).isEqualTo(DataType.FLOAT);
  }

  @Example
  void viewsAndPermutationsGiveWhatTheirCopiesGive() {
    double[] values = new double[4 * 3 * 2];
    for (int i = 0; i < values.length; i += 2) {
      values[i] = (i + 1) / 30.0;
      values[i + 1] = 1 - values[i];
    }
    INDArray base = array(values, 4, 3, 2);
    INDArray view = base.get(NDArrayIndex.interval(1, 3), NDArrayIndex.all(), NDArrayIndex.all());
    INDArray tail = base.get(NDArrayIndex.interval(2, 4), NDArrayIndex.all(), NDArrayIndex.all());
    INDArray permuted = base.permute(1, 0, 2);
    for (UnaryOperator<INDArray> function : ALL) {
      assertThat(function.apply(view)).isEqualTo(function.apply(view.dup('c')));
      assertThat(function.apply(tail)).isEqualTo(function.apply(tail.dup('c')));
      assertThat(function.apply(permuted)).isEqualTo(function.apply(permuted.dup('c')));
      assertThat(function.apply(base.dup('f'))).isEqualTo(function.apply(base));
    }
    assertThat(first(Uncertainty.mean(permuted))).isCloseTo((1 + 3 + 5) / 90.0, within(1e-7));
  }

  @Example
  void rejectsAnythingButSampledProbabilities() {
    double[] even = {0.5, 0.5, 0.5, 0.5};
    for (UnaryOperator<INDArray> function : ALL) {
      assertRejected(function, null, "got null");
      assertRejected(function, array(even, 2, 2), "[samples, batch, classes], got [2, 2]");
      assertRejected(function, Nd4j.create(DataType.FLOAT, 2, 0, 2), "must have batch > 0");
      assertRejected(function, array(even, 2, 1, 2).castTo(DataType.DOUBLE), "got DOUBLE");
      assertRejected(function, fourWith(Double.NaN), "probabilities[1, 0, 1] must be");
      assertRejected(function, fourWith(Double.NaN), "got NaN");
      assertRejected(function, fourWith(-0.1), "probabilities[1, 0, 1] must be");
      assertRejected(function, fourWith(Double.POSITIVE_INFINITY), "probabilities[1, 0, 1]");
      assertRejected(function, fourWith(0.502), "starts at probabilities[1, 0, 0] must sum to 1");
    }
    assertThat(first(Uncertainty.mean(fourWith(0.5005)))).isEqualTo(0.5);
  }

  @Example
  void rejectsQuantilesAndLevelsOutsideZeroToOne() {
    INDArray p = samplesOfFirstClass(0.5);
    assertRejected(x -> Uncertainty.quantile(x, -0.01), p, "q must be in [0, 1], got -0.01");
    assertRejected(x -> Uncertainty.quantile(x, Double.NaN), p, "q must be in [0, 1], got NaN");
    assertRejected(x -> Uncertainty.quantiles(x), p, "q must not be empty");
    assertRejected(x -> Uncertainty.quantiles(x, 0.5, 2), p, "q must be in [0, 1], got 2.0");
    assertRejected(x -> Uncertainty.interval(x, 1.5).lower(), p, "level must be in [0, 1]");
  }

  @Property(tries = 200)
  void informationIsWhatIsLeftOfTheTotalAndNeverNegative(@ForAll("sampled") INDArray p) {
    INDArray total = Uncertainty.predictiveEntropy(p);
    INDArray aleatoric = Uncertainty.expectedEntropy(p);
    INDArray epistemic = Uncertainty.mutualInformation(p);
    for (long i = 0; i < p.size(1); i++) {
      assertThat(epistemic.getDouble(i)).isNotNegative();
      assertThat(total.getDouble(i))
          .isCloseTo(aleatoric.getDouble(i) + epistemic.getDouble(i), within(1e-6))
          .isLessThanOrEqualTo(Math.log((double) p.size(2)) + 1e-6);
    }
  }

  @Property(tries = 200)
  void momentsMatchTheDefinition(@ForAll("sampled") INDArray p) {
    INDArray mean = Uncertainty.mean(p);
    INDArray variance = Uncertainty.variance(p);
    for (int example = 0; example < p.size(1); example++) {
      for (int column = 0; column < p.size(2); column++) {
        double[] drawn = drawn(p, example, column);
        double average = Arrays.stream(drawn).average().orElseThrow();
        double square = Arrays.stream(drawn).map(x -> x * x).average().orElseThrow();
        assertThat(mean.getDouble(example, column)).isCloseTo(average, within(1e-6));
        assertThat(variance.getDouble(example, column))
            .isCloseTo(square - average * average, within(1e-6));
      }
    }
  }

  @Property(tries = 200)
  void quantilesMatchTheSortedSamples(
      @ForAll("sampled") INDArray p, @ForAll @DoubleRange(min = 0, max = 1) double q) {
    INDArray quantile = Uncertainty.quantile(p, q);
    for (int example = 0; example < p.size(1); example++) {
      for (int column = 0; column < p.size(2); column++) {
        double[] drawn = drawn(p, example, column);
        Arrays.sort(drawn);
        // Between the k-th and the next order statistic, each k / (n - 1) of the way.
        double expected = drawn[0];
        for (int k = 1; k < drawn.length; k++) {
          double share = q * (drawn.length - 1) - (k - 1);
          expected += Math.min(1, Math.max(0, share)) * (drawn[k] - drawn[k - 1]);
        }
        assertThat(quantile.getDouble(example, column)).isCloseTo(expected, within(1e-6));
      }
    }
  }

  @Property(tries = 50)
  void argumentsStayAsTheyAre(@ForAll("sampled") INDArray p) {
    INDArray before = p.dup();
    ALL.forEach(function -> assertThat(function.apply(p)).isNotSameAs(p));
    assertThat(p).isEqualTo(before);
  }

  @Provide
  Arbitrary<INDArray> sampled() {
    return Predictions.sampled();
  }

  private static double[] drawn(INDArray p, int example, int column) {
    double[] drawn = new double[(int) p.size(0)];
    for (int sample = 0; sample < drawn.length; sample++) {
      drawn[sample] = p.getDouble(sample, example, column);
    }
    return drawn;
  }

  private static INDArray fourWith(double last) {
    return array(new double[] {0.5, 0.5, 0.5, last}, 2, 1, 2);
  }

  private static double only(INDArray vector) {
    assertThat(vector.shape()).containsExactly(1);
    return vector.getDouble(0);
  }

  private static double first(INDArray table) {
    return table.getDouble(0, 0);
  }

  private static void assertRejected(
      UnaryOperator<INDArray> function, INDArray probabilities, String message) {
    Rejection.assertRejected(() -> function.apply(probabilities), message);
  }
}
