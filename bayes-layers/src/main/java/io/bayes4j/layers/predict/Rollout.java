package io.bayes4j.layers.predict;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.graph.DerivedWeights;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Finite;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Mode;
import io.bayes4j.layers.MultiheadAttention;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.PassControl;
import io.bayes4j.layers.Recurrent;
import java.util.function.Consumer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Runs a recurrent model step by step under many draws of its weights, each draw kept from the
 * first step to the last and with states of its own: paths into the future that are each the path
 * of one network.
 *
 * <pre>{@code
 * INDArray paths = Rollout.of(model).samples(100).forecast(history, 24); // [100, N, 24, D]
 * }</pre>
 *
 * <p>Drawing anew at every step instead would average the networks away: the spread of a forecast
 * would hardly grow with its length. Draw s is that of {@link MonteCarlo} with the same seed, and
 * step by step the numbers are those of a run over the whole sequence, up to rounding. The model
 * may be any whose only memory of earlier steps is that of its {@link Recurrent} layers, called
 * without an initial state; what it needs does not grow with the number of steps. Immutable;
 * several threads may use one.
 */
public final class Rollout {
  /** Steps on which it is checked that a model can be run step by step. */
  private static final int CHECKED_STEPS = 8;

  private static final double TOLERANCE = 1e-3;

  private final Layer model;
  private final Mode mode;
  private final int samples;
  private final long seed;

  /** Makes the next input of what the model has returned. */
  @FunctionalInterface
  public interface Feedback {
    /**
     * The input of the next step, [N, ...]: a history's shape without its axis of steps.
     *
     * @param step what came out of this one
     */
    INDArray next(Step step);

    /** The output itself. */
    static Feedback output() {
      return Step::output;
    }

    /**
     * A number drawn from the Gaussian of an output [N, 2 D], as in {@link Predictor#regress(
     * INDArray)}: paths then have the noise of the observations in them.
     */
    static Feedback gaussian() {
      return GaussianFeedback::next;
    }
  }

  /**
   * A step of one draw.
   *
   * @param sample number of the draw
   * @param index number of the step ahead, from 0
   * @param output what the model returned, [N, ...]
   * @param noise for what is drawn in this step, of this draw alone
   */
  public record Step(int sample, int index, INDArray output, Noise noise) {
    /** Checks the parts. */
    public Step {
      Require.notNegative(sample, "sample");
      Require.notNegative(index, "index");
      Require.open(output, "output");
      Require.nonNull(noise, "noise");
    }
  }

  private Rollout(Layer model, Mode mode, int samples, long seed) {
    this.model = model;
    this.mode = mode;
    this.samples = samples;
    this.seed = seed;
  }

  /**
   * With 30 draws, seed 0.
   *
   * @throws IllegalArgumentException if the model has no recurrent layer, or a layer that reads
   *     other steps than those before: one that reads backwards too, or attention
   */
  public static Rollout of(Layer model) {
    requireSteps(model);
    return new Rollout(model, Mode.SAMPLE, 30, 0);
  }

  /**
   * At the posterior mean, or of a plain model: one path.
   *
   * @throws IllegalArgumentException as {@link #of} does
   */
  public static Rollout atMean(Layer model) {
    requireSteps(model);
    return new Rollout(model, Mode.MEAN, 1, 0);
  }

  private static void requireSteps(Layer model) {
    Require.argument(model != null, "model must not be null");
    boolean any = false;
    for (Layers.Located place : Layers.of(model)) {
      Layer layer = place.layer();
      any |= layer instanceof Recurrent;
      Require.argument(
          !(layer instanceof MultiheadAttention),
          "model must read step by step, but \"%s\" attends to all steps: %s",
          place.path(),
          layer);
      Require.argument(
          !(layer instanceof Recurrent recurrent && recurrent.op().spec().bidirectional()),
          "model must read step by step, but \"%s\" reads backwards too: %s",
          place.path(),
          layer);
    }
    Require.argument(any, "model must have a recurrent layer, got %s", model);
  }

  /**
   * The same with another number of draws.
   *
   * @throws IllegalArgumentException if it is not above zero
   */
  @CheckReturnValue
  public Rollout samples(int number) {
    Require.positive((long) number, "samples");
    return new Rollout(model, mode, number, seed);
  }

  /** The same with other draws. */
  @CheckReturnValue
  public Rollout seed(long number) {
    return new Rollout(model, mode, samples, number);
  }

