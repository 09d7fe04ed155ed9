package io.bayes4j.core.graph;

import io.bayes4j.core.internal.Context;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.JoinedLoop;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.Scratch;
import io.bayes4j.core.memory.Arena;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The gradients of a scalar with respect to the leaves it was computed from (reverse-mode
 * differentiation).
 *
 * <p>The graph is walked with an explicit stack, so its depth is bounded by memory alone, and
 * nothing is stored in the leaves: many threads may differentiate through the same parameters at
 * once.
 */
public final class Gradients {
  /** Set while this thread is inside {@link #off}. */
  private static final Context.Key<Boolean> OFF = Context.inherited();

  private final IdentityHashMap<Var, GradientSum> sums = new IdentityHashMap<>();
  private final IdentityHashMap<Object, DeferredGradient> leafRules = new IdentityHashMap<>();

  private Gradients() {}

  /**
   * Differentiates a scalar.
   *
   * @param loss a Var with one element
   * @throws IllegalArgumentException if it has more than one element, or nothing it came from is
   *     tracked
   */
  public static Gradients of(Var loss) {
    Require.open(loss, "loss");
    Require.argument(
        loss.tracked(), "loss must come from a tracked leaf; was it computed in Gradients.off()?");
    Require.argument(
        loss.value().length() == 1,
        "loss must have one element, got shape %s",
        Require.text(loss.shape()));
    INDArray one = Arena.like(loss.value());
    FloatMemory.of(one, "one").write(0, new float[] {1}, 1);
    return of(loss, one);
  }

  /**
   * Differentiates the sum of y * weights, that is, starts with a given gradient of y.
   *
   * @throws IllegalArgumentException if the shapes differ, the weights are not float, or nothing
   *     that y came from is tracked
   */
  public static Gradients of(Var y, INDArray weights) {
    Require.open(y, "y");
    Require.open(weights, "weights");
    Require.argument(
        Arrays.equals(weights.shape(), y.shape()),
        "weights must have the shape %s of y, got %s",
        Require.text(y.shape()),
        Require.text(weights.shape()));
    Require.argument(
        weights.dataType() == DataType.FLOAT, "weights must be FLOAT, got %s", weights.dataType());
    Require.argument(
        y.tracked(), "y must come from a tracked leaf; was it computed in Gradients.off()?");
    Gradients gradients = new Gradients();
    gradients.sums.put(y, new GradientSum(weights, false));
    for (Var node : deepestFirst(y)) {
      gradients.propagate(node);
    }
    gradients.finish();
    return gradients;
  }

  /**
   * Gradients that were computed before, such as sums over several batches.
   *
   * @param arrays by parameter, row-major and in its shape; not copied
   * @throws IllegalArgumentException if a shape is not the parameter's, or an array not float
   */
  public static Gradients ofParameters(Map<Parameter, INDArray> arrays) {
    Require.entries(arrays, "arrays");
    Gradients gradients = new Gradients();
    arrays.forEach(
        (parameter, array) -> {
          Require.open(array, "arrays");
          Require.argument(
              array.dataType() == DataType.FLOAT && Arrays.equals(array.shape(), parameter.shape()),
              "gradient of %s must be FLOAT of its shape, got %s of shape %s",
              parameter,
              array.dataType(),
              Require.text(array.shape()));
          gradients.sums.put(parameter.var(), new GradientSum(array, false));
        });
    return gradients;
  }

  /** Runs a piece of work whose operations are not recorded: cheaper, and without gradients. */
  public static <T> T off(Supplier<T> work) {
    Require.nonNull(work, "work");
    Boolean before = OFF.get();
    OFF.set(Boolean.TRUE);
    try {
      return work.get();
    } finally {
      OFF.set(before);
    }
  }

  /** Whether operations are recorded; false in {@link #off}. */
  public static boolean recording() {
    return OFF.get() == null;
  }

  /** Whether an operation on these inputs is recorded. */
  public static boolean recorded(List<Var> inputs) {
    return recording() && anyIsTracked(inputs);
  }

