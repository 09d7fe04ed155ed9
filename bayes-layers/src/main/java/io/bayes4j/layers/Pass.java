package io.bayes4j.layers;

import io.bayes4j.core.graph.DerivedWeights;
import io.bayes4j.core.graph.DrawInvariantResults;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.random.Noise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One run through a model: its mode, its randomness, and where in the model it is.
 *
 * <p>A pass is one draw of all weights. A layer that runs twice in a pass, because it is tied or
 * recurrent, has the same weights both times; noise of activations, such as dropout's, is new each
 * time. Everything random is a function of the pass's noise, the layer's path and what was asked
 * for there before, so that equal passes give equal numbers. A pass belongs to one thread.
 */
public final class Pass {
  private static final Observer NOBODY = (path, layer, output) -> {};

  private final Run run;
  private final String path;

  /** What all positions of one pass share. */
  private static final class Run {
    private final PassSetting setting;
    private final List<Update> updates = new ArrayList<>();

    /** How many of the updates are prepared. */
    private int prepared;

    /** How often something random was asked for. */
    private long random;

    /** How often noise was asked for at a path. */
    private final Map<String, Integer> noises = new HashMap<>();

    Run(PassSetting setting) {
      this.setting = setting;
    }

    boolean settles(Var x) {
      return setting.settled().covers(x);
    }
  }

  /** An update of a buffer in its two parts; see {@link Pass#prepare}. */
  private record Update(Runnable prepare, Runnable carryOut) {}

  /** Sees the inputs and the output of every layer as it is computed. */
  @FunctionalInterface
  public interface Observer {
    /**
     * Called after a layer has run.
     *
     * @param path names of the slots from the root, joined by dots; empty for the root
     */
    void saw(String path, Layer layer, Var output);

    /**
     * Called before a layer runs; does nothing unless overridden.
     *
     * @param path names of the slots from the root, joined by dots; empty for the root
     * @param inputs all that the layer is given, in the order that it gives them a meaning in
     */
    default void runs(String path, Layer layer, List<Var> inputs) {}
  }

  private Pass(Run run, String path) {
    this.run = run;
    this.path = path;
  }

  private static Pass root(Mode mode, Noise noise) {
    PassDraws nothing = new PassDraws(null, DerivedWeights.NONE);
    return new Pass(
        new Run(
            new PassSetting(
                mode, noise, Precision.F32, 0, NOBODY, nothing, DrawInvariantResults.NONE, null)),
        "");
  }

  /** A training pass: weights drawn from the noise, batch statistics, dropout. */
  public static Pass train(Noise noise) {
    Require.nonNull(noise, "noise");
    return root(Mode.TRAIN, noise);
  }

  /** A prediction with weights drawn from the noise. */
  public static Pass sample(Noise noise) {
    Require.nonNull(noise, "noise");
    return root(Mode.SAMPLE, noise);
  }

  /** A prediction at the posterior mean; nothing is random. */
  public static Pass mean() {
    return root(Mode.MEAN, Noise.seeded(0));
  }

  /** A pass of any mode. */
  public static Pass of(Mode mode, Noise noise) {
    Require.nonNull(mode, "mode");
    Require.nonNull(noise, "noise");
    return root(mode, noise);
  }

  /**
   * The same draw of the weights for other examples.
   *
   * @param firstExample number of the batch's first example in the whole data set: noise that
   *     differs between examples follows it
   * @throws IllegalArgumentException if it is negative
   */
  public Pass forExamplesFrom(long firstExample) {
    Require.argument(firstExample >= 0, "firstExample must be >= 0, got %d", firstExample);
    return with(run.setting.from(firstExample));
  }

  /** See {@link PassControl#sharing}. */
  Pass sharing(DrawInvariantResults settled) {
    return with(run.setting.sharing(settled));
  }

  /** The same pass, watched: weights are drawn anew from the same noise. */
  public Pass watchedBy(Observer observer) {
    Require.nonNull(observer, "observer");
    return with(run.setting.drawing(run.setting.draws().anew(), observer));
  }

  /** See {@link PassControl#keepingDrawsIn}. */
  Pass keepingDrawsIn(Arena arena, DerivedWeights kernels) {
    return with(run.setting.drawing(new PassDraws(arena, kernels), run.setting.observer()));
  }

  /** See {@link PassControl#keepingNoDraws}. */
  Pass keepingNoDraws(DerivedWeights kernels) {
    return with(run.setting.drawing(new PassDraws(null, kernels), run.setting.observer()));
  }

  /**
   * The same pass in a precision: matrix products and convolutions, forward and backward, round
   * what they multiply to it, and activations between convolutions may stay so. Parameters, sums
   * and everything else are 32-bit floats.
   */
  public Pass in(Precision precision) {
    Require.nonNull(precision, "precision");
    return with(run.setting.in(precision));
  }

  /** See {@link RecurrentMemory#next}. */
  Pass remembering(RecurrentMemory memory) {
    return with(run.setting.remembering(memory));
  }

  /** Where recurrent layers remember their states, if anywhere. */
  Optional<RecurrentMemory> memory() {
    return Optional.ofNullable(run.setting.memory());
  }

  private Pass with(PassSetting other) {
    return new Pass(new Run(other), path);
  }

  /** The mode. */
  public Mode mode() {
    return run.setting.mode();
  }

  /** Names of the slots from the root to here, joined by dots; empty at the root. */
  public String path() {
    return path;
  }

  /**
   * Noise for activations at this place in the model: new numbers at each call, and the same at the
   * same calls of two passes of equal noise.
   */
  public Noise noise() {
    run.random++;
    return numbered(run.setting.noise().split(path), run.noises, path);
  }

