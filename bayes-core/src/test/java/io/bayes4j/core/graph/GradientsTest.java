package io.bayes4j.core.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GradientsTest {
  private final Var x = Var.leaf(Samples.normals(1, 2, 3));

  @Test
  void aResultUsedTwice() {
    GradientCheck.of(
            () -> {
              Var h = Ops.exp(x);
              return Ops.add(Ops.mul(h, h), Ops.sub(h, Ops.scale(h, 3)));
            })
        .run(x);
  }

  @Test
  void aLeafUsedManyTimes() {
    GradientCheck.of(() -> Ops.add(Ops.add(x, x), Ops.add(Ops.square(x), x))).run(x);
    GradientCheck.of(() -> Ops.add(x, x)).run(x);
    GradientCheck.of(() -> Ops.sub(x, x)).run(x);
  }

  @Test
  void aDiamondOfUnequalArms() {
    GradientCheck.of(
            () -> {
              Var h = Ops.square(x);
              Var far = Ops.exp(Ops.scale(Ops.exp(Ops.neg(h)), 0.5));
              return Ops.mul(Ops.add(h, far), h);
            })
        .run(x);
  }

  @Test
  void viewsPassedOnAreNotWrittenTo() {
    // The gradient of the sum reaches x by a view (reshape) and as it is; both add to x.
    GradientCheck.of(
            () -> {
              Var h = Ops.scale(x, 2);
              Var flat = Ops.reshape(h, 6);
              Var back = Ops.reshape(Ops.add(flat, Ops.square(flat)), 2, 3);
              return Ops.add(Ops.add(back, h), Ops.mul(h, back));
            })
        .run(x);
  }

  @Test
  void insideAScopeNothingIsRecycledTooEarly() {
    Arena arena = new Arena();
    for (int step = 0; step < 3; step++) {
      arena.scope(
          () -> {
            aResultUsedTwice();
            aDiamondOfUnequalArms();
            viewsPassedOnAreNotWrittenTo();
          });
    }
  }

  @Test
  void aChainOfOneHundredThousandOperations() {
    Var leaf = Var.leaf(Samples.array(new long[] {1}, 1));
    Var y = leaf;
    for (int i = 0; i < 100_000; i++) {
      Var input = y;
      y = Var.result(leaf.value(), List.of(input), (g, sink) -> sink.pass(input, g));
    }
    assertThat(Gradients.of(y).get(leaf).getDouble(0)).isEqualTo(1);
  }

  @Test
  void aGraphWithMorePathsThanCouldBeWalked() {
    Var leaf = Var.leaf(Samples.array(new long[] {1}, 1));
    Var y = leaf;
    for (int i = 0; i < 60; i++) {
      y = Ops.scale(Ops.add(y, y), 0.5);
    }
    assertThat(Gradients.of(y).get(leaf).getDouble(0)).isEqualTo(1);
  }

  @Test
  void startsFromGivenWeights() {
    INDArray weights = Samples.normals(2, 2, 3);
    Var y = Ops.square(x);
    INDArray expected = weights.mul(x.value()).mul(2);
    assertThat(Gradients.of(y, weights).get(x).equalsWithEps(expected, 1e-6)).isTrue();
    assertThat(Gradients.of(y, Samples.strided(weights)).get(x).equalsWithEps(expected, 1e-6))
        .isTrue();
    assertThat(weights).isEqualTo(Samples.normals(2, 2, 3));
  }

  @Test
  void refusesWeightsThatDoNotFit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Gradients.of(Ops.square(x), Samples.normals(1, 3, 2)))
        .withMessageContaining("[2, 3]")
        .withMessageContaining("[3, 2]");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Gradients.of(Ops.square(x), Nd4j.create(DataType.DOUBLE, new long[] {2, 3})))
        .withMessageContaining("FLOAT");
  }

  @Test
  void refusesALossOfManyElements() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Gradients.of(Ops.square(x)))
        .withMessageContaining("one element, got shape [2, 3]");
  }

  @Test
  void refusesALossThatComesFromNoLeaf() {
    Var constant = Ops.sum(Var.constant(Samples.normals(1, 3)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Gradients.of(constant))
        .withMessageContaining("tracked");
    Var unrecorded = Gradients.off(() -> Ops.sum(x));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Gradients.of(unrecorded))
        .withMessageContaining("Gradients.off()");
  }

  @Test
  void aLeafOutsideTheGraphHasZeros() {
    Var other = Var.leaf(Samples.normals(1, 4));
    Gradients gradients = Gradients.of(Ops.sum(x));
    assertThat(gradients.reaches(other)).isFalse();
    assertThat(gradients.get(other)).isEqualTo(Nd4j.zeros(DataType.FLOAT, 4));
  }

  @Test
  void refusesTheGradientOfAResult() {
    Var h = Ops.square(x);
    Gradients gradients = Gradients.of(Ops.sum(h));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> gradients.get(h))
        .withMessageContaining("leaf");
    assertThatIllegalArgumentException().isThrownBy(() -> gradients.reaches(h));
  }

  @Test
  void offIsNotRecordedAndEndsWithTheWork() {
    Var y = Gradients.off(() -> Gradients.off(() -> Ops.square(x)));
    assertThat(y.tracked()).isFalse();
    assertThat(Ops.square(x).tracked()).isTrue();
    assertThatThrownBy(
            () ->
                Gradients.off(
                    () -> {
                      throw new IllegalStateException("work failed");
                    }))
        .hasMessage("work failed");
    assertThat(Ops.square(x).tracked()).isTrue();
  }

  @Test
  void offStaysOffAfterAnInnerOff() {
    Var y =
        Gradients.off(
            () -> {
              Gradients.off(() -> Ops.square(x));
              return Ops.square(x);
            });
    assertThat(y.tracked()).isFalse();
  }

  @Test
  void detachCutsTheGraph() {
    Var y = Ops.mul(x, Ops.square(x).detach());
    INDArray gradient = Gradients.of(Ops.sum(y)).get(x);
    assertThat(gradient.equalsWithEps(x.value().mul(x.value()), 1e-6)).isTrue();
    assertThat(x.detach().value()).isSameAs(x.value());
    Var constant = Var.constant(1);
    assertThat(constant.detach()).isSameAs(constant);
  }

  @Test
  void gradientsAreRowMajorWhateverTheLeaf() {
    Var last = Var.leaf(Samples.normals(Layout.CHANNELS_LAST, 1, 2, 3, 4));
    INDArray gradient = Gradients.of(Ops.sum(Ops.square(last))).get(last);
    assertThat(Layout.of(gradient)).isEqualTo(Layout.ROW_MAJOR);
  }

  @Test
  void anOperationOfYourOwnMustReturnTheShapeOfItsInput() {
    Var wrong =
        Var.result(
            Samples.normals(1, 2, 3),
            List.of(x),
            (g, sink) -> sink.add(x, Samples.normals(1, 3, 2)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Gradients.of(wrong, Samples.normals(1, 2, 3)))
        .withMessageContaining("[3, 2]")
        .withMessageContaining("[2, 3]");
  }

  @Test
  void manyThreadsDifferentiateThroughOneParameter() throws InterruptedException {
    Parameter shared = new Parameter(Samples.normals(1, 50));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Double>> slopes =
          IntStream.range(0, 40)
              .mapToObj(i -> threads.submit(() -> sumOfGradient(shared, i)))
              .toList();
      for (int i = 0; i < slopes.size(); i++) {
        assertThat(slopes.get(i).get()).isCloseTo(50.0 * i, within(1e-3));
      }
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private static double sumOfGradient(Parameter p, int factor) {
    Gradients gradients = Gradients.of(Ops.sum(Ops.scale(p.var(), factor)));
    return gradients.get(p).sumNumber().doubleValue();
  }
}
