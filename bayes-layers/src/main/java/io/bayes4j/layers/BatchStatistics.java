package io.bayes4j.layers;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.ArenaPool;
import io.bayes4j.core.random.Noise;
import java.util.List;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Renews the statistics of batch normalisation for weights that were not trained, but averaged or
 * drawn: the running averages of training belong to other activations (Izmailov et al. 2018).
 */
public final class BatchStatistics {
  private static final ArenaPool ARENAS = new ArenaPool();

  private BatchStatistics() {}

  /** The running means and variances of a model: its own arrays, empty if it has none. */
  public static List<INDArray> arrays(Layer model) {
    Require.nonNull(model, "model");
    return of(model).stream()
        .flatMap(statistics -> Stream.of(statistics.mean(), statistics.variance()))
        .toList();
  }

  /**
   * Whether a prediction for an example depends on the others of its batch, since a batch
   * normalisation of the model keeps no running statistics.
   */
  public static boolean ofEveryBatch(Layer model) {
    Require.nonNull(model, "model");
    return batchNorms(model).anyMatch(layer -> layer.statistics().isEmpty());
  }

  private static List<RunningStatistics> of(Layer model) {
    return batchNorms(model).flatMap(layer -> layer.statistics().stream()).toList();
  }

  private static Stream<BatchNorm> batchNorms(Layer model) {
    return Layers.of(model).stream()
        .map(Layers.Located::layer)
        .filter(BatchNorm.class::isInstance)
        .map(BatchNorm.class::cast);
  }

  /**
   * Sets the mean and variance of every batch normalisation to their averages over some batches,
   * each weighing as much as it has examples. Dropout is on, as in training.
   *
   * @param batches inputs [N, ...], asked for one after the other
   * @param noise for what is random in a training pass
   * @throws IllegalArgumentException if there is no batch; nothing is changed then
   * @throws ArithmeticException naming the layer whose statistics would not be finite; they are
   *     then as they were before
   */
  public static void renew(Layer model, Iterable<INDArray> batches, Noise noise) {
    Require.nonNull(model, "model");
    Require.elements(batches, "batches");
    Require.nonNull(noise, "noise");
    Require.argument(batches.iterator().hasNext(), "batches must not be empty");
    ModelAccess.changing(
        model,
        () -> {
          renewAlone(model, batches, noise);
          return model;
        });
  }

  private static void renewAlone(Layer model, Iterable<INDArray> batches, Noise noise) {
    List<RunningStatistics> all = of(model);
    long number = 0;
    List<INDArray> own = all.stream().flatMap(one -> one.byName().values().stream()).toList();
    List<INDArray> before = own.stream().map(Detached::copy).toList();
    all.forEach(RunningStatistics::beginRenewal);
    try {
      for (INDArray batch : batches) {
        Pass pass = Pass.train(noise.split(number++));
        ARENAS.scope(arena -> run(model, batch, pass));
      }
    } catch (RuntimeException e) {
      for (int i = 0; i < own.size(); i++) {
        Detached.copy(before.get(i), own.get(i));
      }
      throw e;
    } finally {
      all.forEach(RunningStatistics::endRenewal);
    }
  }

  private static Pass run(Layer model, INDArray batch, Pass pass) {
    Gradients.off(() -> pass.run(model, Var.constant(batch)));
    PassControl.commit(pass);
    return pass;
  }
}
