package io.bayes4j.spark;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.ModelAccess;
import io.bayes4j.layers.train.StepGradients;
import io.bayes4j.layers.train.StepPlace;
import java.io.Serial;
import java.io.Serializable;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What driver and parts tell each other in a step. */
final class PartStepWork {
  private PartStepWork() {}

  /** Which step it is, and all numbers of the model; no record, which Kryo refuses. */
  static final class Start implements Serializable {
    @Serial private static final long serialVersionUID = 1;

    private final HashMap<String, float[]> numbers;
    private final int epoch;
    private final int step;
    private final int steps;
    private final long orderSeed;
    private final long drawSeed;

    Start(Layer model, StepPlace place) {
      numbers = new HashMap<>();
      arrays(model).forEach((path, array) -> numbers.put(path, FloatMemory.numbers(array, path)));
      epoch = place.epoch();
      step = place.step();
      steps = place.steps();
      orderSeed = place.orderSeed();
      drawSeed = place.drawSeed();
    }

    StepPlace place() {
      return new StepPlace(epoch, step, steps, orderSeed, drawSeed);
    }

    /** Puts the numbers into a model of the same architecture. */
    void writeTo(Layer model) {
      ModelAccess.changing(
          model,
          () -> {
            arrays(model)
                .forEach(
                    (path, array) -> {
                      float[] row = Require.entry(numbers, path);
                      FloatMemory.of(array, path).write(0, row, row.length);
                    });
            return model;
          });
    }
  }

  /** Parameters and buffers of floats by path. */
  private static Map<String, INDArray> arrays(Layer model) {
    Map<String, INDArray> arrays = new LinkedHashMap<>();
    Layers.parameters(model).forEach((path, parameter) -> arrays.put(path, parameter.value()));
    Layers.buffers(model)
        .forEach(
            (path, buffer) -> {
              if (buffer.dataType() == DataType.FLOAT) {
                arrays.put(path, buffer);
              }
            });
    return arrays;
  }

  /** A part's share; no record, which Kryo refuses. */
  static final class Answer implements Serializable {
    @Serial private static final long serialVersionUID = 1;

    private final int examples;
    private final double loss;
    private final HashMap<String, float[]> gradients;
    private final HashMap<String, float[]> buffers;
    private final HashMap<String, Double> metrics;

    Answer(StepGradients own) {
      examples = own.examples();
      loss = own.loss();
      gradients = new HashMap<>(own.gradients());
      buffers = new HashMap<>(own.buffers());
      metrics = new HashMap<>(own.metrics());
    }

    StepGradients gradients() {
      return new StepGradients(examples, loss, gradients, buffers, metrics);
    }

    long bytes() {
      return Float.BYTES * (length(gradients) + length(buffers));
    }

    private static long length(Map<String, float[]> rows) {
      return rows.values().stream().mapToLong(row -> row.length).sum();
    }
  }
}
