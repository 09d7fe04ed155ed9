package io.bayes4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.variational.Kl;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class CurvatureTest {
  private static final int COUNT = 1200;
  private static final int CLASSES = 4;
  private static final INDArray INPUTS = Examples.inputs(COUNT);

  private static Dataset data() {
    float[] x = FloatMemory.numbers(INPUTS, "inputs");
    int[] labels = new int[COUNT];
    for (int i = 0; i < COUNT; i++) {
      labels[i] = (x[i * SmallNetwork.INPUTS] > 0 ? 1 : 0) + (i % 2) * 2;
    }
    return Dataset.of(INPUTS, labels, CLASSES);
  }

  private static Curvature curvature() {
    return new CurvatureFit(Examples.network(), CLASSES)
        .of(data(), Losses.crossEntropy(), Noise.seeded(1));
  }

  /** Backpropagation through the parameters, where the code under test goes through outputs. */
  @Test
  void theGradientIsThatOfTheSummedLoss() {
    Layer network = Examples.network();
    Var output = Pass.mean().run(network, Var.constant(INPUTS));
    Gradients gradients =
        Gradients.of(Losses.crossEntropy().of(output, data().batch(all()).targets()));
    List<float[]> expected = new ArrayList<>();
    for (VariationalParameter weights : Kl.distributions(network).values()) {
      expected.add(FloatMemory.numbers(gradients.get(weights.posterior().mu()), "gradient"));
    }
    List<DenseCurvature> layers = curvature().layers();
    assertThat(layers).hasSize(2);
    for (int i = 0; i < layers.size(); i++) {
      float[] weight = expected.get(2 * i);
      float[] bias = expected.get(2 * i + 1);
      int inputs = weight.length / bias.length;
      for (int unit = 0; unit < bias.length; unit++) {
        for (int k = 0; k <= inputs; k++) {
          float slope = k < inputs ? weight[unit * inputs + k] : bias[unit];
          assertThat(layers.get(i).gradient()[unit * (inputs + 1) + k])
              .isCloseTo(COUNT * slope, within(2e-3f));
        }
      }
    }
  }

  private static int[] all() {
    return IntStream.range(0, COUNT).toArray();
  }

  /**
   * For the last layer's outputs the Fisher matrix is the sum of diag(p) - p p'. A drawn label
   * estimates an entry of an example with a spread of at most 1: 5 sqrt(1200) = 173 is five sigma,
   * a seventh of the largest entries.
   */
  @Test
  void drawnLabelsEstimateTheFisherMatrix() {
    Layer network = Examples.network();
    float[] logits =
        FloatMemory.numbers(Pass.mean().run(network, Var.constant(INPUTS)).value(), "logits");
    SimpleMatrix fisher = new SimpleMatrix(CLASSES, CLASSES);
    for (int i = 0; i < COUNT; i++) {
      SimpleMatrix e = new SimpleMatrix(CLASSES, 1);
      for (int k = 0; k < CLASSES; k++) {
        e.set(k, Math.exp(logits[i * CLASSES + k]));
      }
      SimpleMatrix p = e.divide(e.elementSum());
      fisher = fisher.plus(p.diag().minus(p.mult(p.transpose())));
    }
    float[] found = curvature().layers().get(1).outputs();
    for (int k = 0; k < CLASSES * CLASSES; k++) {
      assertThat((double) found[k])
          .isCloseTo(fisher.get(k / CLASSES, k % CLASSES), within(5 * Math.sqrt(COUNT) / 2));
    }
    assertThat(fisher.get(0, 0)).isGreaterThan(100);
  }

  @Test
  void inputMomentsHaveTheBiasesOneAtTheirEnd() {
    float[] x = FloatMemory.numbers(INPUTS, "inputs");
    int width = SmallNetwork.INPUTS + 1;
    float[] moments = curvature().layers().get(0).inputs();
    double squares = 0;
    double sum = 0;
    for (int i = 0; i < COUNT; i++) {
      squares += (double) x[i * SmallNetwork.INPUTS + 2] * x[i * SmallNetwork.INPUTS + 2];
      sum += x[i * SmallNetwork.INPUTS + 2];
    }
    assertThat((double) moments[2 * width + 2]).isCloseTo(squares, within(1e-2));
    assertThat((double) moments[2 * width + width - 1]).isCloseTo(sum, within(1e-2));
    assertThat(moments[width * width - 1]).isEqualTo(COUNT);
  }

  /**
   * What moving the means costs is the prior's share, the diagonal once and scale times the whole
   * quadratic form, which is added up here number by number.
   */
  @Test
  void thePriorOfAPartIsTheQuadraticModel() {
    Layer network = Examples.network();
    Curvature others = curvature();
    Gaussians prior = ModelState.prior(network);
    double scale = 3;
    double beta = 0.5;
    CurvaturePrior.write(network, others, prior, scale, beta);
    ModelState start = ModelState.of(network);
    double before = Kl.of(network, Noise.seeded(0)).item();
    float[] moved = start.mean().clone();
    float[] steps = FloatMemory.numbers(Noise.seeded(9).normals(moved.length), "steps");
    for (int k = 0; k < moved.length; k++) {
      moved[k] += 0.01f * steps[k];
    }
    new ModelState(moved, start.sigma(), start.others()).writeTo(network);
    double expected = 0;
    for (int k = 0; k < moved.length; k++) {
      double mean = prior.shift()[k] / prior.precision()[k];
      double after = Math.pow(moved[k] - mean, 2) - Math.pow(start.mean()[k] - mean, 2);
      expected += prior.precision()[k] * after / 2;
    }
    int at = 0;
    for (DenseCurvature layer : others.layers()) {
      expected += cost(layer, at, start.mean(), moved, scale) / beta;
      at += layer.gradient().length;
    }
    double found = Kl.of(network, Noise.seeded(0)).item() - before;
    assertThat(found).isCloseTo(expected, within(1e-3 * Math.abs(expected)));
  }

  private static double cost(
      DenseCurvature layer, int at, float[] start, float[] moved, double scale) {
    int units = (int) Math.sqrt(layer.outputs().length);
    int width = layer.gradient().length / units;
    SimpleMatrix d = new SimpleMatrix(units, width);
    SimpleMatrix inputs = new SimpleMatrix(width, width);
    SimpleMatrix outputs = new SimpleMatrix(units, units);
    double cost = 0;
    for (int unit = 0; unit < units; unit++) {
      for (int k = 0; k < width; k++) {
        int weight = at + (k == width - 1 ? units * (width - 1) + unit : unit * (width - 1) + k);
        d.set(unit, k, moved[weight] - start[weight]);
        cost += d.get(unit, k) * layer.gradient()[unit * width + k];
        double bend = layer.outputs()[unit * units + unit] * layer.inputs()[k * width + k] / COUNT;
        cost += bend * d.get(unit, k) * d.get(unit, k) / 2;
      }
    }
    for (int k = 0; k < width * width; k++) {
      inputs.set(k / width, k % width, layer.inputs()[k] / COUNT);
    }
    for (int k = 0; k < units * units; k++) {
      outputs.set(k / units, k % units, layer.outputs()[k]);
    }
    return cost + scale / 2 * outputs.mult(d).mult(inputs).elementMult(d).elementSum();
  }

  @Test
  void othersAreAllPartsButOne() {
    Curvature one = new Curvature(List.of(filled(1)), 10);
    Curvature two = new Curvature(List.of(filled(2)), 20);
    Curvature three = new Curvature(List.of(filled(4)), 40);
    Curvature others = Curvature.without(1, List.of(one, two, three));
    assertThat(others.count()).isEqualTo(50);
    assertThat(others.layers().get(0).gradient()).containsOnly(5);
    assertThat(others.layers().get(0).inputs()).hasSize(9).containsOnly(5);
    assertThat(others.layers().get(0).outputs()).hasSize(4).containsOnly(5);
    assertThat(Curvature.without(0, List.of(one))).isNull();
    assertThat(one.layers().get(0).gradient()).containsOnly(1);
  }

  private static DenseCurvature filled(float number) {
    DenseCurvature layer = DenseCurvature.nothing(3, 2);
    for (float[] array : List.of(layer.inputs(), layer.outputs(), layer.gradient())) {
      Arrays.fill(array, number);
    }
    return layer;
  }

  @Test
  void anOutputOfAnotherWidthIsNamed() {
    CurvatureFit fit = new CurvatureFit(Examples.network(), 3);
    assertThatThrownBy(() -> fit.of(data(), Losses.crossEntropy(), Noise.seeded(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the network's output must be [N, 3]");
  }
}
