package io.bayes4j.imports.onnx;

import io.bayes4j.core.random.Noise;
import io.bayes4j.imports.onnx.Exports.Place;
import io.bayes4j.layers.Foldable;
import io.bayes4j.layers.Graph;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.MultiheadAttention;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.variational.VariationalLayer;
import io.bayes4j.layers.variational.VariationalLayers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BinaryOperator;
import onnx.OnnxMl.ModelProto;
import onnx.OnnxMl.OperatorSetIdProto;
import onnx.OnnxMl.TensorShapeProto;
import onnx.OnnxMl.TypeProto;
import onnx.OnnxMl.ValueInfoProto;

/** One model on its way into a file. */
final class ExportedModel {
  private static final int IR_VERSION = 8;
  private static final int OPSET = 17;
  private static final String INPUT = "input";
  private static final String OUTPUT = "output";

  private final Map<String, long[]> inputShapes;
  private final Optional<Noise> noise;
  private final ProtoWriter writer = new ProtoWriter();
  private final List<String> problems = new ArrayList<>();

  /** A draw is made once for a tied layer. */
  private final Map<Layer, Layer> plain = new HashMap<>();

  ExportedModel(Map<String, long[]> inputShapes, Optional<Noise> noise) {
    this.inputShapes = inputShapes;
    this.noise = noise;
  }

  ModelProto write(Layer model, long[] outputShape, List<long[]> exampleShapes) {
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < exampleShapes.size(); i++) {
      inputs.add(i == 0 ? INPUT : INPUT + "_" + (i + 1));
      writer.graph().addInput(info(inputs.get(i), exampleShapes.get(i)));
    }
    String last = layer("", model, inputs);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "the model cannot be written as ONNX: " + String.join("; ", problems));
    }
    writer.graph().addNode(ProtoWriter.node("Identity", List.of(last), List.of(OUTPUT)));
    writer
        .graph()
        .setName("network")
        .addOutput(info(OUTPUT, Arrays.copyOfRange(outputShape, 1, outputShape.length)));
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("Bayes4J")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
        .setGraph(writer.graph())
        .build();
  }

  /** An array of any number of examples. */
  private static ValueInfoProto info(String name, long... exampleShape) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("N"));
    for (long length : exampleShape) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(length));
    }
    TypeProto.Tensor.Builder type =
        TypeProto.Tensor.newBuilder().setElemType(Type.FLOAT.number).setShape(shape);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }

  private static String child(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private String layer(String path, Layer layer, List<String> inputs) {
    if (layer instanceof Sequential sequential) {
      String value = inputs.get(0);
      for (Slot<?> slot : sequential.slots()) {
        value = layer(child(path, slot.name()), slot.layer(), List.of(value));
      }
      return value;
    }
    if (layer instanceof Graph graph) {
      return graph(path, graph, inputs);
    }
    if (layer instanceof Foldable whole) {
      return whole.fold(
          inputs, (part, values) -> layer(pathOf(path, whole, part), part, List.copyOf(values)));
    }
    if (layer instanceof MultiheadAttention attention) {
      return attention(path, attention, inputs.get(0));
    }
    writer.at(path);
    Layer known = layer instanceof VariationalLayer bayesian ? plain(path, bayesian) : layer;
    Place place = new Place(writer, inputs, inputShapes.getOrDefault(path, new long[0]));
    try {
      Optional<String> output = Exports.write(known, place);
      if (output.isPresent()) {
        return output.get();
      }
      problems.add("there is no operator for " + where(path) + oneLine(layer));
    } catch (IllegalArgumentException e) {
      problems.add(where(path) + oneLine(layer) + " " + e.getMessage());
    }
    return inputs.get(0);
  }

  /** Where a part of a layer stands; what a layer computes by itself stands where it does. */
  private static String pathOf(String path, Layer whole, Layer part) {
    return whole.slots().stream()
        .filter(slot -> slot.layer() == part)
        .findFirst()
        .map(slot -> child(path, slot.name()))
        .orElse(path);
  }

  private String attention(String path, MultiheadAttention attention, String x) {
    Map<String, Layer> parts = new HashMap<>();
    attention.slots().forEach(slot -> parts.put(slot.name(), slot.layer()));
    BinaryOperator<String> part =
        (name, value) ->
            layer(child(path, name), Objects.requireNonNull(parts.get(name)), List.of(value));
    String mixed = ExportAttention.write(attention.spec(), writer, x, part);
    return part.apply("out_proj", mixed);
  }

  private static String where(String path) {
    return path.isEmpty() ? "" : "\"" + path + "\", ";
  }

  private static String oneLine(Layer layer) {
    return layer.toString().lines().count() > 1
        ? layer.getClass().getSimpleName()
        : layer.toString();
  }

  private String graph(String path, Graph graph, List<String> given) {
    Map<String, Layer> layers = new HashMap<>();
    graph.slots().forEach(slot -> layers.put(slot.name(), slot.layer()));
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < given.size(); i++) {
      values.put(graph.inputs().get(i), given.get(i));
    }
    graph
        .edges()
        .forEach(
            (name, from) -> {
              List<String> inputs = from.stream().map(values::get).toList();
              values.put(
                  name, layer(child(path, name), Objects.requireNonNull(layers.get(name)), inputs));
            });
    return Objects.requireNonNull(values.get(graph.output()));
  }

  /** The plain layer at the means of a Bayesian one, or at a draw. */
  private Layer plain(String path, VariationalLayer bayesian) {
    Layer known = plain.get(bayesian);
    if (known != null) {
      return known;
    }
    Optional<Layer> mean = VariationalLayers.plain(bayesian);
    if (mean.isEmpty()) {
      return bayesian;
    }
    noise.ifPresent(
        all ->
            bayesian
                .distributions()
                .forEach(
                    (name, weights) ->
                        ExportWeights.parameter(mean.get(), name)
                            .assign(
                                weights.posterior().sample(all.split(path).split(name)).value())));
    plain.put(bayesian, mean.get());
    return mean.get();
  }
}