  /** The first stream of a path is the path's own, later ones are its children. */
  static Noise numbered(Noise noise, Map<String, Integer> counts, String path) {
    int before = counts.merge(path, 1, Integer::sum) - 1;
    return before == 0 ? noise : noise.split("again").split(before);
  }

  /** Number of the batch's first example; see {@link #forExamplesFrom}. */
  public long firstExample() {
    return run.setting.firstExample();
  }

  /** The pass as a child sees it. */
  public Pass at(String child) {
    Require.nonNull(child, "child");
    return new Pass(run, path.isEmpty() ? child : path + "." + child);
  }

  /**
   * Runs a layer at this place.
   *
   * @throws IllegalArgumentException as the layer does, with the path of the innermost layer that
   *     refused what it was given
   * @throws UnsupportedOperationException if there are no kernels for the pass's precision here
   */
  public Var run(Layer layer, Var x) {
    Require.nonNull(layer, "layer");
    Require.open(x, "x");
    return Kernels.in(run.setting.precision(), () -> runHere(layer, x));
  }

  private Var runHere(Layer layer, Var x) {
    return seen(layer, List.of(x), () -> remembered(layer, x, () -> forward(layer, x)));
  }

  private Var seen(Layer layer, List<Var> inputs, Supplier<Var> work) {
    return Plan.scope(
        run.setting.draws().kernels(),
        run.setting.settled(),
        () -> {
          run.setting.observer().runs(path, layer, inputs);
          Var y = work.get();
          run.setting.observer().saw(path, layer, y);
          return y;
        });
  }

  /** Runs a layer of several inputs at this place. */
  Var run(Slot<? extends Layer> node, List<Var> inputs) {
    return run((MultiInputLayer) node.layer(), inputs);
  }

  /**
   * Runs a layer of several inputs at this place, such as a {@link Graph} that has several.
   *
   * @throws IllegalArgumentException if there is no input, or as {@link #run(Layer, Var)}
   */
  public Var run(MultiInputLayer layer, List<Var> inputs) {
    Require.nonNull(layer, "layer");
    Require.elements(inputs, "inputs");
    Require.argument(!inputs.isEmpty(), "inputs must not be empty");
    inputs.forEach(input -> Require.open(input, "inputs"));
    return run(layer, inputs, () -> layer.forward(inputs, this));
  }

  /** Runs a layer at this place in a way of its own, such as with a mask, seen as any run is. */
  Var run(Layer layer, List<Var> inputs, Supplier<Var> work) {
    List<Var> all = List.copyOf(inputs);
    return Kernels.in(run.setting.precision(), () -> seen(layer, all, () -> locating(work)));
  }

  private Var forward(Layer layer, Var x) {
    return locating(() -> layer.forward(x, this));
  }

  /** Runs a piece of a layer's work; what it refuses is refused with the path of this place. */
  Var locating(Supplier<Var> work) {
    try {
      return work.get();
    } catch (LocatedException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw path.isEmpty() ? e : new LocatedException(path, e);
    }
  }

  /** An error of a layer that already says where the layer is. */
  private static final class LocatedException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    LocatedException(String path, IllegalArgumentException cause) {
      super("at " + path + ": " + cause.getMessage(), cause);
    }
  }

  private Var remembered(Object operation, Var x, Supplier<Var> work) {
    if (!run.settles(x)) {
      return work.get();
    }
    Optional<Var> known = run.setting.settled().find(operation, x);
    if (known.isPresent()) {
      return known.get();
    }
    long before = run.random;
    Var result = work.get();
    if (run.random == before) {
      run.setting.settled().add(operation, x, result);
    }
    return result;
  }

  /**
   * What is made once in a pass, such as a copy of what came in: the first call makes it, later
   * calls with the same key return it.
   *
   * @param key compared by identity
   */
  public <T> T once(Object key, Supplier<T> make) {
    Require.nonNull(make, "make");
    return draw(key, noise -> make.get());
  }

  /**
   * What is drawn once in a pass, such as the weights of a layer: the first call draws it, later
   * calls with the same key return it.
   *
   * @param key compared by identity
   * @param draw given noise that no other key of this path is given
   */
  @SuppressWarnings("unchecked") // A key is used by one caller, with one type.
  public <T> T draw(Object key, Function<Noise, T> draw) {
    Require.nonNull(key, "key");
    Require.nonNull(draw, "draw");
    run.random++;
    return (T) run.setting.draws().once(key, run.setting.noise(), path, draw);
  }

  /**
   * Leaves an update of a buffer for when the step has succeeded; see {@link PassControl#commit}.
   */
  public void defer(Runnable update) {
    Require.nonNull(update, "update");
    run.updates.add(new Update(() -> {}, update));
  }

  /**
   * Leaves an update of a buffer that may turn out to be impossible.
   *
   * @param prepare called before any update of the pass is carried out, while the arrays of the
   *     pass still exist: copies what the update needs of them, and throws an {@link
   *     ArithmeticException} if a number would not be finite
   * @param update carries it out
   */
  void defer(Runnable prepare, Runnable update) {
    run.updates.add(new Update(prepare, update));
  }

  /** See {@link PassControl#prepare}. */
  void prepare() {
    for (; run.prepared < run.updates.size(); run.prepared++) {
      run.updates.get(run.prepared).prepare.run();
    }
  }

  /** See {@link PassControl#commit}. */
  void commit() {
    prepare();
    run.updates.forEach(update -> update.carryOut.run());
    run.updates.clear();
    run.prepared = 0;
  }
}
