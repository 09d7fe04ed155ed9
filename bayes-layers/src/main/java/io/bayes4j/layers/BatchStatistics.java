package io.bayes4j.layers;

import io.bayes4j.core.autograd.Gradients;
import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.random.Noise;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Renews the statistics of batch normalisation for weights that were not trained, but averaged or
 * drawn: the running averages of training belong to other activations (Izmailov et al. 2018).
 */
public final class BatchStatistics {
  private BatchStatistics() {}

  /** The running means and variances of a model: its own arrays, empty if it has none. */
  public static List<INDArray> arrays(Layer model) {
    return Layers.of(model).stream()
        .map(Layers.Located::layer)
        .filter(BatchNorm.class::isInstance)
        .flatMap(layer -> layer.buffers().values().stream())
        .toList();
  }

  /**
   * Sets the mean and variance of every batch normalisation to their averages over some batches,
   * each weighing as much as it has examples. Dropout is on, as in training.
   *
   * @param batches inputs [N, ...], asked for one after the other
   * @param noise for what is random in a training pass
   * @throws IllegalArgumentException if there is no batch; nothing is changed then
   */
  public static void renew(Layer model, Iterable<INDArray> batches, Noise noise) {
    Require.argument(batches.iterator().hasNext(), "batches must not be empty");
    List<INDArray> buffers = arrays(model);
    List<INDArray> sums = new ArrayList<>();
    buffers.forEach(buffer -> sums.add(Nd4j.zeros(DataType.FLOAT, buffer.shape())));
    Arena arena = new Arena();
    long examples = 0;
    long number = 0;
    for (INDArray batch : batches) {
      Noise own = noise.split(number++);
      arena.scope(() -> average(model, batch, own, buffers));
      for (int i = 0; i < buffers.size(); i++) {
        sums.get(i).addi(buffers.get(i).mul(batch.size(0)));
      }
      examples += batch.size(0);
    }
    for (int i = 0; i < buffers.size(); i++) {
      buffers.get(i).assign(sums.get(i).divi(examples));
    }
  }

  /** From zero, one update leaves the momentum's share of what the batch has. */
  private static void average(Layer model, INDArray batch, Noise noise, List<INDArray> buffers) {
    buffers.forEach(buffer -> buffer.assign(0));
    Pass pass = Pass.train(noise);
    Gradients.off(() -> pass.run(model, Var.constant(batch)));
    pass.commit();
    buffers.forEach(buffer -> buffer.divi(BatchNorm.MOMENTUM));
  }
}