  private static boolean anyIsTracked(List<Var> inputs) {
    for (Var input : inputs) {
      if (input.tracked()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether the scalar depends on this leaf.
   *
   * @throws IllegalArgumentException if it is the result of a recorded operation
   */
  public boolean reaches(Var leaf) {
    Require.open(leaf, "leaf");
    requireLeaf(leaf);
    return sums.containsKey(leaf);
  }

  /** As {@link #get(Var)} for a parameter. */
  public INDArray get(Parameter parameter) {
    Require.nonNull(parameter, "parameter");
    return get(parameter.var());
  }

  /**
   * Gradient with respect to a leaf, row-major in the leaf's shape; zeros if the scalar does not
   * depend on it. Do not write into it: leaves may share one array.
   *
   * @throws IllegalArgumentException if it is the result of a recorded operation
   */
  public INDArray get(Var leaf) {
    Require.open(leaf, "leaf");
    requireLeaf(leaf);
    GradientSum sum = sums.get(leaf);
    if (sum == null) {
      return Detached.fill(Arena.allocate(leaf.shape()), 0);
    }
    return sum.rowMajor();
  }

  private static void requireLeaf(Var leaf) {
    Require.argument(
        !leaf.isRecorded(),
        "leaf must not be the result of an operation, whose gradient is not kept, got %s",
        leaf);
  }

  private static List<Var> deepestFirst(Var root) {
    Set<Var> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Var> nodes = new ArrayList<>();
    Deque<Var> open = new ArrayDeque<>();
    open.push(root);
    seen.add(root);
    while (!open.isEmpty()) {
      Var node = open.pop();
      nodes.add(node);
      for (Var input : node.inputs()) {
        if (input.tracked() && seen.add(input)) {
          open.push(input);
        }
      }
    }
    nodes.sort(Comparator.comparingInt(Var::depth).reversed());
    return nodes;
  }

  private void propagate(Var node) {
    if (!node.isRecorded()) {
      return;
    }
    GradientSum sum = sums.remove(node);
    if (sum == null) {
      return;
    }
    Sink sink = new Sink(sum);
    node.propagate(sum.arrayFor(node.held()), sink);
    if (!sink.passedOn) {
      sum.release();
    }
  }

  private void finish() {
    JoinedLoop loop = new JoinedLoop();
    for (DeferredGradient rule : leafRules.values()) {
      rule.start(this::target);
      loop.add(rule.length(), Scratch.SIZE, rule::run);
    }
    loop.run();
    leafRules.values().forEach(DeferredGradient::end);
    leafRules.clear();
  }

  private Optional<DeferredGradient.Target> target(Var leaf, Optional<INDArray> spare) {
    if (!leaf.tracked()) {
      return Optional.empty();
    }
    GradientSum sum = sums.get(leaf);
    if (sum != null && sum.takesMore()) {
      return Optional.of(new DeferredGradient.Target(sum.array(), true));
    }
    INDArray array = spare.filter(s -> sum == null).orElseGet(() -> Arena.allocate(leaf.shape()));
    if (sum != null) {
      Detached.copy(sum.floats(), array);
    }
    sums.put(leaf, new GradientSum(array, true));
    return Optional.of(new DeferredGradient.Target(array, sum != null));
  }

  /** Where an operation's backward rule puts the gradients of its inputs. */
  public final class Sink {
    private final GradientSum source;
    private boolean passedOn;

    private Sink(GradientSum source) {
      this.source = source;
    }

    /** Whether the input takes a gradient; if not, there is no need to compute it. */
    public boolean wants(Var input) {
      Require.nonNull(input, "input");
      return input.tracked();
    }

    /**
     * Adds a gradient that was computed for this input alone and that nothing else refers to.
     *
     * @throws IllegalArgumentException if its shape is not the input's
     */
    public void add(Var input, INDArray gradient) {
      put(input, gradient, true);
    }

    /** Computes and adds a gradient if the input takes one. */
    public void add(Var input, Supplier<INDArray> gradient) {
      Require.nonNull(gradient, "gradient");
      if (wants(input)) {
        put(input, gradient.get(), true);
      }
    }

    /**
     * A rule that runs once everything else has been differentiated.
     *
     * @param key compared by identity; the first call for a key makes the rule, later ones get it
     */
    @SuppressWarnings("unchecked") // A key is used by one caller, with one type.
    public <R extends DeferredGradient> R atLast(Object key, Supplier<R> rule) {
      Require.nonNull(rule, "rule");
      return (R) leafRules.computeIfAbsent(key, k -> rule.get());
    }

    /**
     * Keeps the result's own gradient from being recycled.
     *
     * @return whether nobody else refers to it, so that the caller may write into it, and has to
     *     release it
     */
    public boolean keep() {
      return source.share();
    }

    /** Adds the result's own gradient, or a view of it, unchanged. */
    public void pass(Var input, INDArray gradient) {
      passedOn = true;
      source.share();
      put(input, gradient, false);
    }

    /** Adds one gradient, computed for the purpose, to several inputs. */
    public void share(INDArray gradient, Var... inputs) {
      for (Var input : inputs) {
        put(input, gradient, false);
      }
    }

    private void put(Var input, INDArray gradient, boolean owned) {
      Require.nonNull(input, "input");
      GradientSum.requireType("gradient", gradient);
      Require.argument(
          Arrays.equals(gradient.shape(), input.shape()),
          "gradient must have the shape %s of its input, got %s",
          Require.text(input.shape()),
          Require.text(gradient.shape()));
      if (!wants(input)) {
        if (owned) {
          Arena.release(gradient);
        }
        return;
      }
      GradientSum sum = sums.get(input);
      if (sum == null) {
        sums.put(input, new GradientSum(gradient, owned));
      } else {
        sum.add(new GradientSum(gradient, owned));
      }
    }
  }
}
