package io.bayes4j.imports.onnx;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.imports.onnx.Value.Computed;
import io.bayes4j.imports.onnx.Value.Constant;
import io.bayes4j.imports.parts.Comparison;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.Graph;
import io.bayes4j.layers.Identity;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.MatMul;
import io.bayes4j.layers.MathFunction;
import io.bayes4j.layers.MultiInputLayer;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Permute;
import io.bayes4j.layers.Pick;
import io.bayes4j.layers.Reshape;
import io.bayes4j.layers.ScaleShift;
import io.bayes4j.layers.Slice;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The graph that comes into being: layers by name, with what they read. */
final class Assembly {
  static final String INPUT = "x";

  /** 1 / sqrt(2), as exporters write it. */
  private static final double ROOT_HALF = Math.sqrt(0.5);

  /** More axes than any array here has. */
  private static final int MOST_AXES = 16;

  /** Layers; each operator makes a few. */
  private static final int MOST_PARTS = 100_000;

  /** Multiplications of a product of matrices that take as long as an element of other layers. */
  private static final int FLOPS = 16;

  /** How much longer a choice of an element takes than arithmetic with it. */
  private static final int PICKED = 16;

  private final Map<String, Part> parts = new LinkedHashMap<>();

  /** How often a name was wanted that was taken. */
  private final Map<String, Integer> labels = new HashMap<>();

  private final List<String> inputs;
  private final Work work;
  private final Set<Layer> placed = Collections.newSetFromMap(new IdentityHashMap<>());
  private long weights;

  /**
   * An empty graph.
   *
   * @param inputs names of the graph's inputs
   * @param work counts what is computed here
   */
  Assembly(List<String> inputs, Work work) {
    this.inputs = inputs;
    this.work = work;
  }

  /** A node and the parts that it reads. */
  record Part(Layer layer, List<String> inputs) {}

  /** What a name's part is; empty for an input. */
  Optional<Part> part(String name) {
    return Optional.ofNullable(parts.get(name));
  }

  /** Whether a part makes flags: compares, or moves what does. */
  boolean isFlags(String name) {
    String at = name;
    while (parts.containsKey(at)) {
      Part part = parts.get(at);
      if (part.layer instanceof Comparison) {
        return true;
      }
      boolean moves =
          part.layer instanceof Reshape
              || part.layer instanceof Permute
              || part.layer instanceof Pick
              || part.layer instanceof Slice;
      if (!moves) {
        return false;
      }
      at = part.inputs.get(0);
    }
    return false;
  }

  /** Adds a layer that reads one value; of a constant, its result is computed at once. */
  Value add(String label, Layer layer, Value from, List<Dim> shape) {
    if (from instanceof Constant constant) {
      return folded(layer, List.of(constant), shape);
    }
    return new Computed(put(label, layer, List.of(((Computed) from).node())), shape);
  }

  /** Adds a layer of several values. */
  Value join(String label, MultiInputLayer layer, List<? extends Value> from, List<Dim> shape) {
    if (from.stream().allMatch(Constant.class::isInstance)) {
      return folded(layer, from.stream().map(Constant.class::cast).toList(), shape);
    }
    List<String> nodes = from.stream().map(value -> ((Computed) value).node()).toList();
    return new Computed(put(label, layer, nodes), shape);
  }

  private String put(String label, Layer layer, List<String> inputs) {
    if (parts.size() >= MOST_PARTS) {
      throw new Work.Exceeded("makes more than " + MOST_PARTS + " layers");
    }
    if (placed.add(layer)) {
      weights +=
          layer.parameters().values().stream()
              .mapToLong(p -> Dim.product(Dim.shape(p.shape())).value())
              .sum();
    }
    if (weights > work.mostWeights()) {
      throw new Work.Exceeded("layers share weights, more than " + work.mostWeights() + " in all");
    }
    String name = label.replace('.', '/');
    String free = name;
    while (inputs.contains(free) || parts.containsKey(free)) {
      free = name + "_" + labels.merge(name, 1, Integer::sum);
    }
    parts.put(free, new Part(layer, inputs));
    return free;
  }

