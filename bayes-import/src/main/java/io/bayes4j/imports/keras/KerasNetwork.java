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
import java.util.Set;
import java.util.stream.Collectors;

/** Builds the network of a Keras file, node by node. */
final class KerasNetwork {
  private static final int MOST_DEPTH = 8;

  private final String file;
  private final KerasFile content;
  private final Set<String> unsupported = new LinkedHashSet<>();
  private final Net net = new Net();

  /** Images that the model's input is; null until it is met. */
  private Value input;

  KerasNetwork(String file, KerasFile content) {
    this.file = file;
    this.content = content;
  }

  ImportedModel build() throws UnsupportedModelException, MalformedModelFileException {
    Value output;
    try {
      output = model(content.config(), List.of(), null);
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
    return new ImportedModel(
        net.build(same), "Keras", content.producer(), inputShape(), net.notes());
  }

  private void refuse() throws UnsupportedModelException {
    if (!unsupported.isEmpty()) {
      throw new UnsupportedModelException(file, List.copyOf(unsupported));
    }
  }

  private List<Long> inputShape() {
    if (input == null || input.shape() == null) {
      return List.of();
    }
    List<Long> shape = new ArrayList<>(List.of(-1L));
    List<Integer> keras = input.shape();
    int rank = keras.size();
    if (input.moved()) {
      shape.add((long) keras.get(rank - 1));
    }
    keras.subList(0, input.moved() ? rank - 1 : rank).forEach(length -> shape.add((long) length));
    return shape;
  }

  /**
   * Adds a model's layers.
   *
   * @param path of the model in the outermost one
   * @param given its input; null for the outermost one
   */
  private Value model(JsonNode config, List<KerasWeights.Name> path, Value given)
      throws MalformedModelFileException {
    if (path.size() > MOST_DEPTH) {
      throw new MalformedModelFileException(file + ": models must not be nested so deep");
    }
    if (!KerasModel.isModel(config.path("class_name").asText())) {
      throw new Unsupported(
          "a model must be Sequential or functional, is "
              + KerasFile.clean(config.path("class_name").asText()));
    }
    KerasModel model = KerasModel.of(config);
    Map<String, Entry> entries = new HashMap<>();
    model.layers().forEach(entry -> entries.put(entry.name(), entry));
    Map<Ref, Value> values = new HashMap<>();
    int inputs = 0;
    for (Call call : model.calls()) {
      Entry entry = entries.get(call.result().layer());
      List<Value> read = new ArrayList<>(call.inputs().stream().map(values::get).toList());
      if (read.isEmpty()) {
        if (++inputs > 1) {
          unsupported.add("a model with several inputs");
        }
        Value begin = given != null ? given : input(model, entry, config);
        values.put(call.result(), begin);
        if (entry.type().equals("InputLayer")) {
          continue;
        }
        read.add(begin);
      }
      values.put(call.result(), called(entry, path, read));
    }
    Value output = values.get(model.output());
    if (output == null) {
      throw new MalformedModelFileException(file + ": the output must be a layer's");
    }
    return output;
  }

  private Value called(Entry entry, List<KerasWeights.Name> path, List<Value> read)
      throws MalformedModelFileException {
    List<KerasWeights.Name> own = new ArrayList<>(path);
    own.add(new KerasWeights.Name(entry.name(), entry.byClass()));
    try {
      if (KerasModel.isModel(entry.type())) {
        return model(wrapped(entry), own, read.get(0));
      }
      KerasLayer layer =
          new KerasLayer(
              own.stream().map(KerasWeights.Name::own).collect(Collectors.joining("/")),
              entry.name(),
              KerasKinds.modern(entry.type()),
              new Options(entry.config()),
              content.weights().of(own),
              content);
      KerasKind kind = KerasKinds.of(layer.type());
      boolean broken = read.stream().anyMatch(value -> value.node().isEmpty());
      if (broken) {
        return read.get(0);
      }
      return kind.add(net, layer, read);
    } catch (Unsupported e) {
      unsupported.add(entry.type() + " \"" + entry.name() + "\": " + e.getMessage());
      return new Value("", null, false, null);
    }
  }

  private static JsonNode wrapped(Entry entry) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("class_name", entry.type());
    node.set("config", entry.config());
    return node;
  }

  /** The input, which has channels first if it is images, or sequences that are convolved. */
  private Value input(KerasModel model, Entry first, JsonNode config) {
    List<Integer> shape = shape(first, config);
    boolean images = shape != null && shape.size() > 2;
    boolean convolved = shape != null && shape.size() == 2 && startsWithWindows(model);
    boolean last = !channelsFirst(model);
    input = new Value(Net.INPUT, shape, (images || convolved) && last, null);
    if (input.moved()) {
      net.note(
          "input "
              + withExamples(shape)
              + " of Keras is taken with channels first: "
              + inputShape());
    }
    return input;
  }

  private static String withExamples(List<Integer> shape) {
    List<Integer> all = new ArrayList<>(List.of(-1));
    all.addAll(shape);
    return all.toString();
  }

  private static List<Integer> shape(Entry first, JsonNode config) {
    Options options = new Options(first.config());
    JsonNode batch = options.get("batch_shape", "batch_input_shape");
    if (batch.isMissingNode()) {
      batch = config.path("config").path("build_input_shape");
    }
    if (batch.isArray() && batch.size() > 1) {
      List<Integer> all = Options.numbers(batch);
      return all.subList(1, all.size());
    }
    return null;
  }

  private static boolean startsWithWindows(KerasModel model) {
    return model.layers().stream()
        .filter(entry -> !entry.type().equals("InputLayer"))
        .findFirst()
        .filter(entry -> entry.type().matches(".*(Conv|Pool).*"))
        .isPresent();
  }

  private static boolean channelsFirst(KerasModel model) {
    return model.layers().stream().anyMatch(entry -> KerasLayer.channelsFirst(entry.config()));
  }
}
