package io.bayes4j.layers;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** A model as text: a line for each layer. Of arrays it reads the shapes alone. */
final class Summary {
  /** How the names of what a Bayesian weight consists of end. */
  private static final String MEAN = ".mu";

  private static final String SPREAD = ".rho";

  private final List<String[]> rows = new ArrayList<>();
  private final Map<String, String> outputs;

  /** What nodes of graphs read, by path, where it is not just the node before. */
  private final Map<String, String> inputs = new HashMap<>();

  private long all;
  private long trained;
  private long weights;
  private long bayesian;

  private Summary(Map<String, String> outputs) {
    this.outputs = outputs;
  }

  /** Without shapes of outputs. */
  static String of(Layer model) {
    return new Summary(Map.of()).text(model);
  }

  /** With the shape of every layer's output for an input of zeros. */
  static String of(Layer model, long... inputShape) {
    Map<String, String> shapes = new HashMap<>();
    Var x = Var.constant(Detached.zeros(inputShape));
    Pass pass =
        Pass.mean()
            .watchedBy((path, layer, output) -> shapes.put(path, Arrays.toString(output.shape())));
    Gradients.off(() -> pass.run(model, x));
    return new Summary(shapes).text(model);
  }

  /** A layer in a few words: blocks, and classes that do not say what they are, by their class. */
  static String name(Layer layer) {
    String text = layer instanceof Block ? "" : layer.toString();
    boolean silent = text.isEmpty() || text.equals(layer.getClass().getName() + "@" + hash(layer));
    String simple = layer.getClass().getSimpleName();
    return silent ? (simple.isEmpty() ? "layer" : simple) : text.lines().findFirst().orElse("");
  }

  private static String hash(Layer layer) {
    return Integer.toHexString(System.identityHashCode(layer));
  }

  private String text(Layer model) {
    rows.add(new String[] {"layer", "output", "parameters", "numbers"});
    for (Layers.Located place : Layers.of(model)) {
      row(place);
    }
    if (outputs.isEmpty()) {
      rows.replaceAll(row -> new String[] {row[0], row[2], row[3]});
    }
    return table() + totals();
  }

  private void row(Layers.Located place) {
    int depth = place.path().isEmpty() ? 0 : place.path().split("\\.", -1).length;
    String slot = place.path().substring(place.path().lastIndexOf('.') + 1);
    String name =
        "  ".repeat(depth)
            + (slot.isEmpty() ? "" : slot + ": ")
            + name(place.layer())
            + inputs.getOrDefault(place.path(), "");
    if (place.layer() instanceof Graph graph) {
      noteInputs(place, graph);
    }
    Map<String, Parameter> own = place.layer().parameters();
    long numbers = own.values().stream().mapToLong(Summary::length).sum();
    own.forEach(this::count);
    rows.add(
        new String[] {
          name,
          outputs.getOrDefault(place.path(), ""),
          own.entrySet().stream()
              .filter(entry -> !entry.getKey().endsWith(SPREAD))
              .map(entry -> entry.getKey() + " " + Arrays.toString(entry.getValue().shape()))
              .map(text -> text.replace(MEAN + " ", " (mean, spread) "))
              .collect(Collectors.joining(", ")),
          numbers == 0 ? "" : grouped(numbers)
        });
  }

  private void noteInputs(Layers.Located place, Graph graph) {
    String before = graph.input();
    for (Map.Entry<String, List<String>> node : graph.edges().entrySet()) {
      if (!node.getValue().equals(List.of(before))) {
        inputs.put(place.child(node.getKey()), " <- " + String.join(", ", node.getValue()));
      }
      before = node.getKey();
    }
  }

  private void count(String name, Parameter parameter) {
    long length = length(parameter);
    all += length;
    trained += parameter.trainable() ? length : 0;
    weights += name.endsWith(SPREAD) ? 0 : length;
    bayesian += name.endsWith(SPREAD) ? length : 0;
  }

  private static long length(Parameter parameter) {
    return LongStream.of(parameter.shape()).reduce(1, (a, b) -> a * b);
  }

  private String table() {
    int columns = rows.get(0).length;
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(row[i]).append(" ".repeat(widths[i] - row[i].length() + 2));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private String totals() {
    return String.format(
        Locale.ROOT,
        "%s weights, %s of them Bayesian; %s numbers in parameters, %s of them trained",
        grouped(weights),
        grouped(bayesian),
        grouped(all),
        grouped(trained));
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
