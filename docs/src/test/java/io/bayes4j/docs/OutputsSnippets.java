package io.bayes4j.docs;

import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.predict.LabelPrediction;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import java.io.IOException;
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
}
