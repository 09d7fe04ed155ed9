package io.bayes4j.imports.parts;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Graph;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Softmax;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The nodes of a graph to be, and what was noted while they were added. */
public final class Nodes {
  /** What nodes call the graph's first input. */
  public static final String INPUT = "input";

  private final List<String> inputs = new ArrayList<>(List.of(INPUT));
  private final List<Node> nodes = new ArrayList<>();
  private final Set<String> names = new HashSet<>(Set.of(INPUT));
  private final Map<String, Integer> repeated = new HashMap<>();
  private final List<String> notes = new ArrayList<>();

  /** No nodes yet. */
  public Nodes() {}

  private record Node(String name, Layer layer, List<String> inputs) {}

  /** What was noted, each text once. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /** Notes something that the numbers do not show. */
  public void note(String text) {
    Require.nonNull(text, "text");
    if (!notes.contains(text)) {
      notes.add(text);
    }
  }

  /** One more input of the graph; returns its name. */
  public String input() {
    String name = unused(INPUT + "_" + (inputs.size() + 1));
    inputs.add(name);
    return name;
  }

  private String unused(String base) {
    String name = base;
    while (!names.add(name)) {
      name = base + "_" + repeated.merge(base, 1, Integer::sum);
    }
    return name;
  }

  /**
   * Adds a node.
   *
   * @param wished a name, which is changed if it is taken or has other characters than words
   * @return the name
   */
  public String add(String wished, Layer layer, String... inputs) {
    Require.nonNull(wished, "wished");
    Require.nonNull(layer, "layer");
    Require.elements(inputs, "inputs");
    String clean = wished.replaceAll("[^A-Za-z0-9_-]", "_");
    String name = unused(clean.isEmpty() ? "layer" : clean);
    nodes.add(new Node(name, layer, List.of(inputs)));
    return name;
  }

  /** The node before a softmax, if a node is one; else the node. */
  public String logits(String name) {
    Require.nonNull(name, "name");
    for (Node node : nodes) {
      if (node.name.equals(name) && node.layer instanceof Softmax) {
        note("the softmax at the end is left out: the outputs are logits");
        return node.inputs.get(0);
      }
    }
    return name;
  }

  /** The graph of what a node needs. */
  public Graph build(String output) {
    Require.nonNull(output, "output");
    Set<String> needed = new HashSet<>(Set.of(output));
    for (int i = nodes.size() - 1; i >= 0; i--) {
      if (needed.contains(nodes.get(i).name)) {
        needed.addAll(nodes.get(i).inputs);
      }
    }
    Graph.Builder graph =
        Graph.from(INPUT, inputs.subList(1, inputs.size()).toArray(String[]::new));
    for (Node node : nodes) {
      if (needed.contains(node.name)) {
        graph.add(node.name, node.layer, node.inputs.toArray(String[]::new));
      }
    }
    return graph.build(output);
  }
}
