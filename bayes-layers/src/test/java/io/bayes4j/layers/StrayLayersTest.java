package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StrayLayersTest {
  private static final Init INIT = Init.seeded(1);

  /** What the nets of this test have in common: a head in a slot. */
  private abstract static class Net extends Block {
    final Slot<Layer> head = slot("head", new Linear(3, 2, INIT));

    @Override
    public Var forward(Var x, Pass pass) {
      return head.forward(x, pass);
    }
  }

  private static final class Forgotten extends Net {
    private final Layer hidden = new Linear(3, 3, INIT);

    @Override
    public Var forward(Var x, Pass pass) {
      return super.forward(hidden.forward(x, pass), pass);
    }
  }

  private static final class InContainers extends Net {
    private final Object field;

    InContainers(Object field) {
      this.field = field;
    }

    @Override
    public String toString() {
      return "InContainers of " + field.getClass().getSimpleName();
    }
  }

  private static final class Honest extends Net {
    private final Linear same = new Linear(3, 3, INIT);
    private final Slot<Linear> slot = slot("same", Linear.class, same);
    private final Layer again = slot.layer();
    private final Layer activation = Activation.RELU;
    @KeptAside private final Layer teacher = new Linear(3, 2, INIT);

    @Override
    public Var forward(Var x, Pass pass) {
      Var target = teacher.forward(x, pass);
      assertThat(target.rank()).isEqualTo(2);
      return super.forward(activation.forward(again.forward(x, pass), pass), pass);
    }
  }

  @Test
  void whoeverUsesTheModelFirstSaysSo(@TempDir Path folder) {
    Dataset data = Dataset.of(Samples.normals(1, 4, 3), new int[] {0, 1, 0, 1}, 2);
    Forgotten model = new Forgotten();
    List<org.assertj.core.api.ThrowableAssert.ThrowingCallable> uses =
        List.of(
            () -> Layers.of(model),
            () -> Layers.parameters(Sequential.of(model)),
            () -> Trainer.of(model, Losses.crossEntropy(), data).build(),
            () -> MonteCarlo.atMean(model).outputs(Samples.normals(1, 4, 3)),
            () -> Checkpoint.save(model, folder.resolve("model.safetensors")));

    uses.forEach(
        use ->
            assertThatIllegalArgumentException()
                .isThrownBy(use)
                .withMessageContaining("Forgotten")
                .withMessageContaining("keeps Linear(3 -> 3) in its field \"hidden\"")
                .withMessageContaining("hidden = slot(\"hidden\", ...)")
                .withMessageContaining("@KeptAside"));
  }

  @Test
  void listsArraysAndMapsAreLookedInto() {
    Layer stray = new Linear(3, 3, INIT);

    for (Object field :
        List.of(
            List.of(Activation.RELU, stray),
            new Layer[] {stray},
            Map.of("a", stray),
            Sequential.of(Activation.RELU, stray),
            new BatchNorm1d(3))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Layers.of(Sequential.of(new InContainers(field))))
          .withMessageContaining("InContainers at 0 keeps")
          .withMessageContaining("\"field\"");
    }
  }

  @Test
  void fieldsThatMeanNoHarmAreFine() {
    assertThat(Layers.of(new Honest())).hasSize(3);
    assertThat(Layers.of(new InContainers(List.of(Activation.RELU, "text")))).hasSize(2);
  }

  @Test
  void aFieldThatAConversionHasLeftBehindIsFound() {
    Honest model = new Honest();
    model.slots().get(1).replace(new Linear(3, 3, INIT));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Layers.of(model))
        .withMessageContaining("\"same\"")
        .withMessageContaining("After a conversion");
  }
}
