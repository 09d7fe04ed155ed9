package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;

/**
 * Layers as the named nodes of a graph, each in a slot of its name: a network with branches that
 * needs no class of its own.
 *
 * <pre>{@code
 * Graph residual =
 *     Graph.from("x")
 *         .add("conv", new Conv2d(spec, init), "x")
 *         .add("relu", Activation.RELU, "conv")
 *         .add("sum", Arithmetic.ADD, "relu", "x")
 *         .build("sum");
 * }</pre>
 *
 * <p>A graph may have several inputs, which {@link Pass#run(MultiInputLayer, List)} gives it, or a
 * graph around it. A node reads nodes that were added before it, so that there are no cycles. A
 * layer may stand at several nodes, which it is tied by then.
 */
public final class Graph extends Block implements MultiInputLayer, Foldable {
  private final List<String> inputs;
  private final List<Node> nodes;
  private final int output;

  /** A node: a layer and the values it reads, of which the first are the graph's inputs. */
  private record Node(Slot<? extends Layer> slot, List<Integer> inputs) {
    Var run(Var[] values, Pass pass) {
      if (inputs.size() == 1) {
        return slot.forward(values[inputs.get(0)], pass);
      }
      List<Var> given = inputs.stream().map(i -> values[i]).toList();
      return pass.at(slot.name()).run(slot, given);
    }
  }

  private Graph(Builder builder, int output) {
    this.inputs = List.copyOf(builder.inputs);
    this.nodes = new ArrayList<>();
    this.output = output;
    for (Builder.Entry entry : builder.entries) {
      Slot<? extends Layer> slot =
          entry.inputs.size() == 1
              ? slot(entry.name, entry.layer)
              : slot(entry.name, MultiInputLayer.class, (MultiInputLayer) entry.layer);
      nodes.add(new Node(slot, entry.inputs));
    }
  }

  /**
   * Begins a graph.
   *
   * @param input what nodes call the graph's own input
   * @param others names of further inputs
   * @throws IllegalArgumentException if a name is empty, or there twice
   */
  public static Builder from(String input, String... others) {
    Require.argument(
        !Require.nonNull(input, "input").isEmpty(), "input must be a name, got an empty one");
    Require.elements(others, "others");
    Builder builder = new Builder();
    builder.input(input);
    for (String other : others) {
      Require.argument(
          !other.isEmpty() && !builder.numbers.containsKey(other),
          "others must be names of their own, got \"%s\"",
          other);
      builder.input(other);
    }
    return builder;
  }

  /** Adds nodes one after the other. */
  public static final class Builder {
    private final List<String> inputs = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    private record Entry(String name, Layer layer, List<Integer> inputs) {}

    private Builder() {}

    private void input(String name) {
      numbers.put(name, inputs.size());
      inputs.add(name);
    }

    /**
     * Adds a node.
     *
     * @param name of its slot and for the nodes that read it
     * @param layer what it computes
     * @param inputs names of nodes added before, or of the graph's input
     * @throws IllegalArgumentException if the name is taken, empty or has a dot, an input is
     *     unknown, or there are several for a layer that reads one
     */
    public Builder add(String name, Layer layer, String... inputs) {
      Require.nonNull(name, "name");
      Require.nonNull(layer, "layer");
      Require.elements(inputs, "inputs");
      Require.argument(
          !name.isEmpty() && name.indexOf('.') < 0,
          "name must be a non-empty word without dots, got \"%s\"",
          name);
      Require.argument(!numbers.containsKey(name), "node name \"%s\" is taken", name);
      Require.argument(
          inputs.length == 1 || (inputs.length > 1 && layer instanceof MultiInputLayer),
          "node \"%s\": %s reads %s, got %d inputs",
          name,
          Summary.name(layer),
          layer instanceof MultiInputLayer ? "one array or more" : "one array",
          inputs.length);
      List<Integer> read = Arrays.stream(inputs).map(from -> number(name, from)).toList();
      entries.add(new Entry(name, layer, read));
      numbers.put(name, numbers.size());
      return this;
    }

    private int number(String name, String from) {
      Integer number = numbers.get(from);
      Require.argument(
          number != null,
          "node \"%s\" reads \"%s\", which is neither \"%s\" nor a node added before",
          name,
          from,
          String.join("\", \"", inputs));
      return Objects.requireNonNull(number);
    }

    /**
     * The graph.
     *
     * @param output the node whose value is the graph's output
     * @throws IllegalArgumentException if there is no such node
     */
    public Graph build(String output) {
      Integer number = numbers.get(Require.nonNull(output, "output"));
      Require.argument(
          number != null && number >= inputs.size(), "output must name a node, got \"%s\"", output);
      return new Graph(this, Objects.requireNonNull(number));
    }
  }

  @Override
  public <T> T fold(List<T> given, BiFunction<? super Layer, ? super List<T>, ? extends T> each) {
    Require.elements(given, "given");
    Require.nonNull(each, "each");
    Require.argument(
        given.size() == inputs.size(),
        "given must be %d values, one for each input, got %d",
        inputs.size(),
        given.size());
    List<T> values = new ArrayList<>(given);
    for (Node node : nodes) {
      List<T> read = node.inputs.stream().map(values::get).toList();
      values.add(each.apply(node.slot.layer(), read));
    }
    return values.get(output);
  }

  /** What the nodes call the graph's first input. */
  public String input() {
    return inputs.get(0);
  }

  /** What the nodes call the graph's inputs. */
  public List<String> inputs() {
    return inputs;
  }

  /** Name of the node whose value is the graph's output. */
  public String output() {
    return name(output);
  }

  /** What every node reads, by its name, in the order of the nodes. */
  public Map<String, List<String>> edges() {
    Map<String, List<String>> all = new LinkedHashMap<>();
    for (Node node : nodes) {
      all.put(node.slot.name(), node.inputs.stream().map(this::name).toList());
    }
    return all;
  }

  private String name(int number) {
    int node = number - inputs.size();
    return node < 0 ? inputs.get(number) : nodes.get(node).slot.name();
  }

  @Override
  public Var forward(List<Var> inputs, Pass pass) {
    Require.elements(inputs, "inputs");
    Require.nonNull(pass, "pass");
    int own = this.inputs.size();
    Require.argument(
        inputs.size() == own, "inputs must be %s, got %d arrays", this.inputs, inputs.size());
    Var[] values = inputs.toArray(new Var[own + nodes.size()]);
    for (int i = 0; i < nodes.size(); i++) {
      values[own + i] = nodes.get(i).run(values, pass);
    }
    return values[output];
  }
}
