package io.bayes4j.imports.keras;

import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.MatMul;
import io.bayes4j.layers.Permute;
import io.bayes4j.layers.Reshape;
import io.bayes4j.layers.ScaleShift;
import io.bayes4j.layers.Softmax;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Attention of several heads (Vaswani et al. 2017) as its parts, so that its dense layers are
 * converted like others.
 */
final class Attention {
  private final Net net;
  private final KerasLayer layer;
  private final long heads;
  private final boolean bias;

  private Attention(Net net, KerasLayer layer) {
    this.net = net;
    this.layer = layer;
    this.heads = layer.options().integer("num_heads");
    this.bias = layer.options().flag(true, "use_bias");
  }

  static Value multiHead(Net net, KerasLayer layer, List<Value> inputs) {
    return new Attention(net, layer).of(inputs);
  }

  private Value of(List<Value> inputs) {
    if (inputs.size() < 2 || inputs.size() > 3) {
      throw new Unsupported("must read a query, a value and maybe a key, reads " + inputs.size());
    }
    Options options = layer.options();
    boolean otherAxes =
        options.has("attention_axes")
            && !Options.numbers(options.get("attention_axes")).equals(List.of(1));
    if (otherAxes || options.flag(false, "use_gate") || options.has("sliding_window")) {
      throw new Unsupported("attention_axes other than 1, use_gate or sliding_window");
    }
    Value query = sequences(inputs.get(0));
    Value value = sequences(inputs.get(1));
    Value key = inputs.size() > 2 ? sequences(inputs.get(2)) : value;
    long size = projection(0).size(2);
    String q =
        add("_scale", new ScaleShift(1 / Math.sqrt((double) size), 0), split("query", 0, query));
    String k = add("_turned", Permute.of(0, 1, 3, 2), split("key", 1, key));
    String scores = net.add(layer.name() + "_scores", new MatMul(), q, k);
    String shares = add("_softmax", new Softmax(-1), scores);
    double p = layer.options().number(0, "dropout");
    String kept = p > 0 ? add("_dropout", new Dropout(p), shares) : shares;
    String mixed = net.add(layer.name() + "_mixed", new MatMul(), kept, split("value", 2, value));
    String joined = add("_joined", Permute.of(0, 2, 1, 3), mixed);
    StoredArray out = layer.stored(bias ? 6 : 3, 3);
    long features = out.size(0) * out.size(1);
    String flat = add("_flat", Reshape.of(0, lengthOf(query), features), joined);
    StoredArray kernel = out.reshaped(features, out.size(2));
    String y = dense("output", kernel, shift(() -> layer.stored(7, 1)), flat);
    return Value.same(y, List.of(query.shape().get(0), (int) out.size(2)));
  }

  private Value sequences(Value input) {
    Value x = net.same(input);
    if (x.rank() != 2) {
      throw new Unsupported("its inputs must be sequences, is " + x.shape());
    }
    return x;
  }

  /** Where a length is not in the file, it is what is left over. */
  private static long lengthOf(Value sequences) {
    return sequences.shape().get(0) > 0 ? sequences.shape().get(0) : -1;
  }

  private StoredArray projection(int number) {
    return layer.stored(bias ? 2 * number : number, 3);
  }

  /** A projection to [N, heads, T, size]. */
  private String split(String name, int number, Value x) {
    StoredArray weight = projection(number);
    long size = weight.size(2);
    if (weight.size(1) != heads) {
      throw new IllegalArgumentException(
          "weight " + number + " must have " + heads + " heads, has " + weight.size(1));
    }
    StoredArray kernel = weight.reshaped(weight.size(0), heads * size);
    Optional<StoredArray> shift =
        shift(() -> layer.stored(2 * number + 1, 2).reshaped(heads * size));
    String projected = dense(name, kernel, shift, x.node());
    String parted = add("_" + name + "_heads", Reshape.of(0, lengthOf(x), heads, size), projected);
    return add("_" + name + "_moved", Permute.of(0, 2, 1, 3), parted);
  }

  private Optional<StoredArray> shift(Supplier<StoredArray> weight) {
    return bias ? Optional.of(weight.get()) : Optional.empty();
  }

  private String dense(String name, StoredArray kernel, Optional<StoredArray> shift, String input) {
    Layer linear =
        net.tied(
            layer,
            name,
            () ->
                new Linear(
                    kernel.size(0),
                    kernel.size(1),
                    bias,
                    Kernels.init(Kernels.dense(kernel), shift)));
    return net.add(layer.name() + "_" + name, linear, input);
  }

  private String add(String suffix, Layer part, String input) {
    return net.add(layer.name() + suffix, part, input);
  }
}
