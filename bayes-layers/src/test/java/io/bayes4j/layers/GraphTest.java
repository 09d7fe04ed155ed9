package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.graph.DrawInvariantResults;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.io.StateDict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class GraphTest {
  private static final Init INIT = Init.seeded(1);

  private static Graph residual(Layer linear) {
    return Graph.from("x")
        .add("linear", linear, "x")
        .add("relu", Activation.RELU, "linear")
        .add("sum", Arithmetic.ADD, "relu", "x")
        .add("joined", new Concat(-1), "sum", "linear", "x")
        .build("joined");
  }

  @Test
  void computesWhatItsNodesSay() {
    Linear linear = new Linear(3, 3, INIT);
    Var x = Var.constant(Samples.normals(1, 2, 3));
    double[] y = Doubles.of(Pass.mean().run(residual(linear), x).value());
    double[] hidden = Doubles.of(linear.forward(x, Pass.mean()).value());
    double[] in = Doubles.of(x.value());
    for (int i = 0; i < 6; i++) {
      int at = i / 3 * 9 + i % 3;
      assertThat(y[at]).isEqualTo((float) (Math.max(hidden[i], 0) + in[i]));
      assertThat(y[at + 3]).isEqualTo(hidden[i]);
      assertThat(y[at + 6]).isEqualTo(in[i]);
    }
  }

  @Test
  void gradientsReachEveryBranch() {
    Linear linear = new Linear(3, 3, INIT);
    Graph graph = residual(linear);
    Var x = Var.leaf(Samples.distinct(1, 2, 3));
    GradientCheck.of(() -> Pass.train(Noise.seeded(1)).run(graph, x))
        .run(x, linear.parameters().get("weight").var());
  }

  @Test
  void isAnOrdinaryModel() {
    Graph graph = residual(new Linear(3, 3, INIT));
    assertThat(StateDict.of(graph)).containsOnlyKeys("linear.weight", "linear.bias");
    assertThat(graph.edges())
        .containsEntry("sum", List.of("relu", "x"))
        .containsEntry("linear", List.of("x"));
    assertThat(Layers.summary(graph, 2, 3))
        .contains("linear: Linear(3 -> 3)")
        .contains("sum: ADD <- relu, x")
        .contains("joined: Concat(-1) <- sum, linear, x  [2, 9]");
  }

  @Test
  void aBranchThatDependsOnNothingRandomIsComputedOnce() {
    List<String> ran = new ArrayList<>();
    Layer seen =
        new Layer() {
          @Override
          public Var forward(Var x, Pass pass) {
            ran.add(pass.path());
            return x;
          }
        };
    Graph graph =
        Graph.from("x")
            .add("one", Arithmetic.ADD, "x", "x")
            .add("two", seen, "one")
            .add("three", Arithmetic.MUL, "one", "x")
            .add("four", seen, "three")
            .build("four");
    Var x = Var.constant(Samples.normals(1, 2, 3));
    DrawInvariantResults settled = new DrawInvariantResults(x);
    for (int draw = 0; draw < 3; draw++) {
      PassControl.sharing(Pass.sample(Noise.seeded(draw)), settled).at("net").run(graph, x);
    }
    assertThat(ran).containsExactly("net.two", "net.four");
  }

  @Test
  void refusesWhatIsNoGraph() {
    Graph.Builder builder = Graph.from("x").add("a", Activation.RELU, "x");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.add("a", Activation.RELU, "x"))
        .withMessage("node name \"a\" is taken");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.add("b", Activation.RELU, "c"))
        .withMessageContaining("node \"b\" reads \"c\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.add("b", Activation.RELU, "a", "x"))
        .withMessageContaining("node \"b\": RELU reads one array, got 2 inputs");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.add("b.c", Activation.RELU, "a"))
        .withMessageContaining("without dots");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.build("x"))
        .withMessageContaining("output must name a node");
  }

  @Test
  void errorsSayWhichNodeRefused() {
    Graph graph =
        Graph.from("x")
            .add("a", new Linear(3, 4, INIT), "x")
            .add("sum", Arithmetic.ADD, "a", "x")
            .build("sum");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Pass.mean().run(graph, Var.constant(Samples.normals(1, 2, 3))))
        .withMessageContaining("at sum: shapes must broadcast");
  }
}
