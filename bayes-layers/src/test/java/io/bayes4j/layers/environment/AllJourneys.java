package io.bayes4j.layers.environment;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.FeatureDensity;
import io.bayes4j.core.uncertainty.LogitScaling;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Gru;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Lstm;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.RecurrentOutput;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.SequenceLengths;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Standardizer;
import io.bayes4j.layers.io.TorchStateDict;
import io.bayes4j.layers.loss.Loss;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.posterior.LaplaceCovariance;
import io.bayes4j.layers.posterior.LastLayerLaplace;
import io.bayes4j.layers.posterior.Likelihood;
import io.bayes4j.layers.posterior.Swag;
import io.bayes4j.layers.posterior.SwagCollector;
import io.bayes4j.layers.predict.LabelPrediction;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.PreparedPredictor;
import io.bayes4j.layers.predict.RegressionPrediction;
import io.bayes4j.layers.predict.Rollout;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.Conv2dReparameterization;
import io.bayes4j.layers.variational.GruFlipout;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.LstmReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The main journeys and, behind them, those of fewer users. */
final class AllJourneys {
  private static final VariationalSpec SPEC = VariationalSpec.defaults().withInitialSigma(0.1);

  private AllJourneys() {}

  static void run(Map<String, INDArray> in, Path folder, Results results) {
    Journeys.run(in, folder, results);
    losses(in, results);
    measures(in, results);
    try {
      sequences(in, results);
      segmentation(in, results);
      saved(in, folder, results);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** 1 where a number is above zero, else 0. */
  private static INDArray greater(INDArray numbers) {
    INDArray signs = Noise.seeded(0).normals(numbers.shape());
    float[] given = Var.constant(numbers).value().dup('c').data().asFloat();
    for (int i = 0; i < given.length; i++) {
      signs.data().put(i, given[i] > 0 ? 1 : 0);
    }
    return signs;
  }

  private static void losses(Map<String, INDArray> in, Results results) {
    INDArray labels = greater(in.get("targets"));
    INDArray weights = greater(Noise.seeded(1).normals(Journeys.EXAMPLES));
    loss("binary", Losses.binaryCrossEntropy(), in.get("targets"), labels, weights, results);
    loss(
        "weighted binary",
        Losses.binaryCrossEntropy().withPositiveWeights(2, 0.5),
        in.get("targets"),
        labels,
        weights,
        results);
    INDArray classes = greater(Noise.seeded(2).normals(Journeys.EXAMPLES, 5, 5));
    loss(
        "places",
        Losses.crossEntropy().withClassWeights(1, 3).withIgnoredLabel(1),
        in.get("images"),
        Dataset.of(in.get("images"), classes, 2)
            .batch(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
            .targets(),
        weights,
        results);
  }

  private static void loss(
      String name,
      Loss loss,
      INDArray output,
      INDArray targets,
      INDArray weights,
      Results results) {
    Var x = Var.leaf(output);
    Var value = loss.weighted(x, targets, weights);
    results.put(name, value.value());
    results.put(name + " gradient", Gradients.of(value).get(x));
    loss.metrics(output, targets).forEach((metric, number) -> results.put(name + metric, number));
  }

  /** What is computed from outputs, and standardized data. */
  private static void measures(Map<String, INDArray> in, Results results) {
    INDArray x = in.get("rows");
    Standardizer standardizer = Standardizer.fit(x);
    results.put("scale", standardizer.scale());
    results.put("standardized", standardizer.apply(x));
    results.put("restored", standardizer.invert(standardizer.apply(x)));
    int[] labels = new int[Journeys.EXAMPLES];
    Arrays.setAll(labels, i -> i % 6);
    INDArray logits = Ops.reshape(Var.constant(x), 1, Journeys.EXAMPLES, 6).value();
    results.put("temperature", LogitScaling.temperature(logits, labels).apply(logits));
    results.put("density", FeatureDensity.mahalanobis(x, labels, 6).scores(x));
    RegressionPrediction prediction =
        MonteCarlo.of(new LinearReparameterization(6, 2, SPEC, Init.seeded(8)))
            .samples(3)
            .regress(x, 0.5);
    results.put("width", prediction.width(0.9));
    results.put("sharpness", prediction.sharpness());
    results.put("coverage", prediction.coverage(in.get("targets"), 0.8));
    results.put("likelihood", prediction.negativeLogLikelihood(in.get("targets")));
    results.put("RMSE", prediction.rootMeanSquaredError(in.get("targets")));
  }

  /** Recurrent layers with lengths and states, and forecasts. */
  private static void sequences(Map<String, INDArray> in, Results results) throws IOException {
    RecurrentSpec spec = RecurrentSpec.of(6, 3).withBidirectional();
    SequenceLengths lengths = SequenceLengths.of(4, 1, 3);
    INDArray x = in.get("sequences");
    Lstm lstm = new Lstm(spec, Init.seeded(1));
    RecurrentOutput output = lstm.run(Var.constant(x), lengths, Pass.train(Noise.seeded(1)));
    results.put("lengths", output.output().value());
    results.put("last", lengths.last(output.output()).value());
    results.put("mean", lengths.mean(output.output()).value());
    results.put("cell", output.last().cell().value());
    Gradients gradients = Gradients.of(Ops.sum(Ops.square(output.output())));
    for (Map.Entry<String, Parameter> entry : lstm.parameters().entrySet()) {
      results.put("lengths." + entry.getKey(), gradients.get(entry.getValue()));
    }
    Gru gru = new Gru(6, 6, Init.seeded(2));
    Sequential bayesian =
        Sequential.of(
            new GruFlipout(6, 4, SPEC, Init.seeded(3)),
            new LstmReparameterization(4, 4, SPEC, Init.seeded(4)),
            new LinearReparameterization(4, 12, SPEC, Init.seeded(5)));
    Trainer.of(gru, Losses.meanSquaredError(), Dataset.of(x, x)).epochs(2).build().fit();
    results.put("forecast at the mean", Rollout.atMean(gru).forecast(x, 3));
    results.put(
        "forecast", Rollout.of(bayesian).samples(2).forecast(x, 3, Rollout.Feedback.gaussian()));
  }

  private static void segmentation(Map<String, INDArray> in, Results results) throws IOException {
    INDArray x = in.get("images");
    Sequential model =
        Sequential.of(
            new Conv2dReparameterization(
                ConvSpec.conv2d(2, 4, 3).withPadding(1), SPEC, Init.seeded(6)),
            Activation.RELU,
            new Conv2d(ConvSpec.conv2d(4, 2, 1), Init.seeded(7)));
    INDArray classes = greater(Noise.seeded(2).normals(Journeys.EXAMPLES, 5, 5));
    Trainer.of(model, Losses.crossEntropy(), Dataset.of(x, classes, 2))
        .batchSize(4)
        .learningRate(Schedule.constant(0.01))
        .epochs(2)
        .build()
        .fit()
        .forEach(epoch -> results.put("places " + epoch.epoch(), epoch.loss()));
    results.put("maps", MonteCarlo.of(model).samples(3).classify(x).mutualInformation());
    try (PreparedPredictor prepared = MonteCarlo.of(model).samples(3).prepared(2, 5, 5)) {
      results.put("prepared", prepared.outputs(x));
    }
  }

  private static void saved(Map<String, INDArray> in, Path folder, Results results)
      throws IOException {
    INDArray x = in.get("rows");
    Dataset data = Dataset.of(x, greater(in.get("targets")));
    Sequential model = labeller(1);
    SwagCollector collector = SwagCollector.of(model).rank(2);
    Trainer.of(model, Losses.binaryCrossEntropy(), data)
        .batchSize(4)
        .epochs(3)
        .listener(collector)
        .build()
        .fit();
    Path file = folder.resolve("swag.safetensors");
    collector.posterior().save(file);
    results.put("loaded SWAG", Swag.load(file, labeller(2)).samples(2).outputs(x));
    LastLayerLaplace laplace =
        LastLayerLaplace.fit(model, data, Likelihood.labels(), LaplaceCovariance.KRONECKER);
    Path other = folder.resolve("laplace.safetensors");
    laplace.save(other);
    results.put("loaded Laplace", LastLayerLaplace.load(other, labeller(3)).samples(3).outputs(x));
    results.put("evidence", laplace.logMarginalLikelihood());
    LabelPrediction labels = laplace.classifyLabels(x);
    results.put("labels", labels.mean());
    results.put("information on labels", labels.mutualInformation());
    results.put(
        "Gaussian Laplace",
        LastLayerLaplace.fit(
                model,
                Dataset.of(x, in.get("targets")),
                Likelihood.gaussian(0.5),
                LaplaceCovariance.FULL)
            .covariance(x));
    Map<String, INDArray> state = new LinkedHashMap<>();
    Layers.parameters(model).forEach((name, parameter) -> state.put(name, parameter.value()));
    Sequential fromTorch = labeller(4);
    TorchStateDict.load(fromTorch, state);
    results.put("from PyTorch", MonteCarlo.atMean(fromTorch).outputs(x));
  }

  private static Sequential labeller(long seed) {
    Init init = Init.seeded(seed);
    return Sequential.of(new Linear(6, 5, init), Activation.TANH, new Linear(5, 2, init));
  }
}
