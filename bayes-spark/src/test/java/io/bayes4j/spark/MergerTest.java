package io.bayes4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.random.Noise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Bayesian linear regression with known noise, whose parts are solved in closed form: the best
 * factorised Gaussian has the posterior's mean, and the diagonal of its precision.
 */
class MergerTest {
  private static final int WEIGHTS = 3;
  private static final double NOISE = 0.5;
  private static final long[] COUNTS = {40, 25, 70};

  /** Sums over a part's examples: X' X and X' y, over the variance of the noise. */
  private record Part(SimpleMatrix precision, SimpleMatrix shift) {
    Part plus(Part other) {
      return new Part(precision.plus(other.precision), shift.plus(other.shift));
    }

    Part times(double factor) {
      return new Part(precision.scale(factor), shift.scale(factor));
    }
  }

  private static Gaussians prior() {
    return Gaussians.of(new float[] {0.2f, 0, -1}, new float[] {1, 2, 0.7f});
  }

  private static List<Part> parts(boolean correlated) {
    List<Part> parts = new ArrayList<>();
    for (int p = 0; p < COUNTS.length; p++) {
      int count = (int) COUNTS[p];
      float[] numbers = FloatMemory.numbers(Noise.seeded(p + 1).normals(count, WEIGHTS + 1), "x");
      SimpleMatrix x = new SimpleMatrix(count, WEIGHTS);
      SimpleMatrix y = new SimpleMatrix(count, 1);
      for (int i = 0; i < count; i++) {
        for (int k = 0; k < WEIGHTS; k++) {
          double other = correlated && k > 0 ? 0.6 * x.get(i, 0) : 0;
          x.set(i, k, correlated || i % WEIGHTS == k ? numbers[i * (WEIGHTS + 1) + k] + other : 0);
        }
        double value = x.get(i, 0) - 2 * x.get(i, 1) + NOISE * numbers[i * (WEIGHTS + 1) + WEIGHTS];
        y.set(i, 0, value);
      }
      double precision = 1 / (NOISE * NOISE);
      parts.add(
          new Part(x.transpose().mult(x).scale(precision), x.transpose().mult(y).scale(precision)));
    }
    return parts;
  }

  private static Gaussians posterior(Gaussians prior, Part part) {
    SimpleMatrix precision = part.precision().plus(SimpleMatrix.diag(prior.precision()));
    SimpleMatrix shift =
        part.shift().plus(new SimpleMatrix(prior.length(), 1, true, prior.shift()));
    SimpleMatrix mean = precision.solve(shift);
    double[] p = new double[prior.length()];
    double[] s = new double[prior.length()];
    for (int k = 0; k < prior.length(); k++) {
      p[k] = precision.get(k, k);
      s[k] = p[k] * mean.get(k);
    }
    return new Gaussians(p, s);
  }

  private static Gaussians exact(List<Part> parts) {
    return posterior(prior(), parts.stream().reduce(Part::plus).orElseThrow());
  }

  private static Gaussians rounds(Merging rule, double damping, List<Part> parts, int rounds) {
    return rounds(prior(), rule, damping, parts, rounds);
  }

  private static Gaussians rounds(
      Gaussians prior, Merging rule, double damping, List<Part> parts, int rounds) {
    Merger merger = new Merger(rule, damping, prior, parts.size());
    Gaussians all = prior;
    for (int round = 0; round < rounds; round++) {
      List<Gaussians> posteriors = new ArrayList<>();
      for (int p = 0; p < parts.size(); p++) {
        double weight = merger.weight(p, COUNTS);
        posteriors.add(posterior(merger.priorOf(p), parts.get(p).times(1 / weight)));
      }
      all = merger.merge(posteriors, COUNTS);
    }
    return all;
  }

  private static void assertClose(Gaussians found, Gaussians expected, double tolerance) {
    assertThat(found.precision()).containsExactly(expected.precision(), within(tolerance));
    assertThat(found.shift()).containsExactly(expected.shift(), within(tolerance));
  }

  /** What others' curvature adds to a prior, a trained part shows alone. */
  @ParameterizedTest
  @EnumSource(value = Merging.class, mode = EnumSource.Mode.EXCLUDE, names = "CURVATURE")
  void oneRoundIsExactWhereWeightsAreNotCorrelated(Merging rule) {
    List<Part> parts = parts(false);
    assertClose(rounds(rule, 1, parts, 1), exact(parts), 1e-9);
  }

  @Test
  void partitionedRoundsConvergeToTheExactPosterior() {
    List<Part> parts = parts(true);
    assertClose(rounds(Merging.PARTITIONED, 0.5, parts, 200), exact(parts), 1e-8);
  }

  /**
   * Twelve weights of which data see the sum alone, as those of a network see each other's. Where
   * the eight parts' factors make the sum u, a part, with 7 times its diagonal against it and 12
   * times for it, finds (7 u + 12) / 19 of the true sum 1, and asks for a factor of 8 times that
   * less 7 u: an error is multiplied by 1 - 96 / 19 d in every round, -1.5 with a damping d of 0.5
   * and 0.4 with 1 / 8.
   */
  @Test
  void partsOvershootTogetherUnlessDampedByTheirNumber() {
    int weights = 12;
    SimpleMatrix ones = SimpleMatrix.ones(weights, 1);
    List<Part> parts =
        Collections.nCopies(8, new Part(ones.mult(ones.transpose()).scale(50), ones.scale(50)));
    Gaussians prior = new Gaussians(filled(weights, 1), filled(weights, 0));
    Gaussians exact = posterior(prior, parts.stream().reduce(Part::plus).orElseThrow());
    double before = distance(prior, exact);
    assertThat(distance(rounds(prior, Merging.PARTITIONED, 0.5, parts, 20), exact))
        .isGreaterThan(10 * before);
    assertThat(distance(rounds(prior, Merging.PARTITIONED, 1.0 / 8, parts, 20), exact))
        .isLessThan(0.01 * before);
  }

  private static double[] filled(int length, double value) {
    double[] numbers = new double[length];
    Arrays.fill(numbers, value);
    return numbers;
  }

  /** How far the sums of the means are apart. */
  private static double distance(Gaussians one, Gaussians other) {
    double distance = 0;
    for (int k = 0; k < one.length(); k++) {
      distance += one.means()[k] - other.means()[k];
    }
    return Math.abs(distance);
  }

  /** What the other rules leave out: a part's mean knows of correlations in its own data alone. */
  @ParameterizedTest
  @EnumSource(
      value = Merging.class,
      names = {"CONSENSUS", "AVERAGE"})
  void otherRulesFindThePrecisionAndNearlyTheMeans(Merging rule) {
    List<Part> parts = parts(true);
    Gaussians found = rounds(rule, 1, parts, 3);
    Gaussians exact = exact(parts);
    assertThat(found.precision()).containsExactly(exact.precision(), within(1e-9));
    for (int k = 0; k < WEIGHTS; k++) {
      assertThat(found.means()[k]).isCloseTo(exact.means()[k], within(0.1f));
    }
    assertThat(found.means()[0]).isNotCloseTo(exact.means()[0], within(1e-5f));
  }

  @Test
  void aPartThatIsLessSureThanItsPriorAddsNoPrecision() {
    Gaussians prior = Gaussians.of(new float[] {1}, new float[] {1});
    Gaussians site = Gaussians.of(new float[] {3}, new float[] {2}).over(prior);
    assertThat(site.precision()).containsExactly(0);
    assertThat(prior.times(site, 1).means()).containsExactly(3);
    assertThat(prior.times(site, 1).sigmas()).containsExactly(1);
  }
}
