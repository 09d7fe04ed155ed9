package io.bayes4j.benchmarks;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.PassControl;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Adam;
import io.bayes4j.layers.optim.Optimizer;
import io.bayes4j.layers.variational.Kl;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One step of training: forward, divergence, gradients, Adam. Batches follow each other, as they do
 * in training: on a single one the loss would soon vanish, and with it the gradients.
 */
final class TrainStep implements Runnable {
  private static final double RATE = 1e-3;

  private final Layer model;
  private final List<INDArray> batches;
  private final Precision precision;
  private final BiFunction<Var, Integer, Var> loss;
  private final Optimizer optimizer;
  private final Arena arena = new Arena();
  private final Noise noise = Noise.seeded(3);
  private long step;

  /**
   * A step on one batch after the other.
   *
   * @param loss of the outputs of a batch, by its number
   */
  TrainStep(
      Layer model,
      List<INDArray> batches,
      BiFunction<Var, Integer, Var> loss,
      Precision precision) {
    this.model = model;
    this.precision = precision;
    this.batches = batches;
    this.loss = loss;
    this.optimizer = new Adam(Layers.parameters(model));
  }

  /** With cross entropy against labels that do not matter, others for each batch. */
  static TrainStep classifier(
      Layer model, List<INDArray> batches, int classes, Precision precision) {
    List<INDArray> labels = new ArrayList<>();
    for (INDArray batch : batches) {
      float[] numbers = new float[(int) batch.size(0)];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = (31 * i + labels.size()) % classes;
      }
      labels.add(Nd4j.createFromArray(numbers));
    }
    return new TrainStep(
        model,
        batches,
        (logits, batch) -> Losses.crossEntropy().of(logits, labels.get(batch)),
        precision);
  }

  @Override
  public void run() {
    arena.scope(
        () -> {
          int number = (int) (step % batches.size());
          INDArray x = batches.get(number);
          Pass pass = Pass.train(noise.split(step++)).in(precision);
          Var kl = Kl.drawing(model, pass, noise);
          Var fit = loss.apply(pass.run(model, Var.constant(x)), number);
          Gradients gradients = Gradients.of(Ops.add(fit, Ops.scale(kl, 1.0 / x.size(0))));
          optimizer.step(gradients, RATE, 1);
          PassControl.commit(pass);
        });
  }
}
