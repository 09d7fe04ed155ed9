package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What folds and sums of terms say of bad input. */
class FoldableTest {
  private static final LayerFactory LAYERS = LayerFactory.deterministic(Init.seeded(1));

  static Stream<Foldable> all() {
    Layer resNet = Zoo.cifarResNet(LAYERS, 8, 2);
    Graph graph = Graph.from("x").add("relu", Activation.RELU, "x").build("relu");
    Layer encoder = new TransformerEncoder(TransformerSpec.of(8, 2), 1, true, Init.seeded(1));
    return Stream.concat(
        Stream.of(graph), Stream.of(resNet, encoder).flatMap(FoldableTest::firstKinds));
  }

  private static Stream<Foldable> firstKinds(Layer model) {
    return Layers.of(model).stream()
        .map(Layers.Located::layer)
        .filter(Foldable.class::isInstance)
        .map(Foldable.class::cast)
        .limit(2);
  }

  @ParameterizedTest
  @MethodSource("all")
  void foldsCheckWhatTheyAreGiven(Foldable layer) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.fold(null, (each, values) -> values))
        .withMessage("given must not be null");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.fold(Collections.singletonList(null), (each, values) -> "y"))
        .withMessage("given[0] must not be null");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.fold(List.of("x"), null))
        .withMessage("each must not be null");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.fold(List.of("x", "y"), (each, values) -> "z"))
        .withMessageContaining("got 2");
  }

  @Test
  void aSumOfNoTermsIsRefused() {
    AffineOp op = AffineOp.Dense.of(2, 3);
    Var x = Var.constant(Samples.normals(1, 4, 2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> op.apply(x, List.of()))
        .withMessage("terms must not be empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> op.addTo(null, x, List.of()))
        .withMessage("terms must not be empty");
  }
}
