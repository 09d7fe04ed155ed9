package io.bayes4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.loss.Loss;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.Conv2dReparameterization;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.LstmReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs what docs/outputs.md shows. */
class OutputsSnippetsTest {
  private static final VariationalSpec SPEC = VariationalSpec.defaults();
  private static final INDArray X = Noise.seeded(1).normals(200, 2);

  /** 1 where a column is above zero. */
  private static INDArray above(int column) {
    float[] yes = new float[(int) X.size(0)];
    for (int i = 0; i < yes.length; i++) {
      yes[i] = X.getFloat(i, column) > 0 ? 1 : 0;
    }
    return Nd4j.createFromArray(yes);
  }

  @Test
  void oneQuestionAndSeveral() throws IOException {
    Sequential one = Sequential.of(new LinearFlipout(2, 1, SPEC, Init.seeded(1)));
    OutputsSnippets.Answers answers = OutputsSnippets.binary(one, X, above(0));
    assertThat(answers.answers()).hasSize(200).contains(-1);
    assertThat(answers.doubt().minNumber().doubleValue()).isNotNegative();

    INDArray targets = Nd4j.concat(1, above(0).reshape(200, 1), above(1).reshape(200, 1));
    Sequential two = Sequential.of(new LinearFlipout(2, 2, SPEC, Init.seeded(1)));
    Trainer.of(two, Losses.binaryCrossEntropy(), Dataset.of(X, targets))
        .epochs(40)
        .learningRate(0.05)
        .build()
        .fit();
    OutputsSnippets.Labels labels = OutputsSnippets.labels(two, X, targets);
    assertThat(labels.scores())
        .hasSize(2)
        .allSatisfy(score -> assertThat(score.accuracy()).isGreaterThan(0.9));
    assertThat(labels.scores()).extracting(ClassificationScores::count).containsOnly(200L);
    assertThat(labels.areas()[1]).isGreaterThan(0.95);
    assertThat(labels.unknown().shape()).containsExactly(200, 2);
  }

  private static Sequential segmenter() {
    ConvSpec conv = ConvSpec.conv2d(2, 3, 3).withPadding(1);
    return Sequential.of(new Conv2dReparameterization(conv, SPEC, Init.seeded(1)));
  }

  private static final INDArray IMAGES = Noise.seeded(2).normals(20, 2, 16, 16);

  /** 0 where the first channel is below zero, else 1 or 2 by the second. */
  private static INDArray classes() {
    INDArray classes = Nd4j.zeros(IMAGES.dataType(), 20, 16, 16);
    for (int i = 0; i < classes.length(); i++) {
      int n = i / 256;
      double first = IMAGES.getDouble(n, 0, i / 16 % 16, i % 16);
      double second = IMAGES.getDouble(n, 1, i / 16 % 16, i % 16);
      classes.putScalar(i, first < 0 ? 0 : second < 0 ? 1 : 2);
    }
    return classes;
  }

  @Test
  void everyPlaceHasAClass() throws IOException {
    INDArray labels = classes();
    labels.putScalar(3, 255);
    OutputsSnippets.Maps maps = OutputsSnippets.places(segmenter(), IMAGES, labels);
    assertThat(maps.unknown().shape()).containsExactly(20, 16, 16);
    assertThat(maps.answers().shape()).containsExactly(20, 16, 16);
  }

  /** What averaging over the places does to the bound: the prior wins over 5,120 labels. */
  @Test
  void onlyTheSumOverPlacesIsALikelihood() throws IOException {
    Loss sum = Losses.crossEntropy();
    Loss mean = (output, labels) -> Ops.scale(sum.of(output, labels), 1 / 256.0);
    double[] accuracies = new double[2];
    double[] divergences = new double[2];
    for (int i = 0; i < 2; i++) {
      Sequential model = segmenter();
      Trainer.of(model, i == 0 ? sum : mean, Dataset.of(IMAGES, classes(), 3))
          .epochs(150)
          .batchSize(10)
          .learningRate(0.05)
          .build()
          .fit();
      int[] answers = MonteCarlo.of(model).classify(IMAGES).classes();
      int[] labels = classes().dup('c').data().asInt();
      for (int at = 0; at < labels.length; at++) {
        accuracies[i] += answers[at] == labels[at] ? 1.0 / labels.length : 0;
      }
      divergences[i] = Kl.value(model);
    }
    assertThat(accuracies[0]).isGreaterThan(0.9);
    assertThat(accuracies[1]).isLessThan(accuracies[0] - 0.05);
    assertThat(divergences[0]).isGreaterThan(5 * divergences[1]);
  }

  private static Sequential lstm(int features) {
    VariationalSpec wide = SPEC.withInitialSigma(0.2);
    return Sequential.of(
        new LstmReparameterization(RecurrentSpec.of(features, 4), wide, Init.seeded(1)),
        new LinearFlipout(4, features, wide, Init.seeded(2)));
  }

  @Test
  void unitsAreTheTargetsOwn() throws IOException {
    INDArray x = Noise.seeded(5).normals(300, 1).muli(1000);
    INDArray y = x.mul(2).addi(Noise.seeded(6).normals(300, 1).muli(300)).addi(1e5);
    Sequential network = Sequential.of(new LinearFlipout(1, 2, SPEC, Init.seeded(1)));
    OutputsSnippets.Units units = OutputsSnippets.units(network, x, y);
    double best = Math.log(300) + 0.5 * Math.log(2 * Math.PI * Math.E);
    assertThat(units.nll()).isBetween(best - 0.2, best + 0.3);
    assertThat(units.scores().coverage()).isBetween(0.8, 0.99);
    assertThat(units.scores().width()).isBetween(800.0, 1500.0);
  }

  @Test
  void paddedSequencesAndForecasts() {
    OutputsSnippets.Reader reader = new OutputsSnippets.Reader();
    INDArray words = Nd4j.createFromArray(new float[][] {{3, 4, 0, 0}, {5, 6, 7, 8}});
    INDArray shorter = Nd4j.createFromArray(new float[][] {{3, 4}});
    INDArray padded = MonteCarlo.of(reader).outputs(words).slice(2).getRow(0);
    INDArray alone = MonteCarlo.of(reader).outputs(shorter).slice(2).getRow(0);
    assertThat(padded.sub(alone).amaxNumber().doubleValue()).isLessThan(1e-5);

    VariationalSpec wide = SPEC.withInitialSigma(0.2);
    Sequential gaussian =
        Sequential.of(
            new LstmReparameterization(RecurrentSpec.of(1, 4), wide, Init.seeded(1)),
            new LinearFlipout(4, 2, wide, Init.seeded(2)));
    INDArray history = Noise.seeded(3).normals(3, 5, 1);
    assertThat(OutputsSnippets.paths(lstm(1), gaussian, history).noisy().shape())
        .containsExactly(30, 3, 24, 2);
    List<Var> parts =
        OutputsSnippets.parts(
            lstm(1), Noise.seeded(4), List.of(Var.constant(history), Var.constant(history)));
    assertThat(parts.get(0).value()).isNotEqualTo(parts.get(1).value());
  }
}
