package io.bayes4j.core.testing;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Compares the gradients of L = sum(f * w), where w are fixed random weights, with finite
 * differences of f.
 *
 * <p>The difference quotient is central, taken with two steps and extrapolated to step zero
 * (Richardson), so that its error is of fourth order in the step and the step can be wide enough
 * for float arithmetic. It is summed in double precision over the elements of f that change. An
 * element passes if it differs by at most
 *
 * <pre>tolerance * (largest gradient of its leaf) + rounding,</pre>
 *
 * where rounding is what one unit in the last place of every changed element of f amounts to.
 *
 * <p>The function must be smooth within a step of where it is checked: keep the inputs of a ReLU or
 * the rivals of a maximum apart (see {@link Samples}).
 */
public final class GradientCheck {
  private static final int DEFAULT_ELEMENTS = 16;
  private static final double DEFAULT_TOLERANCE = 1e-3;
  private static final double DEFAULT_STEP = 2e-2;

  /** The spacing of floats near one; a value is off by about as much of its own size. */
  private static final double FLOAT_SPACING = Math.scalb(1.0, -23);

  private final Supplier<Var> function;
  private final double tolerance;
  private final double step;
  private final int elements;
  private final long seed;

  private GradientCheck(
      Supplier<Var> function, double tolerance, double step, int elements, long seed) {
    this.function = function;
    this.tolerance = tolerance;
    this.step = step;
    this.elements = elements;
    this.seed = seed;
  }

  /**
   * A check of a function of leaves that it refers to itself, such as the forward pass of a layer
   * with parameters.
   *
   * @param function builds the graph anew at each call from the leaves' present values, with the
   *     same noise every time
   */
  public static GradientCheck of(Supplier<Var> function) {
    return new GradientCheck(function, DEFAULT_TOLERANCE, DEFAULT_STEP, DEFAULT_ELEMENTS, 1);
  }

  /**
   * Checks a function of arrays with the default settings; the arrays become leaves as they are, in
   * their layouts, and hold their old values again in the end.
   *
   * @throws AssertionError if a gradient differs
   */
  public static void check(Function<Var[], Var> function, INDArray... values) {
    Var[] leaves = Arrays.stream(values).map(Var::leaf).toArray(Var[]::new);
    of(() -> function.apply(leaves)).run(leaves);
  }

  /** The same with another tolerance, relative to the largest gradient of the leaf. */
  public GradientCheck tolerance(double relative) {
    return new GradientCheck(function, relative, step, elements, seed);
  }

  /** The same with another step, relative to the element or, if that is below one, to one. */
  public GradientCheck step(double relative) {
    return new GradientCheck(function, tolerance, relative, elements, seed);
  }

  /** The same with at most so many elements of each leaf, picked at random. */
  public GradientCheck elements(int most) {
    return new GradientCheck(function, tolerance, step, most, seed);
  }

  /** The same with other weights and another pick of elements. */
  public GradientCheck seed(long other) {
    return new GradientCheck(function, tolerance, step, elements, other);
  }

  /**
   * One element's gradient, found in both ways.
   *
   * @param leaf position of the leaf among those given
   * @param element position in the leaf, row-major
   * @param analytic gradient that the graph gives
   * @param numeric gradient by finite differences
   * @param allowed largest difference that passes
   */
  public record Comparison(
      int leaf, long element, double analytic, double numeric, double allowed) {
    /** The difference in units of what is allowed: above one, or not a number, it fails. */
    public double excess() {
      double difference = Math.abs(analytic - numeric);
      return difference == 0 ? 0 : difference / allowed;
    }

    /** Whether the two agree; what is not a number agrees with nothing. */
    public boolean passes() {
      return excess() <= 1;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.US,
          "leaf %d element %d: gradient %.8g, by finite differences %.8g, apart %.3g, allowed %.3g",
          leaf,
          element,
          analytic,
          numeric,
          Math.abs(analytic - numeric),
          allowed);
    }
  }

  /**
   * Compares the gradients of the given leaves.
   *
   * @throws AssertionError naming the worst element, if it fails
   */
  public void run(Var... leaves) {
    Comparison worst = worst(leaves);
    if (!worst.passes()) {
      throw new AssertionError("wrong gradient at " + worst);
    }
  }

  /** The comparison that comes closest to failing, or fails most. */
  public Comparison worst(Var... leaves) {
    Var y = function.get();
    INDArray weights = weights(y.shape());
    Gradients gradients = Gradients.of(y, weights);
    double[] w = Doubles.of(weights);
    List<Comparison> all = new ArrayList<>();
    for (int leaf = 0; leaf < leaves.length; leaf++) {
      double[] analytic = Doubles.of(gradients.get(leaves[leaf]));
      all.addAll(compare(leaf, leaves[leaf].value(), analytic, w));
    }
    // Double.compare puts NaN above all numbers.
    return Collections.max(all, Comparator.comparingDouble(Comparison::excess));
  }

  private INDArray weights(long[] shape) {
    long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return Noise.seeded(seed).split("weights").normals(length).reshape('c', shape);
  }

  private List<Comparison> compare(int leaf, INDArray storage, double[] analytic, double[] w) {
    int[] order = Noise.seeded(seed).split(leaf).permutation(analytic.length);
    int[] picked = Arrays.copyOf(order, Math.min(elements, order.length));
    Quotient[] numeric = new Quotient[picked.length];
    double largest = 0;
    for (int i = 0; i < picked.length; i++) {
      numeric[i] = extrapolated(storage, picked[i], w);
      largest = Math.max(largest, Math.abs(numeric[i].value));
    }
    List<Comparison> all = new ArrayList<>();
    for (int i = 0; i < picked.length; i++) {
      double allowed = tolerance * largest + numeric[i].rounding;
      all.add(new Comparison(leaf, picked[i], analytic[picked[i]], numeric[i].value, allowed));
    }
    return all;
  }

  private record Quotient(double value, double rounding) {}

  private Quotient extrapolated(INDArray storage, int element, double[] w) {
    Quotient wide = quotient(storage, element, w, step);
    Quotient narrow = quotient(storage, element, w, step / 2);
    return new Quotient(
        (4 * narrow.value - wide.value) / 3, (4 * narrow.rounding + wide.rounding) / 3);
  }

  private Quotient quotient(INDArray storage, int element, double[] w, double relativeStep) {
    long[] at = Doubles.index(storage.shape(), element);
    float old = storage.getFloat(at);
    float by = (float) (relativeStep * Math.max(1, Math.abs(old)));
    try {
      storage.putScalar(at, old + by);
      double[] up = forward();
      storage.putScalar(at, old - by);
      double[] down = forward();
      double width = (double) (old + by) - (double) (old - by);
      double difference = 0;
      double rounding = 0;
      for (int i = 0; i < up.length; i++) {
        if (up[i] != down[i]) {
          difference += (up[i] - down[i]) * w[i];
          rounding += FLOAT_SPACING * Math.max(Math.abs(up[i]), Math.abs(down[i])) * Math.abs(w[i]);
        }
      }
      return new Quotient(difference / width, rounding / width);
    } finally {
      storage.putScalar(at, old);
    }
  }

  private double[] forward() {
    return Doubles.of(Gradients.off(function).value());
  }
}
