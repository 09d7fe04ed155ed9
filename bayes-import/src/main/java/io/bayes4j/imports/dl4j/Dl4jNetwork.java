package io.bayes4j.imports.dl4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bayes4j.imports.dl4j.Value.Kind;
import io.bayes4j.imports.format.ImportedModel;
import io.bayes4j.imports.format.MalformedModelFileException;
import io.bayes4j.imports.format.UnsupportedModelException;
import io.bayes4j.imports.parts.Nodes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Builds the network of a file of Deeplearning4j, layer by layer. */
final class Dl4jNetwork {
  private static final int MOST_LAYERS = 10_000;

  private final String file;
  private final JsonNode configuration;
  private final Set<String> unsupported = new LinkedHashSet<>();
  private final Net net;

  Dl4jNetwork(String file, Dl4jFile content) {
    this.file = file;
    this.configuration = content.configuration();
    this.net = new Net(new Nodes(), content.parameters());
  }

  ImportedModel build() throws UnsupportedModelException, MalformedModelFileException {
    Value output;
    try {
      output = configuration.has("vertices") ? graph() : chain();
    } catch (RuntimeException e) {
      // What is unknown is the reason for whatever does not fit behind it.
      refuse();
      throw e;
    }
    refuse();
    if (net.parameters().left() > 0) {
      throw new MalformedModelFileException(
          file + ": " + net.parameters().left() + " parameters belong to no layer");
    }
    if (output.node().equals(Nodes.INPUT)) {
      throw new MalformedModelFileException(file + ": the network has no layers");
    }
    String logits = net.nodes().logits(output.node());
    return new ImportedModel(
        net.nodes().build(logits), "Deeplearning4j", "", List.of(), net.nodes().notes());
  }

  private void refuse() throws UnsupportedModelException {
    if (!unsupported.isEmpty()) {
      throw new UnsupportedModelException(file, List.copyOf(unsupported));
    }
  }

  private Value chain() throws MalformedModelFileException {
    JsonNode confs = configuration.path("confs");
    if (!confs.isArray() || confs.isEmpty() || confs.size() > MOST_LAYERS) {
      throw new MalformedModelFileException(
          file + ": the configuration must list 1 to " + MOST_LAYERS + " layers");
    }
    JsonNode before = configuration.path("inputPreProcessors");
    Value value = input(Conf.of(confs.get(0).path("layer")), before.path("0"));
    for (int i = 0; i < confs.size(); i++) {
      Conf layer = Conf.of(confs.get(i).path("layer"));
      JsonNode processor = before.path(Integer.toString(i));
      String name = layer.text("layer" + i, "layerName");
      value = added(name, layer, processor, confs.get(i), value);
    }
    return value;
  }

  private Value added(String name, Conf given, JsonNode processor, JsonNode owner, Value value) {
    Conf layer = withSlope(given, owner);
    try {
      boolean unknown = value.node().isEmpty();
      Value in = unknown ? value : Processors.apply(net, name, processor, value);
      if (owner.path("useDropConnect").asBoolean() && layer.number(0, "dropOut") > 0) {
        net.nodes()
            .note("the weights that " + Dl4jFile.clean(name) + " drops in training are left out");
      }
      return Dl4jKinds.add(net, name, layer, owner.path("variables"), in);
    } catch (Unsupported e) {
      unsupported.add(
          Dl4jFile.clean(layer.type()) + " \"" + Dl4jFile.clean(name) + "\": " + e.getMessage());
      return new Value("", Kind.FLAT);
    }
  }

  /**
   * The layer as newer versions write it: those before 0.7.2 have the slope of an activation
   * outside.
   */
  private static Conf withSlope(Conf layer, JsonNode owner) {
    JsonNode slope = owner.path("extraArgs").path(0);
    boolean outside =
        layer.text("", "activationFunction").equals("leakyrelu")
            && slope.isNumber()
            && layer.fields() instanceof ObjectNode;
    if (!outside) {
      return layer;
    }
    ObjectNode fields = ((ObjectNode) layer.fields()).deepCopy();
    fields.putObject("activationFn").putObject("LReLU").set("alpha", slope);
    return new Conf(layer.type(), fields);
  }

  /** What the input is, as the first layer and what stands before it show. */
  private Value input(Conf first, JsonNode processor) {
    Kind kind = Dl4jKinds.inputOf(first);
    String before = Conf.of(processor).type().toLowerCase(Locale.ROOT);
    if (before.startsWith("feedforwardto")) {
      kind = Kind.FLAT;
    } else if (before.startsWith("cnntofeed")) {
      kind = Kind.IMAGES;
    } else if (before.startsWith("rnnto")) {
      kind = Kind.SEQUENCES;
    }
    if (kind == Kind.SEQUENCES) {
      net.nodes().note("sequences [N, features, T] of Deeplearning4j are [N, T, features] here");
    }
    return new Value(Nodes.INPUT, kind);
  }

  private Value graph() throws MalformedModelFileException {
    JsonNode vertices = configuration.path("vertices");
    JsonNode reads = configuration.path("vertexInputs");
    List<String> inputs = texts(configuration.path("networkInputs"));
    List<String> outputs = texts(configuration.path("networkOutputs"));
    if (inputs.size() != 1 || outputs.size() != 1) {
      throw new Unsupported("a graph must have one input and one output here");
    }
    if (vertices.size() > MOST_LAYERS) {
      throw new MalformedModelFileException(
          file + ": a graph must have at most " + MOST_LAYERS + " vertices");
    }
    String input = inputs.get(0);
    Map<String, Value> values = new HashMap<>();
    for (String name : Vertices.order(configuration, file)) {
      if (name.equals(input)) {
        continue;
      }
      Conf vertex = Conf.of(vertices.path(name));
      List<String> sources = texts(reads.path(name));
      if (sources.contains(input) && !values.containsKey(input)) {
        Conf layer = Conf.of(vertex.get("layerConf").path("layer"));
        values.put(input, input(layer, vertex.get("preProcessor")));
      }
      if (sources.isEmpty() || !values.keySet().containsAll(sources)) {
        throw new MalformedModelFileException(
            file + ": vertex " + Dl4jFile.clean(name) + " must read vertices before it");
      }
      values.put(name, vertex(name, vertex, sources.stream().map(values::get).toList()));
    }
    Value output = values.get(outputs.get(0));
    if (output == null) {
      throw new MalformedModelFileException(file + ": the output must be a vertex");
    }
    return output;
  }

  private Value vertex(String name, Conf vertex, List<Value> read) {
    if (vertex.type().equals("layervertex")) {
      JsonNode owner = vertex.get("layerConf");
      Value in = read.size() == 1 ? read.get(0) : Vertices.merged(net, name + "_merged", read);
      return added(name, Conf.of(owner.path("layer")), vertex.get("preProcessor"), owner, in);
    }
    try {
      boolean unknown = read.stream().anyMatch(value -> value.node().isEmpty());
      return Vertices.add(net, name, vertex, unknown ? List.of() : read);
    } catch (Unsupported e) {
      unsupported.add(
          Dl4jFile.clean(vertex.type()) + " \"" + Dl4jFile.clean(name) + "\": " + e.getMessage());
      return new Value("", Kind.FLAT);
    }
  }

  static List<String> texts(JsonNode node) {
    List<String> texts = new ArrayList<>();
    node.forEach(item -> texts.add(item.asText()));
    return texts;
  }
}
