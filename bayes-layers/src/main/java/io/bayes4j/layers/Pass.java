package io.bayes4j.layers;

import io.bayes4j.core.autograd.Fusion;
import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.random.Noise;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Supplier;

/**
 * One run through a model: its mode, its randomness, and where in the model it is.
 *
 * <p>A pass is one draw of all weights. A layer that runs twice in a pass, because it is tied or
 * recurrent, has the same weights both times. Everything random is a function of the pass's noise
 * and the layer's path, so that equal passes give equal numbers. A pass belongs to one thread.
 */
public final class Pass {
  private final Run run;
  private final String path;

  /** What all positions of one pass share. */
  private static final class Run {
    private final Mode mode;
    private final Noise noise;
    private final long firstExample;
    private final Observer observer;
    private final Draws draws;
    private final List<Runnable> updates = new ArrayList<>();

    Run(Mode mode, Noise noise, long firstExample, Observer observer, Draws draws) {
      this.mode = mode;
      this.noise = noise;
      this.firstExample = firstExample;
      this.observer = observer;
      this.draws = draws;
    }
  }

  /**
   * What has been drawn, and the arena whose scope it lives in; null for whatever scope it is drawn
   * in.
   */
  private static final class Draws {
    private final IdentityHashMap<Object, Object> made = new IdentityHashMap<>();
    private final Arena arena;

    Draws(Arena arena) {
      this.arena = arena;
    }
  }

  /** Sees the output of every layer as it is computed. */
  @FunctionalInterface
  public interface Observer {
    /**
     * Called after a layer has run.
     *
     * @param path names of the slots from the root, joined by dots; empty for the root
     */
    void saw(String path, Layer layer, Var output);
  }

  private Pass(Run run, String path) {
    this.run = run;
    this.path = path;
  }

  private static Pass root(Mode mode, Noise noise) {
    return new Pass(new Run(mode, noise, 0, (p, l, y) -> {}, new Draws(null)), "");
  }

  /** A training pass: weights drawn from the noise, batch statistics, dropout. */
  public static Pass train(Noise noise) {
    return root(Mode.TRAIN, noise);
  }

  /** A prediction with weights drawn from the noise. */
  public static Pass sample(Noise noise) {
    return root(Mode.SAMPLE, noise);
  }

  /** A prediction at the posterior mean; nothing is random. */
  public static Pass mean() {
    return root(Mode.MEAN, Noise.seeded(0));
  }

  /** A pass of any mode. */
  public static Pass of(Mode mode, Noise noise) {
    return root(mode, noise);
  }

  /**
   * The same draw of the weights for other examples.
   *
   * @param firstExample number of the batch's first example in the whole data set: noise that
   *     differs between examples follows it, so that a prediction does not depend on how the data
   *     are cut into batches
   * @throws IllegalArgumentException if it is negative
   */
  public Pass forExamplesFrom(long firstExample) {
    Require.argument(firstExample >= 0, "firstExample must be >= 0, got %d", firstExample);
    return new Pass(new Run(run.mode, run.noise, firstExample, run.observer, run.draws), path);
  }

  /** The same pass, watched: weights are drawn anew from the same noise. */
  public Pass watchedBy(Observer observer) {
    Run watched =
        new Run(run.mode, run.noise, run.firstExample, observer, new Draws(run.draws.arena));
    return new Pass(watched, path);
  }

  /**
   * The same pass, nothing drawn yet, whose draws live in the current scope of an arena, so that
   * batches with scopes of their own can share them.
   */
  public Pass keepingDrawsIn(Arena arena) {
    Run keeping = new Run(run.mode, run.noise, run.firstExample, run.observer, new Draws(arena));
    return new Pass(keeping, path);
  }

  /** The mode. */
  public Mode mode() {
    return run.mode;
  }

  /** Names of the slots from the root to here, joined by dots; empty at the root. */
  public String path() {
    return path;
  }

  /** The noise of this place in the model: the same in two passes of equal noise. */
  public Noise noise() {
    return run.noise.split(path);
  }

  /** Number of the batch's first example; see {@link #forExamplesFrom}. */
  public long firstExample() {
    return run.firstExample;
  }

  /** The pass as a child sees it. */
  public Pass at(String child) {
    return new Pass(run, path.isEmpty() ? child : path + "." + child);
  }

  /** Runs a layer at this place. */
  public Var run(Layer layer, Var x) {
    return Fusion.scope(
        () -> {
          Var y = layer.forward(x, this);
          run.observer.saw(path, layer, y);
          return y;
        });
  }

  /**
   * What is drawn once in a pass, such as the weights of a layer: the first call makes it, later
   * calls with the same key return it.
   *
   * @param key compared by identity
   */
  @SuppressWarnings("unchecked") // A key is used by one caller, with one type.
  public <T> T once(Object key, Supplier<T> draw) {
    Object drawn = run.draws.made.get(key);
    if (drawn == null) {
      drawn = run.draws.arena == null ? draw.get() : run.draws.arena.adopt(draw);
      run.draws.made.put(key, drawn);
    }
    return (T) drawn;
  }

  /** Leaves an update of a buffer for when the step has succeeded; see {@link #commit}. */
  public void defer(Runnable update) {
    run.updates.add(update);
  }

  /**
   * Carries out the updates that layers left, such as those of running statistics. Call it once,
   * after a step that is kept.
   */
  public void commit() {
    run.updates.forEach(Runnable::run);
    run.updates.clear();
  }
}
