package io.bayes4j.imports.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bayes4j.imports.format.ImportedModel;
import io.bayes4j.imports.format.MalformedModelFileException;
import io.bayes4j.imports.format.UnsupportedModelException;
import io.bayes4j.imports.keras.KerasModel.Call;
import io.bayes4j.imports.keras.KerasModel.Entry;
import io.bayes4j.imports.keras.KerasModel.Ref;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Builds the network of a Keras file, node by node. */
final class KerasNetwork {
  private static final int MOST_DEPTH = 8;

  private final String file;
  private final KerasFile content;
  private final Set<String> unsupported = new LinkedHashSet<>();
  private final Net net = new Net();

  /** Of the first input, once it is met; empty if it is not known. */
  private List<Long> inputShape = List.of();

  KerasNetwork(String file, KerasFile content) {
    this.file = file;
    this.content = content;
  }

  ImportedModel build() throws UnsupportedModelException, MalformedModelFileException {
    Value output;
    try {
      output = model(content.config(), List.of(), List.of());
    } catch (Unsupported e) {
      unsupported.add(e.getMessage());
      throw new UnsupportedModelException(file, List.copyOf(unsupported));
    } catch (RuntimeException e) {
      // What is unknown is the reason for whatever does not fit behind it.
      refuse();
      throw e;
    }
    refuse();
    Value logits = net.logits(output);
    Value same = logits.moved() ? logits : net.same(logits);
    if (same.node().equals(Net.INPUT)) {
      throw new MalformedModelFileException(file + ": the model has no layers");
    }
    if (same.moved()) {
      net.note("output of shape " + withExamples(output.shape()) + " has its channels first here");
    }
    return new ImportedModel(net.build(same), "Keras", content.producer(), inputShape, net.notes());
  }

  private void refuse() throws UnsupportedModelException {
    if (!unsupported.isEmpty()) {
      throw new UnsupportedModelException(file, List.copyOf(unsupported));
    }
  }

  private static List<Long> shape(Value value) {
    if (value.given().isEmpty()) {
      return List.of();
    }
    List<Long> shape = new ArrayList<>(List.of(-1L));
    List<Integer> keras = value.shape();
    int rank = keras.size();
    if (value.moved()) {
      shape.add((long) keras.get(rank - 1));
    }
    keras.subList(0, value.moved() ? rank - 1 : rank).forEach(length -> shape.add((long) length));
    return shape;
  }

  /**
   * Adds a model's layers.
   *
   * @param path of the model in the outermost one
   * @param given its inputs; none for the outermost one, which has those of the file
   */
  private Value model(JsonNode config, List<KerasWeights.Name> path, List<Value> given)
      throws MalformedModelFileException {
    requireModel(config, path);
    KerasModel model = KerasModel.of(config);
    Map<String, Entry> entries = new HashMap<>();
    model.layers().forEach(entry -> entries.put(entry.name(), entry));
    Map<Ref, Value> values = new HashMap<>();
    List<Value> inputs = given.isEmpty() ? inputs(model, entries, config) : given;
    if (inputs.size() != Math.max(1, model.inputs().size())) {
      throw new Unsupported(
          "a model of " + model.inputs().size() + " inputs is given " + inputs.size());
    }
    for (Call call : model.calls()) {
      Entry entry = Objects.requireNonNull(entries.get(call.result().layer()));
      List<Value> read = new ArrayList<>(call.inputs().stream().map(values::get).toList());
      if (read.isEmpty()) {
        Value begin = begin(model, call, inputs);
        values.put(call.result(), begin);
        if (entry.type().equals("InputLayer")) {
          continue;
        }
        read.add(begin);
      }
      values.put(call.result(), called(entry, call, path, read));
    }
    if (path.isEmpty() && model.outputs().size() > 1) {
      net.note("of " + model.outputs().size() + " outputs the first is kept");
    } else if (model.outputs().size() > 1) {
      throw new Unsupported("a model inside has " + model.outputs().size() + " outputs");
    }
    Value output = values.get(model.outputs().get(0));
    if (output == null) {
      throw new MalformedModelFileException(file + ": the output must be a layer's");
    }
    return output;
  }

  private void requireModel(JsonNode config, List<KerasWeights.Name> path)
      throws MalformedModelFileException {
    if (path.size() > MOST_DEPTH) {
      throw new MalformedModelFileException(file + ": models must not be nested so deep");
    }
    if (!KerasModel.isModel(config.path("class_name").asText())) {
      throw new Unsupported(
          "a model must be Sequential or functional, is "
              + KerasFile.clean(config.path("class_name").asText()));
    }
  }

  /** The input of the model that a call without arrays of its own stands for. */
  private static Value begin(KerasModel model, Call call, List<Value> inputs) {
    if (model.inputs().isEmpty()) {
      return inputs.get(0);
    }
    int number = model.inputs().indexOf(call.result());
    if (number < 0) {
      throw new Unsupported(
          "layer \""
              + KerasFile.clean(call.result().layer())
              + "\" reads no other layer and is no input of the model");
    }
    return inputs.get(number);
  }

