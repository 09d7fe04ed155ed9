package io.bayes4j.imports.dl4j;

import com.fasterxml.jackson.databind.JsonNode;
import io.bayes4j.imports.dl4j.Value.Kind;
import io.bayes4j.layers.Reshape;

/** What stands before layers to give their input another shape. */
final class Processors {
  private Processors() {}

  static Value apply(Net net, String name, JsonNode node, Value value) {
    if (node.isMissingNode() || node.isNull()) {
      return value;
    }
    Conf conf = Conf.of(node);
    String type = conf.type();
    String simple = type.endsWith("preprocessor") ? type.substring(0, type.length() - 12) : type;
    if (conf.text("NCHW", "format").equals("NHWC")) {
      throw new Unsupported("images with channels last");
    }
    switch (simple) {
      case "cnntofeedforward", "cnn3dtofeedforward" -> {
        return net.flat(value);
      }
      case "feedforwardtocnn" -> {
        if (value.kind() == Kind.IMAGES) {
          return value;
        }
        Reshape images =
            Reshape.of(
                0,
                conf.integer("numChannels"),
                conf.integer("inputHeight"),
                conf.integer("inputWidth"));
        return new Value(net.add(name + "_images", images, value.node()), Kind.IMAGES);
      }
      case "rnntofeedforward", "feedforwardtornn" -> {
        // Dense layers take sequences as they are.
        return value;
      }
      case "composableinput" -> {
        Value result = value;
        for (JsonNode one : conf.get("inputPreProcessors")) {
          result = apply(net, name, one, result);
        }
        return result;
      }
      default -> throw new Unsupported("input by " + Dl4jFile.clean(type));
    }
  }
}
