package io.bayes4j.imports.keras;

import io.bayes4j.imports.parts.Selu;
import io.bayes4j.imports.parts.Softsign;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Clamp;
import io.bayes4j.layers.Elu;
import io.bayes4j.layers.HardSigmoid;
import io.bayes4j.layers.Identity;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LeakyRelu;
import io.bayes4j.layers.MathFunction;
import io.bayes4j.layers.Prelu;
import io.bayes4j.layers.Softmax;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** Activation functions of Keras, as layers of their own or inside others. */
final class Functions {
  private Functions() {}

  /** Adds what a layer's option "activation" says, if it is not linear. */
  static Value after(Net net, KerasLayer layer, Value value) {
    String name = layer.options().text("linear", "activation");
    return apply(net, layer, layer.name() + "_" + name, name, value);
  }

  /** A layer that is an activation and nothing else. */
  static Value activation(Net net, KerasLayer layer, List<Value> inputs) {
    String name = layer.options().text("linear", "activation");
    return apply(net, layer, layer.name(), name, inputs.get(0));
  }

  private static Value apply(Net net, KerasLayer layer, String node, String name, Value value) {
    if (name.equals("linear")) {
      return value;
    }
    if (name.equals("softmax")) {
      return softmax(net, node, -1, value);
    }
    return net.elementwise(node, function(name, layer.file().generation()), value);
  }

  /** Over an axis of Keras. */
  static Value softmax(Net net, String node, int axis, Value value) {
    if (axis != -1) {
      Value same = net.same(value);
      return same.at(net.add(node, new Softmax(axis), same.node()));
    }
    Value in = net.unflattened(value);
    return in.at(net.add(node, new Softmax(in.moved() ? 1 : -1), in.node()));
  }

  /** A function by the name that a generation of Keras has for it. */
  static Layer function(String name, int generation) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "relu" -> Activation.RELU;
      case "sigmoid" -> Activation.SIGMOID;
      case "tanh" -> Activation.TANH;
      case "elu" -> Activation.ELU;
      case "selu" -> Selu.layer();
      case "softplus" -> Activation.SOFTPLUS;
      case "softsign" -> Softsign.layer();
      case "silu", "swish" -> Activation.SILU;
      case "gelu" -> Activation.GELU_EXACT;
      case "relu6" -> Activation.RELU6;
      case "mish" -> Activation.MISH;
      case "hard_silu", "hard_swish" -> Activation.HARDSWISH;
      case "exponential" -> MathFunction.EXP;
      case "leaky_relu" -> new LeakyRelu(0.2);
      // One name, two functions.
      case "hard_sigmoid" ->
          generation >= 3 ? new HardSigmoid(1.0 / 6, 0.5) : new HardSigmoid(0.2, 0.5);
      case "linear" -> new Identity();
      default -> throw new Unsupported("activation " + KerasFile.clean(name));
    };
  }

  static Value relu(Net net, KerasLayer layer, List<Value> inputs) {
    Options options = layer.options();
    double slope = options.number(0, "negative_slope");
    double most = options.number(Double.POSITIVE_INFINITY, "max_value");
    if (options.number(0, "threshold") != 0 || (slope != 0 && most < Double.POSITIVE_INFINITY)) {
      throw new Unsupported("a threshold, or a slope with a greatest value");
    }
    boolean bounded = most < Double.POSITIVE_INFINITY;
    Layer plain = slope == 0 ? Activation.RELU : new LeakyRelu(slope);
    Layer function = bounded ? new Clamp(0, most) : plain;
    return net.elementwise(layer.name(), function, inputs.get(0));
  }

  static Value leakyRelu(Net net, KerasLayer layer, List<Value> inputs) {
    double slope = layer.options().number(0.3, "negative_slope", "alpha");
    return net.elementwise(layer.name(), new LeakyRelu(slope), inputs.get(0));
  }

  static Value elu(Net net, KerasLayer layer, List<Value> inputs) {
    double alpha = layer.options().number(1, "alpha");
    return net.elementwise(layer.name(), new Elu(alpha), inputs.get(0));
  }

  static Value softmaxLayer(Net net, KerasLayer layer, List<Value> inputs) {
    int axis = layer.options().has("axis") ? layer.options().integer("axis") : -1;
    Value x = inputs.get(0);
    return softmax(net, layer.name(), axis == x.rank() ? -1 : axis, x);
  }

  static Value prelu(Net net, KerasLayer layer, List<Value> inputs) {
    Value x = inputs.get(0);
    StoredArray alpha = layer.weights().get(0);
    boolean perChannel =
        IntStream.range(0, alpha.rank() - 1).allMatch(axis -> alpha.size(axis) == 1);
    if (!perChannel || alpha.rank() != x.rank()) {
      throw new Unsupported("slopes must be shared by all places of a channel");
    }
    long channels = alpha.length();
    Value in = net.moved(net.unflattened(x));
    Layer prelu =
        net.weighted(
            layer,
            "prelu",
            () -> new Prelu(channels),
            Map.of("weight", alpha.reshaped(channels).array()));
    return in.at(net.add(layer.name(), prelu, in.node()));
  }
}