  private KerasLayer layer(Entry entry, List<KerasWeights.Name> path)
      throws MalformedModelFileException {
    String type = KerasKinds.modern(entry.type());
    Options options = new Options(entry.config());
    if (Quantized.mode(options).isPresent()) {
      net.note(
          type
              + " \""
              + KerasFile.clean(entry.name())
              + "\" has weights of 8 bits, which are floats here: Keras rounds its inputs too");
    }
    return new KerasLayer(
        path.stream().map(KerasWeights.Name::own).collect(Collectors.joining("/")),
        entry.name(),
        type,
        options,
        Quantized.floats(type, options, content.weights().of(path)),
        content);
  }

  private Value called(Entry entry, Call call, List<KerasWeights.Name> path, List<Value> read)
      throws MalformedModelFileException {
    List<KerasWeights.Name> own = new ArrayList<>(path);
    own.add(new KerasWeights.Name(entry.name(), entry.byClass()));
    try {
      if (KerasModel.isModel(entry.type())) {
        return model(wrapped(entry), own, read);
      }
      KerasLayer layer = layer(entry, own);
      KerasKind kind = KerasKinds.of(layer.type());
      KerasKinds.requireCall(layer.type(), read.size(), call.options());
      boolean broken = read.stream().anyMatch(value -> value.node().isEmpty());
      if (broken) {
        return read.get(0);
      }
      return kind.add(net, layer, read);
    } catch (Unsupported e) {
      unsupported.add(entry.type() + " \"" + entry.name() + "\": " + e.getMessage());
      return Value.UNREAD;
    }
  }

  private static JsonNode wrapped(Entry entry) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("class_name", entry.type());
    node.set("config", entry.config());
    return node;
  }

  /** The network's inputs in the order of the file. */
  private List<Value> inputs(KerasModel model, Map<String, Entry> entries, JsonNode config) {
    List<Ref> refs =
        model.inputs().isEmpty() ? List.of(model.calls().get(0).result()) : model.inputs();
    List<Value> all = new ArrayList<>();
    for (Ref ref : refs) {
      Entry entry = entries.get(ref.layer());
      if (entry == null) {
        throw new IllegalArgumentException("inputs must be layers, got " + ref.layer());
      }
      String node = all.isEmpty() ? Net.INPUT : net.input();
      all.add(input(node, model, entry, ref, config));
    }
    inputShape = shape(all.get(0));
    for (int i = 0; i < all.size(); i++) {
      String name = all.size() == 1 ? "" : KerasFile.clean(refs.get(i).layer()) + " ";
      noteMoved(name, all.get(i));
    }
    if (all.size() > 1) {
      net.note(
          "reads "
              + all.size()
              + " inputs: "
              + IntStream.range(0, all.size())
                  .mapToObj(i -> KerasFile.clean(refs.get(i).layer()) + " " + shape(all.get(i)))
                  .collect(Collectors.joining(", ")));
    }
    return all;
  }

  private void noteMoved(String name, Value value) {
    if (value.moved()) {
      net.note(
          "input "
              + name
              + withExamples(value.shape())
              + " of Keras is taken with channels first: "
              + shape(value));
    }
  }

  /** An input, which has channels first if it is images, or sequences that are convolved. */
  private static Value input(String node, KerasModel model, Entry first, Ref ref, JsonNode config) {
    Optional<List<Integer>> shape = shape(first, config);
    int rank = shape.map(List::size).orElse(0);
    boolean images = rank > 2;
    boolean convolved = rank == 2 && feedsWindows(model, first, ref);
    boolean last = !channelsFirst(model);
    return new Value(node, shape, (images || convolved) && last, Optional.empty());
  }

  private static String withExamples(List<Integer> shape) {
    List<Integer> all = new ArrayList<>(List.of(-1));
    all.addAll(shape);
    return all.toString();
  }

  private static Optional<List<Integer>> shape(Entry first, JsonNode config) {
    Options options = new Options(first.config());
    JsonNode batch = options.get("batch_shape", "batch_input_shape");
    if (batch.isMissingNode()) {
      batch = config.path("config").path("build_input_shape");
    }
    if (batch.isArray() && batch.size() > 1) {
      List<Integer> all = Options.numbers(batch);
      return Optional.of(all.subList(1, all.size()));
    }
    return Optional.empty();
  }

  /** Whether what reads an input first, or its own layer, moves windows over it. */
  private static boolean feedsWindows(KerasModel model, Entry entry, Ref ref) {
    String first =
        entry.type().equals("InputLayer")
            ? model.calls().stream()
                .filter(call -> call.inputs().contains(ref))
                .map(call -> call.result().layer())
                .findFirst()
                .orElse("")
            : entry.name();
    return model.layers().stream()
        .anyMatch(e -> e.name().equals(first) && e.type().matches(".*(Conv|Pool).*"));
  }

  private static boolean channelsFirst(KerasModel model) {
    return model.layers().stream().anyMatch(entry -> KerasLayer.channelsFirst(entry.config()));
  }
}
