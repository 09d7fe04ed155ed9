package io.bayes4j.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.predict.RegressionPrediction;
import io.bayes4j.layers.variational.Conv2dFlipout;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs what docs/measures.md shows, on a model that has learned nothing and is too sure. */
class MeasuresSnippetsTest {
  private static final int N = 200;

  private final Layer network =
      new LinearReparameterization(3, 2, VariationalSpec.defaults(), Init.seeded(1));
  private final Predictor model = x -> MonteCarlo.of(network).samples(5).outputs(x).muli(20);
  private final INDArray x = Noise.seeded(2).normals(N, 3);

  private static int[] labels() {
    return Arrays.stream(Noise.seeded(3).permutation(N)).map(i -> i % 2).toArray();
  }

  @Test
  void guessesThatAreSureAreNotHonest() {
    List<Double> numbers = new MeasuresSnippets(images -> labels()).evaluate(model, List.of(x, x));
    assertThat(numbers.get(0)).isBetween(0.2, 0.6);
    assertThat(numbers.get(1)).isBetween(0.15, 0.35);
  }

  @Test
  void scalingMakesThemHonest(@TempDir Path folder) throws IOException {
    Map.Entry<Predictor, Double> honest =
        MeasuresSnippets.scale(model, network, x, labels(), folder.resolve("m.safetensors"));
    assertThat(honest.getValue()).isGreaterThan(3);
    INDArray mean = honest.getKey().classify(x).mean();
    assertThat(Calibration.nll(mean, labels())).isCloseTo(Math.log(2), within(0.02));
    assertThat(Calibration.ece(mean, labels())).isLessThan(0.1);
  }

  @Test
  void numbersAreStretched() {
    INDArray targets = Noise.seeded(7).normals(N, 1).muli(100);
    RegressionPrediction before = model.regress(x);
    RegressionPrediction after = MeasuresSnippets.stretch(model, x, targets, x);
    assertThat(after.negativeLogLikelihood(targets))
        .isLessThan(before.negativeLogLikelihood(targets));
  }

  @Test
  void mapsAreMeasured() {
    Layer pixels =
        new Conv2dFlipout(ConvSpec.conv2d(2, 3, 1), VariationalSpec.defaults(), Init.seeded(4));
    INDArray images = Noise.seeded(5).normals(2, 2, 4, 4);
    INDArray labels = Noise.seeded(6).uniforms(2, 4, 4).muli(3).castTo(DataType.INT32);
    labels.putScalar(0, 255);
    List<Double> numbers = MeasuresSnippets.maps(pixels, images, labels);
    assertThat(numbers.get(0)).isPositive();
    assertThat(numbers.get(1)).isBetween(0.0, 1.0);
  }

  @Test
  void examplesAreChosenAndActionsTaken() {
    List<int[]> both = MeasuresSnippets.decide(model, x);
    assertThat(both.get(0)).hasSize(10).doesNotHaveDuplicates();
    assertThat(both.get(1)).hasSize(N).contains(1);
  }
}
