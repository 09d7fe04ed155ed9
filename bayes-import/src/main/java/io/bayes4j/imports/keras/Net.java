package io.bayes4j.imports.keras;

import io.bayes4j.imports.parts.Nodes;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.Graph;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Permute;
import io.bayes4j.layers.Reshape;
import io.bayes4j.layers.io.StateDict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The graph that is built, and what was noted on the way. */
final class Net {
  static final String INPUT = Nodes.INPUT;

  /** What new layers are filled with before the file's weights come. */
  static final Init INIT = Init.zeros();

  private final Nodes nodes = new Nodes();
  private final Map<String, Layer> tied = new HashMap<>();

  List<String> notes() {
    return nodes.notes();
  }

  void note(String text) {
    nodes.note(text);
  }

  /** One more input of the graph. */
  String input() {
    return nodes.input();
  }

  /** Adds a node under a name like the wished one; returns its name. */
  String add(String wished, Layer layer, String... inputs) {
    return nodes.add(wished, layer, inputs);
  }

  /**
   * A layer with weights of the file: the same one wherever the layer of Keras is called.
   *
   * @param part which of several layers that one of Keras becomes
   */
  Layer weighted(
      KerasLayer layer, String part, Supplier<Layer> make, Map<String, INDArray> weights) {
    return tied(
        layer,
        part,
        () -> {
          Layer made = make.get();
          StateDict.load(made, weights);
          return made;
        });
  }

  /** A layer that is made when it is first called. */
  Layer tied(KerasLayer layer, String part, Supplier<Layer> make) {
    return tied.computeIfAbsent(layer.key() + "/" + part, key -> make.get());
  }

  /** The value with channels first; needs more than one axis. */
  Value moved(Value value) {
    if (value.moved() || value.rank() < 2) {
      return value;
    }
    int rank = value.rank();
    int[] axes = new int[rank + 1];
    axes[1] = rank;
    for (int axis = 2; axis <= rank; axis++) {
      axes[axis] = axis - 1;
    }
    String node = add(value.node() + "_channels_first", Permute.of(axes), value.node());
    return Value.of(node, value.shape(), true);
  }

  /** The value with elements as Keras has them. */
  Value same(Value value) {
    if (value.flattened().isPresent()) {
      List<Integer> shape = value.flattened().get();
      List<Long> first = new ArrayList<>(List.of(0L, (long) shape.get(shape.size() - 1)));
      shape.subList(0, shape.size() - 1).forEach(length -> first.add((long) length));
      String reshaped = add(value.node() + "_images", new Reshape(first), value.node());
      Value images = same(Value.of(reshaped, shape, true));
      String flat = add(value.node() + "_channels_last", new Flatten(), images.node());
      return Value.same(flat, value.shape());
    }
    if (!value.moved()) {
      return value;
    }
    int rank = value.rank();
    int[] axes = new int[rank + 1];
    axes[rank] = 1;
    for (int axis = 1; axis < rank; axis++) {
      axes[axis] = axis + 1;
    }
    String node = add(value.node() + "_channels_last", Permute.of(axes), value.node());
    return Value.same(node, value.shape());
  }

  /** The value with elements as Keras has them, if a Flatten took them in another order. */
  Value unflattened(Value value) {
    return value.flattened().isPresent() ? same(value) : value;
  }

  /** Adds a layer that leaves shape and order of elements alone. */
  Value elementwise(String name, Layer layer, Value value) {
    return value.at(add(name, layer, value.node()));
  }

  /** The value before a softmax, if it is the result of one; else the value. */
  Value logits(Value value) {
    return value.at(nodes.logits(value.node()));
  }

  /** The graph of what a value needs. */
  Graph build(Value output) {
    return nodes.build(output.node());
  }

  /** Some numbers as a list. */
  static List<Integer> shape(Integer... lengths) {
    return Arrays.asList(lengths);
  }

  /** Lengths of spatial axes and channels as Keras' shape. */
  static List<Integer> shape(List<Integer> spatial, int channels) {
    return Stream.concat(spatial.stream(), Stream.of(channels)).toList();
  }
}
