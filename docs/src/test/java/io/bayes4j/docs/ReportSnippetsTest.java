package io.bayes4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs what docs/report.md shows; its pages go where the document says, and are taken away. */
class ReportSnippetsTest {
  private static final VariationalSpec SPEC = VariationalSpec.defaults();

  @AfterEach
  void takeAway() throws IOException {
    Files.deleteIfExists(Path.of("report.html"));
    Files.deleteIfExists(Path.of("report", "index.html"));
    Files.deleteIfExists(Path.of("report"));
  }

  @Test
  void writesAPageAboutClasses() throws IOException {
    INDArray images = Noise.seeded(1).uniforms(40, 3, 8, 8);
    int[] labels = new int[40];
    Sequential model =
        Sequential.of(new Flatten(), new LinearFlipout(192, 2, SPEC, Init.seeded(1)));

    ReportSnippets.brief(model, images, labels);
    assertThat(Path.of("report.html")).content().contains("of the 40 examples");

    Prediction prediction = MonteCarlo.of(model).classify(images);
    ReportSnippets.whole(
        prediction,
        labels,
        RefusalRule.meanAbove(0.5),
        images,
        prediction,
        prediction,
        prediction,
        List.of());
    assertThat(Path.of("report", "index.html"))
        .content()
        .contains("Which animal is it?", "white noise", "plants", "32-bit weights");
  }

  @Test
  void writesAPageAboutNumbers() throws IOException {
    Sequential model = Sequential.of(new LinearFlipout(1, 2, SPEC, Init.seeded(1)));
    double[] years = {2020, 2021, 2022};

    ReportSnippets.numbers(
        model,
        Noise.seeded(1).normals(3, 1),
        Noise.seeded(2).normals(3, 1),
        years,
        new double[] {2019},
        new double[] {1});

    assertThat(Path.of("report.html")).content().contains("CO2, ppm", "learned from");
  }
}
