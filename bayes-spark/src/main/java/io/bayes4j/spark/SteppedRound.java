package io.bayes4j.spark;

import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.train.Batch;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.train.StepGradients;
import io.bayes4j.layers.train.StepPlace;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A round in which the driver trains, by the gradients of each step that the parts send. */
final class SteppedRound implements Round {
  private final PartTraining training;
  private final Parts parts;

  SteppedRound(PartTraining training, Parts parts) {
    this.training = training;
    this.parts = parts;
  }

  /** Examples that are elsewhere. */
  private record Elsewhere(int size) implements Dataset {
    @Override
    public Batch batch(int... indices) {
      throw new UnsupportedOperationException(
          "the driver has no examples with merging GRADIENTS, the parts have them; local training"
              + " must not ask for any where it describes a run");
    }

    @Override
    public String fingerprint() {
      return size + " elsewhere";
    }
  }

  @Override
  public Result run(int number, ModelState state, Noise noise) throws IOException {
    long begin = System.nanoTime();
    Layer model = training.network(noise.key());
    state.writeTo(model);
    AtomicLong bytes = new AtomicLong();
    Dataset examples = new Elsewhere(Math.toIntExact(parts.examples()));
    List<EpochRecord> epochs =
        training
            .local()
            .of(model, examples)
            .seed(noise.key())
            .beta(training.beta())
            .gradients(place -> step(model, place, bytes))
            .build()
            .fit();
    double seconds = (System.nanoTime() - begin) / 1e9;
    double loss = epochs.get(epochs.size() - 1).loss();
    return new Result(ModelState.of(model), new RoundRecord(number, loss, bytes.get(), seconds));
  }

  private StepGradients step(Layer model, StepPlace place, AtomicLong bytes) {
    PartTraining task = training;
    int all = parts.number();
    List<PartStepWork.Answer> answers =
        parts.all(
            new PartStepWork.Start(model, place),
            (data, number, start) -> task.step(data, number, all, start));
    answers.forEach(answer -> bytes.addAndGet(answer.bytes()));
    return StepGradients.mean(answers.stream().map(PartStepWork.Answer::gradients).toList());
  }
}
