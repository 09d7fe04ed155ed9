package io.bayes4j.layers.train;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.ArenaPool;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.ModelAccess;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * What a machine that holds a part of the examples does in a step: it takes its share of them, each
 * once in an epoch, and answers with the mean loss and its gradients. Every part draws weights of
 * its own, so that a step's gradient is a mean over as many draws as there are parts. For one
 * thread at a time.
 */
public final class PartStep {
  private static final ArenaPool ARENAS = new ArenaPool();

  private final Trainer.Builder options;
  private final int number;
  private final int parts;

  /** The examples of an epoch, by the seed of their order; null before the first step. */
  private @Nullable Order order;

  /** An order that is kept for all steps of its epoch. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared, never changed.
  private record Order(long seed, int[] examples) {}

  /**
   * Of a run of which this part knows its own examples.
   *
   * @param options with a model that stands where the trainer's does whenever a step is asked for
   * @param number of the part, from 0
   * @param parts how many there are
   * @throws IllegalArgumentException if the number is not in [0, parts)
   */
  public PartStep(Trainer.Builder options, int number, int parts) {
    this.options = Require.nonNull(options, "options");
    Require.argument(
        number >= 0 && number < parts, "number must be in [0, %d), got %d", parts, number);
    this.number = number;
    this.parts = parts;
  }

  /**
   * The part's share of a step. The model's running statistics are then those after it.
   *
   * @throws DivergedException if a number is not finite
   */
  public StepGradients at(StepPlace place) {
    Require.nonNull(place, "place");
    int[] indices = examples(place);
    if (indices.length == 0) {
      return StepGradients.none();
    }
    Noise draws = Noise.seeded(place.drawSeed()).split("part").split(number);
    TrainingStep step = TrainingStep.ofLikelihood(options, draws);
    return ARENAS.scope(
        arena -> {
          String when = place.words() + " in part " + number + " of " + parts;
          double time = place.epoch() - 1 + (place.step() - 1) / (double) place.steps();
          Gradients gradients = step.gradients(options.data.batch(indices), time, 1, when);
          step.prepare(when);
          ModelAccess.changing(
              options.model,
              () -> {
                step.commit();
                return step;
              });
          return new StepGradients(
              indices.length,
              step.figures().negativeLogLikelihood(),
              rows(gradients),
              buffers(options.model),
              step.figures().metrics());
        });
  }

  /** The numbers of this part's examples in a step. */
  private int[] examples(StepPlace place) {
    int size = options.data.size();
    int from = (int) ((long) size * (place.step() - 1) / place.steps());
    int to = (int) ((long) size * place.step() / place.steps());
    return Arrays.copyOfRange(order(place.orderSeed(), size), from, to);
  }

  private int[] order(long seed, int size) {
    Order known = order;
    if (known == null || known.seed() != seed || known.examples().length != size) {
      known = new Order(seed, Noise.seeded(seed).split("part").split(number).permutation(size));
      order = known;
    }
    return known.examples();
  }

  private Map<String, float[]> rows(Gradients gradients) {
    Map<String, float[]> rows = new HashMap<>();
    for (Map.Entry<String, Parameter> entry : Layers.parameters(options.model).entrySet()) {
      Parameter parameter = entry.getValue();
      if (parameter.trainable() && gradients.reaches(parameter.var())) {
        rows.put(entry.getKey(), FloatMemory.numbers(gradients.get(parameter), "gradient"));
      }
    }
    return rows;
  }

  private static Map<String, float[]> buffers(Layer model) {
    Map<String, float[]> rows = new HashMap<>();
    Layers.buffers(model)
        .forEach(
            (path, array) -> {
              if (array.dataType() == DataType.FLOAT) {
                rows.put(path, FloatMemory.numbers(array, path));
              }
            });
    return rows;
  }
}
