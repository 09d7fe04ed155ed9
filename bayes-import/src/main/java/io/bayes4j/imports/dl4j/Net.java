package io.bayes4j.imports.dl4j;

import com.fasterxml.jackson.databind.JsonNode;
import io.bayes4j.imports.dl4j.Value.Kind;
import io.bayes4j.imports.parts.Nodes;
import io.bayes4j.imports.parts.Selu;
import io.bayes4j.imports.parts.Softsign;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.Clamp;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Elu;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.HardSigmoid;
import io.bayes4j.layers.Identity;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LeakyRelu;
import io.bayes4j.layers.Permute;
import io.bayes4j.layers.ScaleShift;
import io.bayes4j.layers.Softmax;
import io.bayes4j.layers.io.StateDict;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The nodes of a network and the parameters that are left for it. */
final class Net {
  static final Init INIT = Init.zeros();

  private final Nodes nodes;
  private final Parameters parameters;

  Net(Nodes nodes, Parameters parameters) {
    this.nodes = nodes;
    this.parameters = parameters;
  }

  Nodes nodes() {
    return nodes;
  }

  Parameters parameters() {
    return parameters;
  }

  String add(String name, Layer layer, String... inputs) {
    return nodes.add(name, layer, inputs);
  }

  String add(String name, Layer layer, Map<String, INDArray> weights, String input) {
    StateDict.load(layer, weights);
    return nodes.add(name, layer, input);
  }

  Value flat(Value value) {
    boolean is = value.kind() == Kind.FLAT;
    return is
        ? value
        : new Value(add(value.node() + "_flat", new Flatten(), value.node()), Kind.FLAT);
  }

  Value sequences(Value value) {
    return value.kind() == Kind.SIGNALS ? turned(value, Kind.SEQUENCES) : value;
  }

  Value signals(Value value) {
    return value.kind() == Kind.SEQUENCES ? turned(value, Kind.SIGNALS) : value;
  }

  private Value turned(Value value, Kind kind) {
    return new Value(add(value.node() + "_turned", Permute.of(0, 2, 1), value.node()), kind);
  }

  /** The layer's input with its dropout: the configuration has the share that is kept. */
  Value dropped(String name, Conf conf, Value value) {
    JsonNode dropout = conf.get("idropout");
    double kept = dropout.isObject() ? Conf.of(dropout).number(0, "p") : conf.number(0, "dropOut");
    boolean plain = !dropout.isObject() || Conf.of(dropout).type().equals("dropout");
    if (!plain) {
      nodes.note("the noise that " + Dl4jFile.clean(name) + " trains with is left out");
    }
    return plain && kept > 0 && kept < 1
        ? value.at(add(name + "_dropout", new Dropout(1 - kept), value.node()))
        : value;
  }

  /** What the layer's activation makes of a value. */
  Value activated(String name, Conf conf, Value value) {
    Conf function = function(conf, "activationFn");
    String type = function.type();
    String node = name + "_" + (type.isEmpty() ? "activation" : type);
    switch (type) {
      case "identity", "linear" -> {
        return value;
      }
      case "softmax" -> {
        int axis = value.kind() == Kind.FLAT || value.kind() == Kind.SEQUENCES ? -1 : 1;
        return value.at(add(node, new Softmax(axis), value.node()));
      }
      case "gelu" -> {
        if (function.flag(false, "precise")) {
          throw new Unsupported("activation GELU that is precise");
        }
        // ND4J's own GELU: x sigmoid(1.702 x).
        String scaled = add(node + "_scale", new ScaleShift(1.702, 0), value.node());
        String gate = add(node + "_gate", Activation.SIGMOID, scaled);
        return value.at(add(node, Arithmetic.MUL, value.node(), gate));
      }
      default -> {
        return value.at(add(node, layer(function), value.node()));
      }
    }
  }

  /** The function in a field, of older versions under the name of a text. */
  static Conf function(Conf conf, String field) {
    JsonNode node = conf.get(field, "activationFunction");
    Conf function = Conf.of(node);
    String type = function.type();
    return type.startsWith("activation")
        ? new Conf(type.substring(10), function.fields())
        : function;
  }

  static Layer layer(Conf function) {
    return switch (function.type()) {
      case "relu" -> Activation.RELU;
      case "relu6" -> Activation.RELU6;
      case "lrelu", "leakyrelu" -> new LeakyRelu(function.number(0.01, "alpha"));
      case "elu" -> new Elu(function.number(1, "alpha"));
      case "selu" -> Selu.layer();
      case "sigmoid" -> Activation.SIGMOID;
      case "hardsigmoid" -> new HardSigmoid(0.2, 0.5);
      case "tanh" -> Activation.TANH;
      case "hardtanh" -> new Clamp(-1, 1);
      case "softplus" -> Activation.SOFTPLUS;
      case "softsign" -> Softsign.layer();
      case "swish" -> Activation.SILU;
      case "mish" -> Activation.MISH;
      case "identity", "linear" -> new Identity();
      default -> throw new Unsupported("activation " + Dl4jFile.clean(function.type()));
    };
  }
}