  private Value folded(Layer layer, List<Constant> from, List<Dim> shape) {
    requireAxes(shape.size());
    Dim length = Dim.product(shape);
    if (!length.fixed() || length.constant() > work.mostFolded()) {
      throw new IllegalArgumentException("makes too large a constant, " + Dim.text(shape));
    }
    work.spend(cost(layer, from, length.constant()));
    boolean whole = from.stream().allMatch(constant -> constant.tensor().integer());
    List<Var> inputs =
        from.stream().map(constant -> Var.constant(constant.tensor().array())).toList();
    INDArray y =
        Gradients.off(
            () ->
                (layer instanceof MultiInputLayer several
                        ? several.forward(inputs, Pass.mean())
                        : layer.forward(inputs.get(0), Pass.mean()))
                    .value());
    FloatMemory memory = FloatMemory.of(Layout.ROW_MAJOR.ensure(y), "y");
    float[] numbers = new float[Math.toIntExact(memory.length())];
    memory.read(0, numbers, numbers.length);
    long[] lengths = y.shape().clone();
    Tensor tensor = Tensor.ofFloats(() -> numbers, lengths);
    return new Constant(whole ? Tensor.ofLongs(tensor::longs, lengths) : tensor);
  }

  /** Elements that are read and written; those of products and of choices count for more. */
  private static long cost(Layer layer, List<Constant> from, long length) {
    long read = from.stream().mapToLong(constant -> constant.tensor().length()).sum();
    Tensor first = from.get(0).tensor();
    long each =
        layer instanceof MatMul
            ? first.size(first.rank() - 1) / FLOPS
            : layer instanceof Pick ? PICKED : 0;
    return Math.addExact(Math.addExact(read, length), Math.multiplyExact(each, length));
  }

  static void requireAxes(int axes) {
    if (axes > MOST_AXES) {
      throw new IllegalArgumentException("makes an array of " + axes + " axes");
    }
  }

  /** The same elements under another shape; shapes in between are left out. */
  Value reshape(String label, Value from, List<Dim> shape) {
    requireAxes(shape.size());
    if (from instanceof Constant constant) {
      return new Constant(
          constant.tensor().reshaped(shape.stream().mapToLong(Dim::value).toArray()));
    }
    Computed source = (Computed) from;
    Part part = parts.get(source.node());
    if (part != null && part.layer instanceof Reshape && shapes.containsKey(source.node())) {
      source = shapes.get(source.node());
    }
    if (source.shape().equals(shape) && shape.stream().noneMatch(Dim::open)) {
      return source;
    }
    Computed result =
        (Computed) add(label, new Reshape(lengths(source.shape(), shape)), source, shape);
    shapes.put(result.node(), source);
    return result;
  }

  /** What each reshaping read, as it was before. */
  private final Map<String, Computed> shapes = new LinkedHashMap<>();

  /** A shape for every number of examples. */
  private static List<Long> lengths(List<Dim> before, List<Dim> after) {
    List<Long> lengths = new ArrayList<>();
    boolean left = false;
    for (int axis = 0; axis < after.size(); axis++) {
      Dim dim = after.get(axis);
      boolean kept = axis < before.size() && !dim.open() && dim.equals(before.get(axis));
      if (dim.fixed() && dim.constant() > 0) {
        lengths.add(dim.constant());
      } else if (kept) {
        lengths.add(0L);
      } else if (!left) {
        left = true;
        lengths.add(-1L);
      } else {
        throw new IllegalArgumentException(
            "gives an array two lengths that the file leaves open, " + Dim.text(after));
      }
    }
    if (lengths.isEmpty()) {
      throw new IllegalArgumentException("makes an array without axes");
    }
    return lengths;
  }

  /** The axes in another order; two permutations become one, and one that does nothing none. */
  Value permute(String label, Value from, int... axes) {
    List<Dim> dims = from.dims();
    List<Dim> shape = IntStream.of(axes).mapToObj(dims::get).toList();
    if (from instanceof Constant constant) {
      return new Constant(constant.tensor().permuted(axes));
    }
    Computed source = (Computed) from;
    int[] all = axes.clone();
    Part part = parts.get(source.node());
    if (part != null
        && part.layer instanceof Permute earlier
        && sources.containsKey(source.node())) {
      for (int i = 0; i < all.length; i++) {
        all[i] = earlier.axes().get(axes[i]);
      }
      source = sources.get(source.node());
    }
    if (IntStream.range(0, all.length).allMatch(i -> all[i] == i)) {
      return source;
    }
    Computed result = (Computed) add(label, Permute.of(all), source, shape);
    sources.put(result.node(), source);
    return result;
  }