  /**
   * Output of every step of a given sequence, one step at a time.
   *
   * @param x [N, T, ...]
   * @return [samples, N, T, ...]
   * @throws IllegalArgumentException if x is not a finite float array of at least two axes, does
   *     not fit the model, or the model does not read step by step
   */
  public INDArray over(INDArray x) {
    INDArray rows = checked("x", x);
    int steps = Math.toIntExact(rows.size(1));
    RolloutPaths paths = new RolloutPaths(samples, rows.size(0), steps);
    forSamples(
        rows,
        (sample, run) -> {
          for (int t = 0; t < steps; t++) {
            INDArray part = part(rows, t, t + 1);
            int at = t;
            run.step(part, y -> paths.put(sample, at, y));
          }
        });
    return paths.all();
  }

  /**
   * Reads a history and goes on from it, each output being the input of the next step.
   *
   * @param history [N, T, ...], of which the model returns the next step's numbers
   * @param steps how many steps ahead
   * @return [samples, N, steps, ...]
   * @throws IllegalArgumentException as {@link #over} does, or if steps is not above zero
   */
  public INDArray forecast(INDArray history, int steps) {
    return forecast(history, steps, Feedback.output());
  }

  /**
   * The same with inputs that are made of the outputs in another way, such as with inputs that are
   * known ahead. Called for several draws at a time.
   *
   * @return what the model returned, [samples, N, steps, ...]
   */
  public INDArray forecast(INDArray history, int steps, Feedback feedback) {
    Require.positive((long) steps, "steps");
    Require.argument(feedback != null, "feedback must not be null");
    INDArray rows = checked("history", history);
    RolloutPaths paths = new RolloutPaths(samples, rows.size(0), steps);
    Noise noise = Noise.seeded(seed).split("rollout");
    forSamples(
        rows,
        (sample, run) -> {
          INDArray input = rows;
          for (int k = 0; k < steps; k++) {
            int index = k;
            INDArray output = run.step(input, y -> paths.put(sample, index, y));
            if (k < steps - 1) {
              Noise own = noise.split(sample).split(k);
              input = next(feedback.next(new Step(sample, k, output, own)), rows);
            }
          }
        });
    return paths.all();
  }

  /** A step's input with its axis of steps. */
  private static INDArray next(INDArray input, INDArray history) {
    long[] shape = history.shape().clone();
    shape[1] = 1;
    Require.argument(
        input != null
            && input.dataType() == DataType.FLOAT
            && input.rank() == shape.length - 1
            && input.length() == history.length() / history.size(1)
            && input.size(0) == shape[0],
        "the next input must be a float array in the shape of the history %s without its axis 1,"
            + " got %s",
        Require.text(history.shape()),
        input == null ? null : Require.text(input.shape()));
    return Detached.reshape(Detached.copy(input), shape);
  }

  private static INDArray checked(String name, INDArray x) {
    Require.open(x, name);
    Require.argument(
        x.dataType() == DataType.FLOAT && x.rank() >= 2 && !x.isEmpty(),
        "%s must be a non-empty float array [N, T, ...], got %s %s",
        name,
        x.dataType(),
        Require.text(x.shape()));
    Finite.require(name, x);
    return Layout.ROW_MAJOR.ensure(x);
  }

  private static INDArray part(INDArray rows, int from, int to) {
    return Detached.copy(rows.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to)));
  }

  /** What is done with one draw. */
  @FunctionalInterface
  private interface Work {
    void with(int sample, RolloutRun run);
  }

  private void forSamples(INDArray rows, Work work) {
    requireStepByStep(rows);
    Parallel.forRange(
        samples,
        1,
        (from, to) -> {
          for (int s = (int) from; s < to; s++) {
            int sample = s;
            withRun(sample, run -> work.with(sample, run));
          }
        });
  }

  private void withRun(int sample, Consumer<RolloutRun> work) {
    Arena draws = new Arena();
    Noise noise = Noise.seeded(seed).split("predict").split(sample);
    draws.scope(
        () -> {
          Pass pass = PassControl.keepingDrawsIn(Pass.of(mode, noise), draws, DerivedWeights.NONE);
          work.accept(new RolloutRun(model, pass));
        });
  }

  /** The beginning read at once and step by step must give one output. */
  private void requireStepByStep(INDArray rows) {
    int steps = (int) Math.min(CHECKED_STEPS, rows.size(1));
    if (steps == 1) {
      return;
    }
    INDArray[] last = new INDArray[2];
    withRun(0, run -> last[0] = run.step(part(rows, 0, steps), y -> {}));
    withRun(
        0,
        run -> {
          for (int t = 0; t < steps; t++) {
            last[1] = run.step(part(rows, t, t + 1), y -> {});
          }
        });
    double scale = Math.max(1, Detached.largest(last[0]));
    double difference = Detached.largest(Detached.sub(last[0], last[1]));
    Require.argument(
        difference <= TOLERANCE * scale,
        "model must give the same numbers step by step as for %d steps at once, but they differ by"
            + " %s: a layer that is not recurrent reads other steps too",
        steps,
        difference);
  }
}
