package io.bayes4j.docs;

import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.predict.RegressionPrediction;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.report.Pictures;
import io.bayes4j.report.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What docs/report.md shows; each region is a block of code there. */
final class ReportSnippets {
  private ReportSnippets() {}

  static void brief(Layer model, INDArray images, int... labels) throws IOException {
    // region short
    Prediction prediction = MonteCarlo.of(model).classify(images);
    Report.of(prediction, labels).write(Path.of("report.html"));
    // endregion
  }

  static void whole(
      Prediction prediction,
      int[] labels,
      RefusalRule rule,
      INDArray images,
      Prediction noise,
      Prediction plants,
      Prediction before,
      List<EpochRecord> history)
      throws IOException {
    // region whole
    Report.of(prediction, labels)
        .title("Which animal is it?")
        .examplesAre("photographs")
        .classes(List.of("cat", "dog"))
        .rule(rule, "The limit answers 95 % of the validation photographs.")
        .pictures(Pictures.of(images)) // [N, 1 or 3, H, W], any size
        .against("white noise", noise)
        .against("plants", plants)
        .compare("32-bit weights", before)
        .history(history) // what Trainer.fit() returned
        .fact("Seed", "1")
        .write(Path.of("report", "index.html"));
    // endregion
  }

  static void numbers(
      Layer model,
      INDArray x,
      INDArray targets,
      double[] years,
      double[] pastYears,
      double[] pastValues)
      throws IOException {
    // region numbers
    RegressionPrediction prediction = MonteCarlo.of(model).regress(x);
    Report.of(prediction, targets)
        .along(years, "year")
        .outputs(List.of("CO2, ppm"))
        .learnedFrom(pastYears, pastValues)
        .write(Path.of("report.html"));
    // endregion
  }
}
