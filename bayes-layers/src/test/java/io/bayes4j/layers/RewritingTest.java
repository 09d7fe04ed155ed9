package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.bayes4j.core.graph.Var;
import io.bayes4j.layers.Layers.Located;
import java.util.List;
import org.junit.jupiter.api.Test;

class RewritingTest {
  private static final Init INIT = Init.seeded(3);

  /** A block whose only slot takes nothing but linear layers. */
  private static final class Picky implements Layer {
    private final Slot<Linear> only = new Slot<>("only", Linear.class, new Linear(2, 2, INIT));

    @Override
    public List<Slot<?>> slots() {
      return List.of(only);
    }

    @Override
    public Var forward(Var x, Pass pass) {
      return only.layer().forward(x, pass);
    }
  }

  @Test
  void nothingChangesBeforeTheEnd() {
    Linear first = new Linear(2, 2, INIT);
    Sequential model = Sequential.of(first, Activation.RELU, new Linear(2, 1, INIT));
    Linear other = new Linear(2, 2, INIT);
    Rewriting rewriting = Rewriting.of(model);
    assertThat(rewriting.withWeights()).extracting(Located::path).containsExactly("0", "2");
    rewriting.replace(rewriting.withWeights().get(0), other);
    assertThat(model.slots().get(0).layer()).isSameAs(first);
    assertThat(rewriting.finish()).isSameAs(model);
    assertThat(model.slots().get(0).layer()).isSameAs(other);
  }

  @Test
  void aTiedLayerIsReplacedWhereverItIs() {
    Linear tied = new Linear(2, 2, INIT);
    Sequential model = Sequential.of(tied, tied);
    Rewriting rewriting = Rewriting.of(model);
    Linear other = new Linear(2, 2, INIT);
    assertThat(rewriting.withWeights()).hasSize(1);
    rewriting.replace(rewriting.withWeights().get(0), other);
    rewriting.finish();
    assertThat(model.slots()).allSatisfy(slot -> assertThat(slot.layer()).isSameAs(other));
  }

  @Test
  void aRootIsAnotherObjectAfterwards() {
    Linear root = new Linear(2, 2, INIT);
    Linear other = new Linear(2, 2, INIT);
    Rewriting rewriting = Rewriting.of(root);
    rewriting.replace(rewriting.withWeights().get(0), other);
    assertThat(rewriting.finish()).isSameAs(other);
  }

  @Test
  void whatASlotDoesNotTakeIsRefusedWhenItIsPlanned() {
    Picky model = new Picky();
    Rewriting rewriting = Rewriting.of(model);
    Located place = rewriting.withWeights().get(0);
    assertThat(rewriting.accepts(place, new Identity())).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rewriting.replace(place, new Identity()))
        .withMessage("the slot of layer \"only\" does not accept a Identity");
    Located stranger = new Located("x", new Linear(2, 2, INIT));
    assertThatIllegalStateException().isThrownBy(() -> rewriting.accepts(stranger, new Identity()));
  }

  @Test
  void aRefusalNamesTheLayer() {
    Rewriting rewriting = Rewriting.of(Sequential.of(new Linear(2, 2, INIT)));
    Located place = rewriting.withWeights().get(0);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                rewriting.making(
                    place,
                    "halved",
                    () -> {
                      throw new IllegalArgumentException("it is too small");
                    }))
        .withMessage("layer \"0\" cannot be halved: it is too small");
  }
}
