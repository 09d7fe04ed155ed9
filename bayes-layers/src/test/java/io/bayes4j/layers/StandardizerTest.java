package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.RegressionPrediction;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

class StandardizerTest {
  private static final INDArray X =
      Samples.normals(1, 50, 3).muliRowVector(row(2, 0.001, 0)).addiRowVector(row(5, -7, 0.1));

  private static INDArray row(double... numbers) {
    return Samples.array(new long[] {1, numbers.length}, numbers);
  }

  @Test
  void everyColumnGetsMeanZeroAndSpreadOneAndAConstantOneZero() {
    INDArray z = Standardizer.fit(X).apply(X);
    for (int f = 0; f < 2; f++) {
      INDArray column = z.getColumn(f).dup();
      assertThat(column.meanNumber().doubleValue()).isCloseTo(0, within(1e-3));
      assertThat(column.mul(column).meanNumber().doubleValue()).isCloseTo(1, within(1e-3));
    }
    assertThat(Doubles.of(z.getColumn(2).dup())).containsOnly(0);
    Standardizer fitted = Standardizer.fit(X);
    assertThat(fitted.scale().getDouble(2)).isEqualTo(1);
    Doubles.assertClose("inverted", fitted.invert(fitted.apply(X)), X, 1e-5);
    Doubles.assertClose(
        "as a layer", fitted.forward(Var.constant(X), Pass.mean()).value(), fitted.apply(X), 0);
    Var leaf = Var.leaf(Samples.normals(2, 4, 3));
    Standardizer smooth = Standardizer.fit(Samples.normals(3, 20, 3));
    GradientCheck.of(() -> smooth.forward(leaf, Pass.mean())).run(leaf);
  }

  @Test
  void channelsOfImagesAndFeaturesOfSequences() {
    INDArray images = Samples.normals(2, 6, 2, 3, 4);
    images.muli(3).addi(1);
    INDArray z = Standardizer.fit(images).apply(images);
    for (int c = 0; c < 2; c++) {
      INDArray channel = z.tensorAlongDimension(c, 0, 2, 3).dup();
      assertThat(channel.meanNumber().doubleValue()).isCloseTo(0, within(1e-5));
      assertThat(channel.stdNumber(false).doubleValue()).isCloseTo(1, within(1e-5));
    }
    INDArray sequences = images.reshape(6, 6, 4);
    Standardizer last = Standardizer.fit(sequences, 2);
    assertThat(last.features()).isEqualTo(4);
    Doubles.assertClose("inverted", last.invert(last.apply(sequences)), sequences, 1e-5);
  }

  /** A wide offset leaves the digits that a float has. */
  @Test
  void numbersFarFromZeroKeepTheirSpread() {
    INDArray far = Samples.array(new long[] {4, 1}, 1e7, 1e7 + 1, 1e7 + 2, 1e7 + 3);
    Standardizer fitted = Standardizer.fit(far);
    assertThat(fitted.scale().getDouble(0)).isCloseTo(Math.sqrt(1.25), within(1e-6));
    INDArray tenths = Samples.array(new long[] {3, 1}, 0.1, 0.1, 0.1);
    assertThat(Standardizer.fit(tenths).scale().getDouble(0)).isEqualTo(1);
  }

  @Test
  void itIsSavedWithTheModelAndTakesPredictionsBack(@TempDir Path folder) throws IOException {
    INDArray y = Samples.normals(5, 50, 2).muli(30).addi(400);
    VariationalSpec spec = VariationalSpec.defaults();
    Standardized model =
        new Standardized(
            Standardizer.fit(X),
            new LinearReparameterization(3, 4, spec, Init.seeded(1)),
            Standardizer.fit(y));
    Path file = folder.resolve("model.safetensors");
    Checkpoint.save(model, file, Map.of());
    Standardized loaded =
        new Standardized(
            Standardizer.identity(3),
            new LinearReparameterization(3, 4, spec, Init.seeded(2)),
            Standardizer.identity(2));
    Checkpoint.load(loaded, file);
    RegressionPrediction raw = MonteCarlo.of(model).samples(7).regress(X);
    RegressionPrediction prediction =
        MonteCarlo.of(loaded).samples(7).regress(X).unstandardized(loaded.targets());
    for (int d = 0; d < 2; d++) {
      double scale = model.targets().scale().getDouble(d);
      double mean = model.targets().mean().getDouble(d);
      assertThat(prediction.mean().getDouble(3, d))
          .isCloseTo(raw.mean().getDouble(3, d) * scale + mean, within(1e-2));
      assertThat(prediction.totalVariance().getDouble(3, d))
          .isCloseTo(raw.totalVariance().getDouble(3, d) * scale * scale, within(0.5));
    }
    double jacobian =
        Math.log(model.targets().scale().getDouble(0))
            + Math.log(model.targets().scale().getDouble(1));
    assertThat(prediction.negativeLogLikelihood(y))
        .isCloseTo(raw.negativeLogLikelihood(model.targets().apply(y)) + jacobian, within(1e-3));
    assertThat(prediction.coverage(y, 0.8)).isEqualTo(raw.coverage(model.targets().apply(y), 0.8));
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Standardizer.fit(Samples.normals(1, 4)))
        .withMessage("axis must be in [1, 1) for data of shape [4], got 1");
    assertThatIllegalArgumentException().isThrownBy(() -> Standardizer.fit(X, 0));
    INDArray bad = X.dup();
    bad.putScalar(2, Double.NaN);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Standardizer.fit(bad))
        .withMessageContaining("data");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Standardizer.fit(X).apply(Samples.normals(1, 2, 4)))
        .withMessage("x must have 3 features on axis 1, got shape [2, 4]");
    assertThatIllegalArgumentException().isThrownBy(() -> Standardizer.identity(0));
  }
}
