package io.bayes4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How the noise in the gradient of a batch falls with the size of the batch, for each estimator
 * (Wen et al. 2018, figure 1): as 1/N if examples have draws of their own, and down to a floor if
 * they share one.
 *
 * <p>Prints one JSON line for each network, estimator, batch size and kernel: the variance over
 * draws of the gradient with respect to mu, averaged over the kernel's elements. The data do not
 * change between draws, so that nothing but the estimator is random.
 *
 * <p>Usage: {@code benchmarks/run gradient-variance [DRAWS]}.
 */
final class GradientVariance {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LARGEST_BATCH = 512;
  private static final int CLASSES = 10;
  private static final double SIGMA = 0.1;
  private static final Noise NOISE = Noise.seeded(11);

  private final String network;
  private final Layer model;
  private final Estimator estimator;
  private final int draws;

  private GradientVariance(String network, Layer model, Estimator estimator, int draws) {
    this.network = network;
    this.model = model;
    this.estimator = estimator;
    this.draws = draws;
  }

  public static void main(String[] args) throws IOException {
    int draws = args.length == 0 ? 100 : Integer.parseInt(args[0]);
    measure("mlp", f -> Zoo.mlp(f, 784, 400, 400, CLASSES), draws);
    measure("scnn", Zoo::mnistCnn, draws);
  }

  private static void measure(String network, Function<LayerFactory, Layer> architecture, int draws)
      throws IOException {
    VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(SIGMA);
    for (Estimator estimator : Estimator.values()) {
      Layer model = architecture.apply(LayerFactory.variational(estimator, spec, Init.seeded(1)));
      for (int batch = 1; batch <= LARGEST_BATCH; batch *= 2) {
        new GradientVariance(network, model, estimator, draws).print(batch);
      }
    }
  }

  /** Variance of the gradient of each kernel's mu. */
  private void print(int batch) throws IOException {
    INDArray x = NOISE.split("x").normals(batch, 1, 28, 28);
    INDArray labels = labels(batch);
    Map<String, Moments> moments = new LinkedHashMap<>();
    Arena arena = new Arena();
    for (int draw = 0; draw < draws; draw++) {
      Noise noise = NOISE.split(draw);
      arena.scope(() -> addGradients(x, labels, noise, moments));
    }
    for (Map.Entry<String, Moments> kernel : moments.entrySet()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("network", network);
      line.put("estimator", estimator.name());
      line.put("batch", batch);
      line.put("kernel", kernel.getKey());
      line.put("variance", kernel.getValue().meanVariance(draws));
      line.put("draws", draws);
      System.out.println(JSON.writeValueAsString(line));
    }
  }

  private static INDArray labels(int batch) {
    float[] labels = new float[batch];
    for (int i = 0; i < batch; i++) {
      labels[i] = i % CLASSES;
    }
    return Nd4j.createFromArray(labels);
  }

  private void addGradients(
      INDArray x, INDArray labels, Noise noise, Map<String, Moments> moments) {
    Var logits = Pass.train(noise).run(model, Var.constant(x));
    Gradients gradients = Gradients.of(Losses.crossEntropy().of(logits, labels));
    for (Map.Entry<String, Parameter> parameter : Layers.parameters(model).entrySet()) {
      if (parameter.getKey().endsWith("weight.mu")) {
        moments
            .computeIfAbsent(parameter.getKey(), name -> new Moments(parameter.getValue()))
            .add(gradients.get(parameter.getValue()));
      }
    }
  }

  /** Sums over draws of each element and of its square. */
  private static final class Moments {
    private final double[] sum;
    private final double[] squares;

    Moments(Parameter parameter) {
      sum = new double[(int) parameter.value().length()];
      squares = new double[sum.length];
    }

    void add(INDArray gradient) {
      float[] g = gradient.dup().data().asFloat();
      for (int i = 0; i < g.length; i++) {
        sum[i] += g[i];
        squares[i] += (double) g[i] * g[i];
      }
    }

    double meanVariance(int draws) {
      double total = 0;
      for (int i = 0; i < sum.length; i++) {
        total += (squares[i] - sum[i] * sum[i] / draws) / (draws - 1);
      }
      return total / sum.length;
    }
  }
}
