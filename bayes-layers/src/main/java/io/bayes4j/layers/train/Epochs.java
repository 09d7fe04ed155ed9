package io.bayes4j.layers.train;

import io.bayes4j.core.random.Noise;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.Map;

/** Passes over all examples, step by step, in an order and with draws that follow from the seed. */
final class Epochs {
  private final Trainer.Builder options;
  private final BatchPlan plan;
  private final Steps steps;
  private final Noise noise;

  Epochs(Trainer.Builder options, BatchPlan plan, Steps steps) {
    this.options = options;
    this.plan = plan;
    this.steps = steps;
    this.noise = Noise.seeded(options.seed).split("train");
  }

  /**
   * Trains for an epoch, and takes the figures of its end.
   *
   * @param epoch from 1
   */
  EpochRecord run(int epoch) throws IOException {
    long start = System.nanoTime();
    int count = plan.steps();
    int[] order = noise.split("order").split(epoch).permutation(plan.examples());
    Averages averages = new Averages();
    for (int step = 0; step < count; step++) {
      int[][] batches = plan.of(step, order);
      int number = step + 1;
      double time = epoch - 1 + (double) step / count;
      String when = "epoch " + epoch + ", step " + number;
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException(
            when + ": the thread was interrupted; the model is as the step before left it");
      }
      Noise own = noise.split(epoch).split(number);
      TrainingStep.Figures figures =
          options.source == null
              ? steps.step(batches, own, time, when)
              : steps.step(options.source, place(epoch, number, own), own, time);
      averages.add(figures, Arrays.stream(batches).mapToInt(batch -> batch.length).sum());
      options.listener.step(epoch, number, count, figures.loss());
    }
    Map<String, Double> validation =
        options.validation == null ? Map.of() : options.validation.evaluate(options.model);
    double seconds = (System.nanoTime() - start) / 1e9;
    return averages.record(epoch, options.learningRate.at(epoch), seconds, validation);
  }

  private StepPlace place(int epoch, int number, Noise own) {
    long order = noise.split("order").split(epoch).key();
    return new StepPlace(epoch, number, plan.steps(), order, own.key());
  }
}
