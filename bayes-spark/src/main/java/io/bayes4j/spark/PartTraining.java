package io.bayes4j.spark;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.train.Trainer;
import java.io.IOException;
import java.io.Serial;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.spark.TaskContext;

/**
 * Trains one part for one round, in a task.
 *
 * @param factory name of the class that makes the network
 * @param local how to train
 * @param reading what rows hold
 * @param beta weight of the divergence
 */
record PartTraining(String factory, LocalTraining local, PartData.Reading reading, double beta)
    implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  /** What a part starts from; no record, which Kryo refuses. */
  static final class Start implements Serializable {
    @Serial private static final long serialVersionUID = 1;

    private final ModelState state;
    private final double[] precision;
    private final double[] shift;
    private final double weight;
    private final long seed;

    /**
     * A start.
     *
     * @param prior of the part
     * @param weight of the divergence
     */
    Start(ModelState state, Gaussians prior, double weight, long seed) {
      this.state = state;
      this.precision = prior.precision();
      this.shift = prior.shift();
      this.weight = weight;
      this.seed = seed;
    }
  }

  /** What a part found; no record, which Kryo refuses. */
  static final class Answer implements Serializable {
    @Serial private static final long serialVersionUID = 1;

    private final ModelState state;
    private final double loss;

    Answer(ModelState state, double loss) {
      this.state = state;
      this.loss = loss;
    }

    ModelState state() {
      return state;
    }

    double loss() {
      return loss;
    }
  }

  Answer train(PartData data, Start start) {
    Layer model = network(start.seed);
    start.state.writeTo(model);
    ModelState.writePrior(model, new Gaussians(start.precision, start.shift));
    return fit(model, data, beta * start.weight, start.seed);
  }

  /** A network of its own, trained by itself. */
  Answer trainAlone(PartData data, long seed) {
    return fit(network(seed), data, beta, seed);
  }

  Layer network(long seed) {
    return ModelSource.made(factory, seed);
  }

  private Answer fit(Layer model, PartData data, double klWeight, long seed) {
    Trainer.Builder run = local.of(model, reading.dataset(data));
    Answer[] answer = new Answer[1];
    Runnable work =
        () -> {
          try {
            List<EpochRecord> epochs = run.seed(seed).beta(klWeight).build().fit();
            double loss = epochs.get(epochs.size() - 1).loss();
            answer[0] = new Answer(ModelState.of(model), loss);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    if (TaskContext.get().cpus() == 1) {
      Parallel.alone(work);
    } else {
      work.run();
    }
    return answer[0];
  }
}