  /** What each permutation read. */
  private final Map<String, Computed> sources = new LinkedHashMap<>();

  /** x scale + shift, unless it does nothing; a GELU if it ends one. */
  Value scaled(String label, Value from, double scale, double shift) {
    if (scale == 1 && shift == 0) {
      return from;
    }
    if (from instanceof Computed x && scale == 0.5 && shift == 0) {
      Part product = parts.get(x.node());
      if (product != null && product.layer == Arithmetic.MUL && product.inputs.size() == 2) {
        for (int i = 0; i < 2; i++) {
          Optional<String> base = gelu(product.inputs.get(i), 1, product.inputs.get(1 - i));
          if (base.isPresent()) {
            return new Computed(put(label, Activation.GELU_EXACT, List.of(base.get())), x.shape());
          }
        }
      }
    }
    return add(label, new ScaleShift(scale, shift), from, from.dims());
  }

  /** The product of two values; what exporters make of SiLU and GELU becomes one layer again. */
  Value product(String label, Computed a, Computed b, List<Dim> shape) {
    for (int i = 0; i < 2; i++) {
      String one = i == 0 ? a.node() : b.node();
      String other = i == 0 ? b.node() : a.node();
      Part gate = parts.get(one);
      if (gate != null && gate.layer == Activation.SIGMOID && gate.inputs.equals(List.of(other))) {
        return new Computed(put(label, Activation.SILU, List.of(other)), shape);
      }
      Optional<String> base = gelu(one, 0.5, other);
      if (base.isPresent()) {
        return new Computed(put(label, Activation.GELU_EXACT, List.of(base.get())), shape);
      }
    }
    return join(label, Arithmetic.MUL, List.of(a, b), shape);
  }

  /** x, if a part is 1 + erf(x / sqrt 2) and another is factor x. */
  private Optional<String> gelu(String part, double factor, String other) {
    Part sum = parts.get(part);
    if (sum == null || !new ScaleShift(1, 1).equals(sum.layer)) {
      return Optional.empty();
    }
    Part erf = parts.get(sum.inputs.get(0));
    if (erf == null || erf.layer != MathFunction.ERF) {
      return Optional.empty();
    }
    Part inner = parts.get(erf.inputs.get(0));
    if (inner == null
        || !(inner.layer instanceof ScaleShift line)
        || line.shift() != 0
        || !(Math.abs(line.scale() - ROOT_HALF) < 1e-6)) {
      return Optional.empty();
    }
    String x = inner.inputs.get(0);
    Part half = parts.get(other);
    boolean fits =
        factor == 1
            ? other.equals(x)
            : half != null
                && new ScaleShift(factor, 0).equals(half.layer)
                && half.inputs.equals(List.of(x));
    return fits ? Optional.of(x) : Optional.empty();
  }

  /** The layer of a part in the place of another. */
  void replace(String name, Layer layer) {
    parts.put(name, new Part(layer, Objects.requireNonNull(parts.get(name), name).inputs));
  }

  /** The graph of what a part depends on. */
  Graph build(String output) {
    Set<String> needed = needed(output);
    Graph.Builder builder =
        Graph.from(inputs.get(0), inputs.subList(1, inputs.size()).toArray(String[]::new));
    parts.forEach(
        (name, part) -> {
          if (needed.contains(name)) {
            builder.add(name, part.layer, part.inputs.toArray(String[]::new));
          }
        });
    if (inputs.contains(output)) {
      return builder.add("output", new Identity(), output).build("output");
    }
    return builder.build(output);
  }

  private Set<String> needed(String output) {
    Set<String> needed = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(output));
    while (!open.isEmpty()) {
      String name = open.pop();
      if (needed.add(name) && parts.containsKey(name)) {
        open.addAll(parts.get(name).inputs);
      }
    }
    return needed;
  }
}
