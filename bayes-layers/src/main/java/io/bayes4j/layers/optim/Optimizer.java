package io.bayes4j.layers.optim;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.internal.Access;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Finite;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.JoinedLoop;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.Scratch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Turns gradients into updates of a model's parameters, in one sweep over each parameter, its
 * gradient and its moments.
 */
public abstract sealed class Optimizer permits Adam, Ivon, Sgd {
  /** Elements handed to a thread at once. */
  private static final int GRAIN = 4 * Scratch.SIZE;

  private static final String STEPS = "steps";

  private final Map<String, Slot> slots = new LinkedHashMap<>();
  private final List<String> moments;
  private long steps;

  /** Null before the first step. */
  private @Nullable SizeBounds bounds;

  /** A parameter and its moments. */
  record Slot(String name, Parameter parameter, List<INDArray> moments) {}

  /** An optimizer with the named moments for each parameter. */
  Optimizer(Map<String, Parameter> parameters, List<String> moments) {
    Require.entries(parameters, "parameters");
    Require.argument(!parameters.isEmpty(), "parameters must not be empty");
    this.moments = moments;
    parameters.forEach(
        (name, parameter) -> {
          List<INDArray> zeros = new ArrayList<>();
          moments.forEach(moment -> zeros.add(Detached.zeros(parameter.shape())));
          slots.put(name, new Slot(name, parameter, zeros));
        });
  }

  /**
   * Updates a chunk.
   *
   * @param p parameter, in place
   * @param g gradient, already scaled; may be overwritten
   * @param m moments, in place
   * @param n number of elements
   * @param step number of the step, from 1
   */
  abstract void update(float[] p, float[] g, float[][] m, int n, double rate, long step);

  /**
   * Upper bounds of the sizes of the moments after a step.
   *
   * @param before bounds before it, in the order of the moments
   * @param parameter bound of the size of a parameter before it
   * @param gradient bound of the size of a gradient
   */
  abstract double[] momentsAfter(double[] before, double parameter, double gradient);

  /**
   * An upper bound of the size of a parameter after a step.
   *
   * @param moments bounds after it
   * @param parameter bound before it
   */
  abstract double parameterAfter(double[] moments, double parameter, double rate, long step);

  /**
   * Updates all trainable parameters that the loss depends on; see {@link #step(Gradients, double,
   * double, double)}.
   */
  public final void step(Gradients gradients, double rate, double scale) {
    step(gradients, rate, scale, GradientNorm.of(gradients, parameters()));
  }

  /**
   * Updates all trainable parameters that the loss depends on.
   *
   * @param rate learning rate
   * @param scale factor for all gradients, 1 for none; see {@link GradientNorm}
   * @param norm of all gradients, before they are scaled: by it the step knows, mostly without
   *     looking, that nothing overflows
   * @throws IllegalArgumentException if the rate or scale is not finite or below zero
   * @throws ArithmeticException naming the array, if a gradient is not finite, a parameter or
   *     moment would not be, or a parameter would be more than 1e8 times as large as the largest at
   *     the first step and as 1; nothing is changed then
   */
  public final void step(Gradients gradients, double rate, double scale, double norm) {
    Require.nonNull(gradients, "gradients");
    Require.notNegative(rate, "rate");
    Require.notNegative(scale, "scale");
    Require.argument(!(norm < 0), "norm must be >= 0, got %s", norm);
    if (!Double.isFinite(norm)) {
      throw new ArithmeticException("the norm of the gradients must be finite, got " + norm);
    }
    Map<String, Parameter> changed = new LinkedHashMap<>();
    slots.forEach((name, slot) -> changed.put(name, slot.parameter));
    Access.changing(
        changed,
        () -> {
          update(gradients, rate, scale, norm);
          return changed;
        });
  }

  /**
   * Whether the optimizer has a prior of its own: the divergence must be no part of the loss then.
   */
  public boolean hasPrior() {
    return false;
  }

  /** The step itself; nothing is changed if it throws. */
  void update(Gradients gradients, double rate, double scale, double norm) {
    List<Sweep> sweeps = new ArrayList<>();
    for (Slot slot : slots.values()) {
      if (slot.parameter.trainable() && gradients.reaches(slot.parameter.var())) {
        sweeps.add(new Sweep(slot, gradients.get(slot.parameter), rate, (float) scale));
      }
    }
    steps++;
    try {
      if (bounds == null || !bounds.allow(norm * scale, rate)) {
        bounds = SizeBounds.of(this, bounds);
        if (!bounds.allow(norm * scale, rate)) {
          bounds = bounds.unknown();
          sweeps.forEach(sweep -> sweep.limit = bounds.limit());
          run(sweeps);
          sweeps.forEach(Sweep::requireBounded);
          sweeps.forEach(sweep -> sweep.limit = null);
        }
      }
    } catch (ArithmeticException e) {
      steps--;
      throw e;
    }
    run(sweeps);
  }

  private static void run(List<Sweep> sweeps) {
    JoinedLoop loop = new JoinedLoop();
    sweeps.forEach(sweep -> loop.add(sweep.parameter.length(), GRAIN, sweep::update));
    loop.run();
  }

  /** The parameter of a name, or null. */
  final @Nullable Parameter parameter(String name) {
    Slot slot = slots.get(name);
    return slot == null ? null : slot.parameter;
  }

  /** A moment of a parameter. */
  final INDArray moment(String name, int number) {
    return Require.entry(slots, name).moments.get(number);
  }

  /** Counts a step that an optimizer makes by itself. */
  final void countStep() {
    steps++;
  }

