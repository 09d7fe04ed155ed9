package io.bayes4j.benchmarks;

import io.bayes4j.core.autograd.Gradients;
import io.bayes4j.core.autograd.Ops;
import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Adam;
import io.bayes4j.layers.optim.Optimizer;
import io.bayes4j.layers.variational.Kl;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One step of training: forward, divergence, gradients, Adam. */
final class TrainStep implements Runnable {
  private static final double RATE = 1e-3;

  private final Layer model;
  private final INDArray x;
  private final Precision precision;
  private final UnaryOperator<Var> loss;
  private final Optimizer optimizer;
  private final Arena arena = new Arena();
  private final Noise noise = Noise.seeded(3);
  private long step;

  TrainStep(Layer model, INDArray x, UnaryOperator<Var> loss, Precision precision) {
    this.model = model;
    this.precision = precision;
    this.x = x;
    this.loss = loss;
    this.optimizer = new Adam(Layers.parameters(model));
  }

  /** With cross entropy against labels that do not matter. */
  static TrainStep classifier(Layer model, INDArray x, int classes, Precision precision) {
    float[] numbers = new float[(int) x.size(0)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (31 * i) % classes;
    }
    INDArray labels = Nd4j.createFromArray(numbers);
    return new TrainStep(model, x, logits -> Losses.crossEntropy().of(logits, labels), precision);
  }

  @Override
  public void run() {
    arena.scope(
        () -> {
          Pass pass = Pass.train(noise.split(step++)).in(precision);
          Var kl = Kl.drawing(model, pass, noise);
          Var fit = loss.apply(pass.run(model, Var.constant(x)));
          Gradients gradients = Gradients.of(Ops.add(fit, Ops.scale(kl, 1.0 / x.size(0))));
          optimizer.step(gradients, RATE, 1);
          pass.commit();
        });
  }
}
