package io.bayes4j.core.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.IntegerEpilogue;
import io.bayes4j.core.kernels.IntegerFinish;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.core.ops.conv.Convolutions;
import io.bayes4j.core.testing.Samples;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What stays in 8 bits between products of 8-bit numbers, and what does not. */
class RoundedResultsTest {
  private static final Quantum QUANTUM = new Quantum(0.05f, true);
  private static final ConvGeometry SAME =
      new ConvGeometry(List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);
  private static final ConvGeometry HALF =
      new ConvGeometry(List.of(2, 2), List.of(2, 2), List.of(0, 0), List.of(1, 1), 1);

  /** Types of input, addend and result of each product, in the order in which they ran. */
  private final List<String> ran = new ArrayList<>();

  private final Var x = Var.constant(Samples.normals(1, 2, 4, 8, 8));

  private record Conv(List<String> ran, Optional<Quantum> source, INDArray weight)
      implements IntegerProducts.Product {
    @Override
    public INDArray run(INDArray x, IntegerFinish finish) {
      IntegerEpilogue epilogue =
          new IntegerEpilogue(
              source.orElse(QUANTUM),
              Collections.nCopies((int) weight.size(0), 0.004f),
              null,
              finish);
      INDArray y = Kernels.integers().conv(x, weight, SAME, epilogue);
      String addend = finish.addend() == null ? "" : " + " + name(finish.addend());
      ran.add(name(x) + addend + " -> " + name(y));
      return y;
    }

    private static String name(INDArray array) {
      return array.dataType() == DataType.FLOAT ? "float" : "8 bits";
    }
  }

  private Var conv(Var input, Optional<Quantum> source) {
    INDArray weight =
        Kernels.integers()
            .quantize(Samples.normals(2, 4, input.size(1), 3, 3).mul(30), new Quantum(1, true));
    long[] shape = SAME.outputShape(input.shape(), 4);
    return IntegerProducts.of(input, shape, new Conv(ran, source, weight));
  }

  private Var conv(Var input) {
    return conv(input, Optional.of(QUANTUM));
  }

  /** Runs a network as a plan, and says how far it is from running it step by step in floats. */
  private void assertRuns(UnaryOperator<Var> network, double tolerance, String... products) {
    double[] expected = network.apply(x).value().dup('c').data().asDouble();
    ran.clear();
    INDArray y = Gradients.off(() -> Plan.scope(() -> network.apply(x))).value();
    assertThat(y.dataType()).isEqualTo(DataType.FLOAT);
    assertThat(ran).containsExactly(products);
    double[] actual = y.dup('c').data().asDouble();
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).isBetween(expected[i] - tolerance, expected[i] + tolerance);
    }
  }

  @Test
  void whatOnlyProductsReadStaysInEightBits() {
    assertRuns(in -> conv(Activations.relu(conv(in))), 1e-5, "float -> 8 bits", "8 bits -> float");
  }

  @Test
  void residualBlocksPoolingsAndShortcutsStayInEightBits() {
    // The addend alone is rounded where it would not be by itself: half a step, at most.
    assertRuns(
        in -> {
          Var first = Activations.relu(conv(in));
          Var block = Activations.relu(Ops.add(conv(first), first));
          Var pooled = Convolutions.maxPool(block, HALF);
          Var shortcut = ResidualShortcut.subsample(pooled, 1, 0, 0);
          Var rows = Ops.reshape(Ops.add(conv(pooled), shortcut), 2, 4, 2, 8);
          return conv(rows);
        },
        0.3,
        "float -> 8 bits",
        "8 bits + 8 bits -> 8 bits",
        "8 bits + 8 bits -> 8 bits",
        "8 bits -> float");
  }

  @Test
  void whatSomethingElseReadsStaysInFloats() {
    assertRuns(
        in -> {
          Var y = conv(in);
          return Ops.add(conv(y), Activations.tanh(y));
        },
        1e-5,
        "float -> float",
        "float + float -> float");
  }

  @Test
  void readersWhoRoundInOtherWaysGetFloats() {
    assertRuns(
        in -> {
          Var y = conv(in);
          return Ops.add(conv(y), conv(y, Optional.of(new Quantum(0.03f, true))));
        },
        1e-5,
        "float -> float",
        "float -> float",
        "float + float -> float");
  }

  @Test
  void whoeverAsksInTheMiddleSeesFloats() {
    List<INDArray> seen = new ArrayList<>();
    assertRuns(
        in -> {
          Var y = conv(in);
          seen.add(y.value());
          return conv(y);
        },
        1e-5,
        "float -> float",
        "float -> float");
    assertThat(seen).allMatch(array -> array.dataType() == DataType.FLOAT);
  }

  @Test
  void aRoundedValueCanBeReadAsFloatsAfterAll() {
    List<Var> kept = new ArrayList<>();
    Var y =
        Gradients.off(
            () ->
                Plan.scope(
                    () -> {
                      Var first = conv(x);
                      kept.add(first);
                      return conv(first);
                    }));
    assertThat(y.value().dataType()).isEqualTo(DataType.FLOAT);
    assertThat(ran).containsExactly("float -> 8 bits", "8 bits -> float");
    INDArray floats = kept.get(0).value();
    assertThat(floats.dataType()).isEqualTo(DataType.FLOAT);
    for (double number : floats.dup('c').data().asDouble()) {
      double steps = number / QUANTUM.scale();
      assertThat(steps).isBetween(Math.rint(steps) - 1e-4, Math.rint(steps) + 1e-4);
    }
  }
}