  /** The parameters with their moments. */
  final Collection<Slot> slots() {
    return slots.values();
  }

  /** Names of the moments. */
  final List<String> momentNames() {
    return moments;
  }

  private List<Parameter> parameters() {
    return slots.values().stream().map(Slot::parameter).toList();
  }

  /** The update of one parameter. */
  private final class Sweep {
    private final FloatMemory parameter;
    private final FloatMemory gradient;
    private final List<FloatMemory> state;
    private final String name;
    private final double rate;
    private final float scale;

    /** What parameters must not be beyond, and nothing is written; null for a real update. */
    private @Nullable Double limit;

    /** What was beyond; written by several threads, of which any will do. */
    private volatile @Nullable String beyond;

    Sweep(Slot slot, INDArray gradient, double rate, float scale) {
      this.name = slot.name;
      this.parameter = FloatMemory.of(slot.parameter.value(), "parameter");
      this.gradient = FloatMemory.of(gradient, "gradient", parameter.length());
      this.state = slot.moments.stream().map(moment -> FloatMemory.of(moment, "moment")).toList();
      this.rate = rate;
      this.scale = scale;
    }

    void update(long from, long to) {
      try (Scratch scratch = Scratch.open()) {
        float[] p = scratch.array();
        float[] g = scratch.array();
        float[][] m = new float[state.size()][];
        Arrays.setAll(m, i -> scratch.array());
        for (long at = from; at < to; at += Scratch.SIZE) {
          int n = (int) Math.min(Scratch.SIZE, to - at);
          parameter.read(at, p, n);
          gradient.read(at, g, n);
          for (int i = 0; i < m.length; i++) {
            state.get(i).read(at, m[i], n);
          }
          for (int i = 0; scale != 1 && i < n; i++) {
            g[i] *= scale;
          }
          Optimizer.this.update(p, g, m, n, rate, steps);
          if (limit != null) {
            look(p, m, n);
            continue;
          }
          parameter.write(at, p, n);
          for (int i = 0; i < m.length; i++) {
            state.get(i).write(at, m[i], n);
          }
        }
      }
    }

    private void look(float[] p, float[][] m, int n) {
      double most = Objects.requireNonNull(limit);
      for (int i = 0; i < n; i++) {
        if (!(Math.abs(p[i]) <= most)) {
          beyond = "parameter " + name + " would become " + p[i];
        }
      }
      for (int k = 0; k < m.length; k++) {
        for (int i = 0; i < n; i++) {
          if (!Float.isFinite(m[k][i])) {
            beyond = moments.get(k) + " of parameter " + name + " would become " + m[k][i];
          }
        }
      }
    }

    void requireBounded() {
      if (beyond != null) {
        throw new ArithmeticException(
            String.format(
                Locale.US,
                "%s at the rate of %s; parameters must stay within %.2g, %.0e times the largest at"
                    + " the first step",
                beyond,
                rate,
                limit,
                SizeBounds.MOST_GROWTH));
      }
    }
  }

  /**
   * All that a resumed run needs: moments by parameter, and the number of steps. The arrays are the
   * optimizer's own.
   */
  public final Map<String, INDArray> state() {
    Map<String, INDArray> all = new LinkedHashMap<>();
    slots.forEach(
        (name, slot) -> {
          for (int i = 0; i < moments.size(); i++) {
            all.put(name + "." + moments.get(i), slot.moments.get(i));
          }
        });
    // Two floats hold a count exactly up to 2^48.
    all.put(STEPS, Detached.of(new float[] {steps >>> 24, steps & 0xFFFFFF}));
    return all;
  }

  /**
   * Copies a state in.
   *
   * @throws IllegalArgumentException if it is another optimizer's or model's, or holds a number
   *     that no moment can have; nothing is changed then
   */
  public final void restore(Map<String, INDArray> state) {
    Require.nonNull(state, "state");
    Map<String, INDArray> own = state();
    Require.argument(
        own.keySet().equals(state.keySet()),
        "state must hold %s, got %s",
        own.keySet(),
        state.keySet());
    own.forEach((name, array) -> requireLike(name, array, state.get(name)));
    INDArray count = Require.entry(state, STEPS);
    Require.argument(
        isCount(count.getFloat(0)) && isCount(count.getFloat(1)),
        "state %s must hold two whole numbers in [0, 2^24), got %s and %s",
        STEPS,
        count.getFloat(0),
        count.getFloat(1));
    own.forEach((name, array) -> Detached.copy(Require.entry(state, name), array));
    steps = ((long) count.getFloat(0) << 24) + (long) count.getFloat(1);
    bounds = null;
  }

  private void requireLike(String name, INDArray own, @Nullable INDArray given) {
    Require.argument(
        given != null
            && given.dataType() == own.dataType()
            && Arrays.equals(own.shape(), given.shape()),
        "state %s must be %s of shape %s, got %s of shape %s",
        name,
        own.dataType(),
        Require.text(own.shape()),
        given == null ? null : given.dataType(),
        given == null ? null : Require.text(given.shape()));
    INDArray numbers = Objects.requireNonNull(given);
    Require.argument(Finite.all(numbers), "state %s must be finite", name);
    Require.argument(
        !isOfSquares(name) || Detached.least(numbers) >= 0,
        "state %s must be >= 0, being an average of squares",
        name);
  }

  private static boolean isCount(float part) {
    return part >= 0 && part < 1 << 24 && part == Math.rint(part);
  }

  /** Whether a moment of this name can never be negative. */
  boolean isOfSquares(String name) {
    return false;
  }

  /** Number of steps made, those before a resumption included. */
  public final long steps() {
    return steps;
  }
}
