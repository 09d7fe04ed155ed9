package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.testing.Samples;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** An observer sees all that goes into a layer, and what comes out. */
class ObserverTest {
  private static final Var X = Var.constant(Samples.normals(1, 2, 3, 4));
  private static final Var Y = Var.constant(Samples.normals(2, 2, 3, 4));

  /** What layers were given, and what came out, by path. */
  private static final class Seen implements Pass.Observer {
    private final Map<String, List<Var>> inputs = new LinkedHashMap<>();
    private final Map<String, Var> outputs = new LinkedHashMap<>();

    @Override
    public void runs(String path, Layer layer, List<Var> given) {
      assertThat(inputs.put(path, given)).as("runs of %s before", path).isNull();
    }

    @Override
    public void saw(String path, Layer layer, Var output) {
      assertThat(outputs.put(path, output)).as("runs of %s before", path).isNull();
    }
  }

  private static Seen watching(Consumer<Pass> work) {
    Seen seen = new Seen();
    Pass pass = Pass.mean().watchedBy(seen);
    Gradients.off(
        () -> {
          work.accept(pass);
          return seen;
        });
    assertThat(seen.inputs.keySet()).isEqualTo(seen.outputs.keySet());
    return seen;
  }

  @Test
  void allInputsOfALayerOfSeveral() {
    Seen seen = watching(pass -> pass.at("sum").run(Arithmetic.ADD, List.of(X, Y, X)));
    assertThat(seen.inputs).containsOnly(Map.entry("sum", List.of(X, Y, X)));
  }

  /** What the caller does to its list afterwards changes nothing. */
  @Test
  void inputsAreThoseOfTheCall() {
    List<Var> given = new ArrayList<>(List.of(X, Y));
    Seen seen = watching(pass -> pass.run(Arithmetic.ADD, given));
    given.clear();
    assertThat(seen.inputs.get("")).containsExactly(X, Y);
  }

  @Test
  void allInputsOfAGraphAndItsNodes() {
    Graph graph =
        Graph.from("a", "b")
            .add("linear", new Linear(4, 4, Init.seeded(1)), "a")
            .add("sum", Arithmetic.ADD, "linear", "b")
            .add("joined", new Concat(-1), "b", "sum", "a")
            .build("joined");
    Seen seen = watching(pass -> pass.run(graph, List.of(X, Y)));
    assertThat(seen.inputs.get("")).containsExactly(X, Y);
    assertThat(seen.inputs.get("linear")).containsExactly(X);
    assertThat(seen.inputs.get("sum")).containsExactly(seen.outputs.get("linear"), Y);
    assertThat(seen.inputs.get("joined")).containsExactly(Y, seen.outputs.get("sum"), X);
    assertThat(seen.inputs).hasSize(4);
  }

  @Test
  void queriesKeysAndValuesOfAttentionAndItsProjections() {
    MultiheadAttention attention = new MultiheadAttention(AttentionSpec.of(4, 2), Init.seeded(1));
    Var values = Ops.scale(Y, 2);
    Seen seen =
        watching(pass -> attention.attend(X, Y, values, AttentionMask.none(), pass.at("cross")));
    assertThat(seen.inputs.get("cross")).containsExactly(X, Y, values);
    assertThat(seen.inputs.get("cross.q_proj")).containsExactly(X);
    assertThat(seen.inputs.get("cross.k_proj")).containsExactly(Y);
    assertThat(seen.inputs.get("cross.v_proj")).containsExactly(values);
    assertThat(seen.inputs)
        .containsOnlyKeys(
            "cross",
            "cross.q_proj",
            "cross.k_proj",
            "cross.v_proj",
            "cross.dropout",
            "cross.out_proj");
    assertThat(seen.outputs.get("cross.out_proj")).isSameAs(seen.outputs.get("cross"));
  }

  @Test
  void attentionInABlockOnce() {
    MultiheadAttention attention = new MultiheadAttention(AttentionSpec.of(4, 2), Init.seeded(1));
    Sequential model = Sequential.of(attention, Activation.RELU);
    Seen seen = watching(pass -> pass.run(model, X));
    assertThat(seen.inputs.get("0")).containsExactly(X);
    assertThat(seen.inputs).containsKeys("0.q_proj", "0.k_proj", "0.v_proj", "0.out_proj");
  }
}
