package io.bayes4j.docs;

import io.bayes4j.convert.Conversion;
import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.convert.LayerFilter;
import io.bayes4j.convert.Moped;
import io.bayes4j.core.uncertainty.RefusalCriterion;
import io.bayes4j.core.uncertainty.RefusalReport;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Recurrent;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.predict.PreparedPredictor;
import io.bayes4j.layers.predict.RegressionPrediction;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.quant.ActivationRange;
import io.bayes4j.quant.Quantization;
import io.bayes4j.quant.QuantizationOptions;
import io.bayes4j.quant.QuantizationReport;
import io.bayes4j.quant.Quantizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What docs/quickstart.md shows; each region is a block of code there. */
final class QuickstartSnippets {
  private QuickstartSnippets() {}

  static Sequential build(int inputs, int classes) {
    // region build
    VariationalSpec spec = VariationalSpec.defaults();
    Init init = Init.seeded(1);
    Sequential model =
        Sequential.of(
            new LinearFlipout(inputs, 64, spec, init),
            Activation.RELU,
            new LinearFlipout(64, classes, spec, init));
    // endregion
    return model;
  }

  static List<EpochRecord> train(Layer model, INDArray x, int[] labels, int classes)
      throws IOException {
    // region train
    Dataset data = Dataset.of(x, labels, classes);
    List<EpochRecord> history =
        Trainer.of(model, Losses.crossEntropy(), data)
            .epochs(30)
            .batchSize(32)
            .learningRate(0.01)
            .seed(1)
            .build()
            .fit();
    // endregion
    return history;
  }

  static RefusalReport refuse(
      Layer model, INDArray heldOut, int[] labels, INDArray x, int[] truth) {
    // region refuse
    MonteCarlo predictor = MonteCarlo.of(model).samples(50);
    RefusalRule rule =
        RefusalRule.calibrateForAccuracy(
            RefusalCriterion.MEDIAN_ABOVE,
            predictor.classify(heldOut).probabilities(),
            labels,
            0.99);

    Prediction prediction = predictor.classify(x);
    int[] answers = prediction.decide(rule); // RefusalRule.REFUSED (-1) says "I don't know"
    // endregion
    return RefusalReport.of(answers, truth);
  }

  static Sequential plain(int inputs, int classes) {
    Init init = Init.seeded(1);
    return Sequential.of(
        new Linear(inputs, 64, init), Activation.RELU, new Linear(64, classes, init));
  }

  static ConversionOptions rules() {
    // region rules
    ConversionOptions options =
        ConversionOptions.flipout()
            .forLayers(Recurrent.class, l -> l.withEstimator(Estimator.REPARAMETERIZATION))
            .forLayers(
                "head\\..*", l -> l.withPrior(GaussianPrior.of(0, 0.1)).withInitialSigma(0.01));
    // endregion
    return options;
  }

  static Conversion convert(Layer model) {
    // region convert
    Conversion conversion =
        DnnToBnn.convert(model, ConversionOptions.flipout().withMoped(Moped.of(0.1)));
    Layer bayesian = conversion.model();
    String report = conversion.report().toString(); // a line for each layer with weights
    // endregion
    if (bayesian != model || report.isEmpty()) {
      throw new AssertionError("a block is converted in place, and there is a report");
    }
    return conversion;
  }

  static RegressionPrediction regress(INDArray x, INDArray y, INDArray questions)
      throws IOException {
    // region regress
    VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(0.02);
    Init init = Init.seeded(1);
    Sequential model =
        Sequential.of(
            new LinearFlipout(1, 64, spec, init),
            Activation.TANH,
            new LinearFlipout(64, 2, spec, init)); // mean and spread of one target
    Trainer.of(model, Losses.gaussianNll(), Dataset.of(x, y))
        .epochs(60)
        .batchSize(100)
        .learningRate(Schedule.cosine(0.03, 0.003, 60))
        .build()
        .fit();
    RegressionPrediction prediction = MonteCarlo.of(model).samples(100).regress(questions);
    INDArray best = prediction.mean();
    INDArray unknown = prediction.epistemicVariance(); // more data would shrink it
    INDArray noise = prediction.aleatoricVariance(); // no data will
    // endregion
    return best.length() == unknown.length() && unknown.length() == noise.length()
        ? prediction
        : null;
  }

  static Map<String, String> saveAndLoad(Layer model, Layer fresh, Path file) throws IOException {
    // region save
    Checkpoint.save(model, file, Map.of("trained on", "two halves of a cloud"));
    // endregion
    // region load
    Map<String, String> words = Checkpoint.load(fresh, file);
    // endregion
    return words;
  }

  static List<EpochRecord> resume(Layer model, Dataset data, Path file, int epochs)
      throws IOException {
    // region resume
    List<EpochRecord> history =
        Trainer.of(model, Losses.crossEntropy(), data)
            .epochs(epochs)
            .checkpoint(file)
            .resume()
            .build()
            .fit();
    // endregion
    return history;
  }

  static Prediction serve(Layer model, INDArray request) {
    Prediction served;
    // region serve
    try (PreparedPredictor predictor = MonteCarlo.of(model).samples(30).prepared(2)) {
      served = predictor.classify(request);
    }
    // endregion
    return served;
  }

  static Quantization quantize(Layer model, Dataset data, Supplier<Layer> architecture) {
    // region quantize
    Quantization quantization = Quantizer.calibrate(model, data).quantize(architecture);
    Layer int8 = quantization.model();
    String report = quantization.report().toString();
    // endregion
    return new Quantization(
        int8, report.isEmpty() ? new QuantizationReport(List.of()) : quantization.report());
  }

  static Layer quantize(
      Layer model, Dataset data, Supplier<Layer> architecture, LayerFilter layers) {
    // region options
    QuantizationOptions options =
        QuantizationOptions.defaults()
            .withLayers(layers)
            .withRange(ActivationRange.percentile())
            .withCalibration(8, 4, 64) // draws, batches, examples of a batch
            .withCoveredSigmas(5);
    Layer int8 = Quantizer.calibrate(model, data).quantize(architecture, options).model();
    // endregion
    return int8;
  }
}
