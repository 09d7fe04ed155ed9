package io.bayes4j.docs;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.core.uncertainty.IntervalScores;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Embedding;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Recurrent;
import io.bayes4j.layers.RecurrentMemory;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.SequenceLengths;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.Standardized;
import io.bayes4j.layers.Standardizer;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.loss.ObservationNoise;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.predict.LabelPrediction;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.predict.RegressionPrediction;
import io.bayes4j.layers.predict.Rollout;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.LinearLocalReparameterization;
import io.bayes4j.layers.variational.LstmReparameterization;
import io.bayes4j.layers.variational.Priors;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What docs/outputs.md shows; each region is a block of code there. */
final class OutputsSnippets {
  private OutputsSnippets() {}

  /** Answers, and what is unknown. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Answers(int[] answers, INDArray doubt) {}

  static Answers binary(Layer spam, INDArray x, INDArray yes) throws IOException {
    // region binary
    Trainer.of(spam, Losses.binaryCrossEntropy().withPositiveWeights(3), Dataset.of(x, yes))
        .epochs(20)
        .build()
        .fit();
    Prediction prediction = MonteCarlo.of(spam).classifyBinary(x); // classes 0 (no) and 1 (yes)
    INDArray doubt = prediction.mutualInformation();
    int[] answers = prediction.decide(RefusalRule.meanAbove(0.9)); // 0, 1, or -1 for "I don't know"
    // endregion
    return new Answers(answers, doubt);
  }

  /** Of several labels. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Labels(INDArray unknown, List<ClassificationScores> scores, double[] areas) {}

  static Labels labels(Layer tagger, INDArray x, INDArray targets) {
    // region labels
    LabelPrediction tags = MonteCarlo.of(tagger).classifyLabels(x);
    INDArray unknown = tags.mutualInformation(); // [N, K]
    List<ClassificationScores> scores = tags.scores(targets); // accuracy, NLL, Brier, ECE of each
    double[] areas = tags.auroc(targets);
    // endregion
    return new Labels(unknown, scores, areas);
  }

  /** Maps of answers, and of what is unknown. */
  record Maps(INDArray answers, INDArray unknown) {}

  static Maps places(Layer model, INDArray x, INDArray labels) throws IOException {
    // region places
    Dataset images = Dataset.of(x, labels, 3, 255); // labels [N, H, W]; 255: nobody knows
    Trainer.of(model, Losses.crossEntropy().withIgnoredLabel(255), images).epochs(20).build().fit();
    Prediction prediction = MonteCarlo.of(model).classify(x); // probabilities [samples, N, K, H, W]
    INDArray unknown = prediction.mutualInformation(); // [N, H, W]
    INDArray answers = prediction.decisionMap(RefusalRule.meanAbove(0.8)); // [N, H, W], -1 refused
    // endregion
    return new Maps(answers, unknown);
  }

  /** A reader of words that are padded with zeros. */
  static final class Reader extends Block {
    private final Slot<Layer> embedding = slot("embedding", new Embedding(20, 8, Init.seeded(1)));
    private final Slot<Recurrent> lstm = slot("lstm", Recurrent.class, lstm());
    private final Slot<Layer> head = slot("head", new Linear(12, 2, Init.seeded(3)));

    private static Recurrent lstm() {
      RecurrentSpec spec = RecurrentSpec.of(8, 6).withBidirectional();
      return new LstmReparameterization(spec, VariationalSpec.defaults(), Init.seeded(2));
    }

    // region padded
    @Override
    public Var forward(Var words, Pass pass) {
      SequenceLengths lengths = SequenceLengths.beforePadding(words.value(), 0);
      Var read = lstm.layer().run(embedding.forward(words, pass), lengths, pass).output();
      return head.forward(lengths.mean(read), pass); // the padding left out; or lengths.last(read)
    }
    // endregion
  }

  /** Paths without and with the noise of the observations. */
  record Paths(INDArray means, INDArray noisy) {}

  static Paths paths(Layer model, Layer gaussian, INDArray history) {
    // region rollout
    Rollout rollout = Rollout.of(model).samples(200);
    INDArray paths = rollout.forecast(history, 24); // [200, N, 24, ...]
    // Of a model that returns [N, T, 2 D], with the noise of the observations:
    INDArray noisy = Rollout.of(gaussian).forecast(history, 24, Rollout.Feedback.gaussian());
    // endregion
    return new Paths(paths, noisy);
  }

  static List<Var> parts(Layer model, Noise noise, List<Var> parts) {
    List<Var> outputs = new ArrayList<>();
    // region memory
    Pass draw = Pass.sample(noise); // one network
    RecurrentMemory memory = new RecurrentMemory();
    for (Var part : parts) {
      outputs.add(memory.next(draw).run(model, part));
    }
    // endregion
    return outputs;
  }

  /** In the targets' unit. */
  record Units(double nll, IntervalScores scores) {}

  static Units units(Layer network, INDArray x, INDArray y) throws IOException {
    // region units
    Standardized model = new Standardized(Standardizer.fit(x), network, Standardizer.fit(y));
    Dataset data = Dataset.of(x, model.targets().apply(y));
    Trainer.of(model, Losses.gaussianNll(), data)
        .epochs(100)
        .batchSize(20)
        .learningRate(0.02)
        .build()
        .fit();
    RegressionPrediction prediction =
        MonteCarlo.of(model).regress(x).unstandardized(model.targets()); // in the unit of y
    double nll = prediction.negativeLogLikelihood(y); // the change of unit is in it
    IntervalScores scores = prediction.intervalScores(y, 0.9); // coverage, width, interval score
    // endregion
    return new Units(nll, scores);
  }

  static Standardized few(INDArray x, INDArray y, long features) throws IOException {
    // region few
    VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(0.02);
    Layer network =
        Sequential.of(
            new LinearLocalReparameterization(features, 50, spec, Init.seeded(1)),
            Activation.RELU,
            new LinearLocalReparameterization(50, 1, spec, Init.seeded(2)),
            new ObservationNoise(1, 0.5)); // of targets of deviation one
    Priors.byFanIn(network, 2);
    Standardized model = new Standardized(Standardizer.fit(x), network, Standardizer.fit(y));
    Trainer.of(model, Losses.gaussianNll(), Dataset.of(x, model.targets().apply(y)))
        .epochs(500)
        .batchSize(100)
        .learningRate(Schedule.cosine(0.01, 0.0001, 500))
        .beta(Schedule.linear(0, 1, 100))
        .build()
        .fit();
    // endregion
    return model;
  }
}
