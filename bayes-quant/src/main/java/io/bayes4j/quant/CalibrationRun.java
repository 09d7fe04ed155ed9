package io.bayes4j.quant;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Snapshot;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.train.Dataset;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Runs a float network on the data of a calibration, draw by draw. */
final class CalibrationRun {
  private final Layer model;
  private final Dataset data;
  private final QuantizationOptions options;

  CalibrationRun(Layer model, Dataset data, QuantizationOptions options) {
    this.model = model;
    this.data = data;
    this.options = options;
  }

  /** Shows the layers' inputs to an observer. */
  void observe(Observations observations) {
    Noise noise = Noise.seeded(options.seed()).split("calibrate");
    int size = Math.min(options.batchSize(), data.size());
    int batches = Math.min(options.batches(), data.size() / size);
    try (Arena arena = new Arena()) {
      for (int draw = 0; draw < options.draws(); draw++) {
        Noise own = noise.split(draw);
        for (int batch = 0; batch < batches; batch++) {
          int from = batch * size;
          observations.begin();
          // A pass of its own for each scope, in whose memory its draws live.
          Pass pass = Pass.sample(own).watchedBy(observations).forExamplesFrom(from);
          inScope(arena, () -> run(pass, from, size));
        }
      }
    }
  }

  private float[] run(Pass pass, int from, int size) {
    int[] numbers = IntStream.range(from, from + size).toArray();
    Var x = Var.constant(data.batch(numbers).inputs());
    return FloatMemory.numbers(pass.run(model, x).value(), "output");
  }

  /** What the network returns for the first examples at the means, in a snapshot. */
  float[] outputs(Snapshot snapshot) {
    int size = Math.min(options.batchSize(), data.size());
    try (Arena arena = new Arena()) {
      return snapshot.in(() -> inScope(arena, () -> run(Pass.mean(), 0, size)));
    }
  }

  static <T> T inScope(Arena arena, Supplier<T> work) {
    return arena.scope(() -> Gradients.off(work));
  }
}
