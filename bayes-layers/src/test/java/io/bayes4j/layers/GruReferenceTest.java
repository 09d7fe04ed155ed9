package io.bayes4j.layers;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.Doubles;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares the GRU with PyTorch's equations, computed one number at a time. */
class GruReferenceTest {
  private static final int EXAMPLES = 3;
  private static final int STEPS = 4;
  private static final int INPUTS = 3;
  private static final int HIDDEN = 4;

  static Stream<RecurrentSpec> specs() {
    RecurrentSpec plain = RecurrentSpec.of(INPUTS, HIDDEN);
    return Stream.of(plain, plain.withoutBias(), plain.withBidirectional());
  }

  @ParameterizedTest
  @MethodSource("specs")
  void agreesWithTheEquations(RecurrentSpec spec) {
    Gru gru = new Gru(spec, Init.seeded(1));
    gru.parameters().values().forEach(p -> p.value().addi(0.05));
    Var x = RecurrentRuns.normals(2, EXAMPLES, STEPS, INPUTS);
    RecurrentState initial = RecurrentRuns.state(gru, 3, EXAMPLES);

    RecurrentOutput run = Gradients.off(() -> gru.run(x, initial, Pass.mean()));

    int directions = spec.directions();
    double[] output = new double[EXAMPLES * STEPS * HIDDEN * directions];
    double[] last = new double[directions * EXAMPLES * HIDDEN];
    double[] before = Doubles.of(initial.hidden().value());
    for (int d = 0; d < directions; d++) {
      Equations equations = new Equations(gru, d == 1 ? "_reverse" : "");
      for (int n = 0; n < EXAMPLES; n++) {
        double[] h = new double[HIDDEN];
        System.arraycopy(before, (d * EXAMPLES + n) * HIDDEN, h, 0, HIDDEN);
        for (int step = 0; step < STEPS; step++) {
          int t = d == 1 ? STEPS - 1 - step : step;
          h = equations.step(Doubles.of(x.value()), (n * STEPS + t) * INPUTS, h);
          System.arraycopy(h, 0, output, ((n * STEPS + t) * directions + d) * HIDDEN, HIDDEN);
        }
        System.arraycopy(h, 0, last, (d * EXAMPLES + n) * HIDDEN, HIDDEN);
      }
    }
    Doubles.assertClose("output", run.output().value(), run.output().shape(), output, 1e-5);
    Doubles.assertClose("last", run.last().hidden().value(), initial.hidden().shape(), last, 1e-5);
  }

  private static final class Equations {
    private final double[] inputKernel;
    private final double[] hiddenKernel;
    private final double[] inputBias;
    private final double[] hiddenBias;

    Equations(Gru gru, String suffix) {
      inputKernel = values(gru, "weight_ih_l0" + suffix, 3 * HIDDEN * INPUTS);
      hiddenKernel = values(gru, "weight_hh_l0" + suffix, 3 * HIDDEN * HIDDEN);
      inputBias = values(gru, "bias_ih_l0" + suffix, 3 * HIDDEN);
      hiddenBias = values(gru, "bias_hh_l0" + suffix, 3 * HIDDEN);
    }

    private static double[] values(Gru gru, String name, int length) {
      return gru.parameters().containsKey(name)
          ? Doubles.of(gru.parameters().get(name).value())
          : new double[length];
    }

    double[] step(double[] x, int at, double[] h) {
      double[] next = new double[HIDDEN];
      for (int j = 0; j < HIDDEN; j++) {
        double r = sigmoid(ofInput(x, at, j) + ofHidden(h, j));
        double z = sigmoid(ofInput(x, at, HIDDEN + j) + ofHidden(h, HIDDEN + j));
        double n = Math.tanh(ofInput(x, at, 2 * HIDDEN + j) + r * ofHidden(h, 2 * HIDDEN + j));
        next[j] = (1 - z) * n + z * h[j];
      }
      return next;
    }

    private double ofInput(double[] x, int at, int row) {
      double sum = inputBias[row];
      for (int i = 0; i < INPUTS; i++) {
        sum += inputKernel[row * INPUTS + i] * x[at + i];
      }
      return sum;
    }

    private double ofHidden(double[] h, int row) {
      double sum = hiddenBias[row];
      for (int i = 0; i < HIDDEN; i++) {
        sum += hiddenKernel[row * HIDDEN + i] * h[i];
      }
      return sum;
    }

    private static double sigmoid(double a) {
      return 1 / (1 + Math.exp(-a));
    }
  }
}
