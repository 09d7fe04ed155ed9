package io.bayes4j.layers.optim;

import io.bayes4j.core.autograd.Gradients;
import io.bayes4j.core.autograd.Parameter;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.JoinedLoop;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.Scratch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Turns gradients into updates of a model's parameters, in one sweep over each parameter, its
 * gradient and its moments.
 */
public abstract sealed class Optimizer permits Adam, Sgd {
  /** Elements handed to a thread at once. */
  private static final int GRAIN = 4 * Scratch.SIZE;

  private static final String STEPS = "steps";

  private final Map<String, Slot> slots = new LinkedHashMap<>();
  private final List<String> moments;
  private long steps;

  /** A parameter and its moments. */
  private record Slot(Parameter parameter, List<INDArray> moments) {}

  /** An optimizer with the named moments for each parameter. */
  Optimizer(Map<String, Parameter> parameters, List<String> moments) {
    Require.argument(!parameters.isEmpty(), "parameters must not be empty");
    this.moments = moments;
    parameters.forEach(
        (name, parameter) -> {
          List<INDArray> zeros = new ArrayList<>();
          moments.forEach(
              moment -> zeros.add(Nd4j.zeros(parameter.value().dataType(), parameter.shape())));
          slots.put(name, new Slot(parameter, zeros));
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
   * Updates all trainable parameters that the loss depends on.
   *
   * @param rate learning rate
   * @param scale factor for all gradients, 1 for none; see {@link GradientNorm}
   * @throws IllegalArgumentException if the rate or scale is not finite or below zero
   */
  public final void step(Gradients gradients, double rate, double scale) {
    Require.argument(
        rate >= 0 && Double.isFinite(rate), "rate must be finite and >= 0, got %s", rate);
    Require.argument(
        scale >= 0 && Double.isFinite(scale), "scale must be finite and >= 0, got %s", scale);
    steps++;
    JoinedLoop loop = new JoinedLoop();
    for (Slot slot : slots.values()) {
      if (slot.parameter.trainable() && gradients.reaches(slot.parameter.var())) {
        Sweep sweep = new Sweep(slot, gradients.get(slot.parameter), rate, (float) scale);
        loop.add(slot.parameter.value().length(), GRAIN, sweep::update);
      }
    }
    loop.run();
  }

  /** The update of one parameter. */
  private final class Sweep {
    private final FloatMemory parameter;
    private final FloatMemory gradient;
    private final List<FloatMemory> state;
    private final double rate;
    private final float scale;

    Sweep(Slot slot, INDArray gradient, double rate, float scale) {
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
          parameter.write(at, p, n);
          for (int i = 0; i < m.length; i++) {
            state.get(i).write(at, m[i], n);
          }
        }
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
    all.put(STEPS, Nd4j.createFromArray((float) (steps >>> 24), (float) (steps & 0xFFFFFF)));
    return all;
  }

  /**
   * Copies a state in.
   *
   * @throws IllegalArgumentException if it is another optimizer's or model's; nothing is changed
   *     then
   */
  public final void restore(Map<String, INDArray> state) {
    Map<String, INDArray> own = state();
    Require.argument(
        own.keySet().equals(state.keySet()),
        "state must hold %s, got %s",
        own.keySet(),
        state.keySet());
    own.forEach(
        (name, array) ->
            Require.argument(
                Arrays.equals(array.shape(), state.get(name).shape()),
                "state %s must have shape %s, got %s",
                name,
                Arrays.toString(array.shape()),
                Arrays.toString(state.get(name).shape())));
    own.forEach((name, array) -> array.assign(state.get(name)));
    INDArray count = state.get(STEPS);
    steps = ((long) count.getFloat(0) << 24) + (long) count.getFloat(1);
  }
}
