package io.bayes4j.layers.environment;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Activations;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.uncertainty.ClassificationEvaluator;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.ScaleMixturePrior;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.AttentionMask;
import io.bayes4j.layers.AttentionSpec;
import io.bayes4j.layers.AvgPool2d;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.Conv1d;
import io.bayes4j.layers.Conv3d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.ConvTranspose2d;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Embedding;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.GlobalAvgPool;
import io.bayes4j.layers.GroupNorm;
import io.bayes4j.layers.Gru;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LayerNorm;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Lstm;
import io.bayes4j.layers.MaxPool2d;
import io.bayes4j.layers.MultiheadAttention;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.PassControl;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.TransformerEncoder;
import io.bayes4j.layers.TransformerSpec;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.io.SafeTensors;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.loss.AlignmentLosses;
import io.bayes4j.layers.loss.Loss;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.optim.Sgd;
import io.bayes4j.layers.posterior.Ensemble;
import io.bayes4j.layers.posterior.LaplaceCovariance;
import io.bayes4j.layers.posterior.LastLayerLaplace;
import io.bayes4j.layers.posterior.Likelihood;
import io.bayes4j.layers.posterior.SignalToNoise;
import io.bayes4j.layers.posterior.SwagCollector;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.MonteCarloDropout;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.predict.RegressionPrediction;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.Conv2dFlipout;
import io.bayes4j.layers.variational.Conv2dReparameterization;
import io.bayes4j.layers.variational.EmbeddingReparameterization;
import io.bayes4j.layers.variational.GruReparameterization;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.LinearLocalReparameterization;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.LstmFlipout;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What users do, once and small: models of every kind of layer built, trained, saved and asked. */
final class Journeys {
  static final int EXAMPLES = 12;
  private static final VariationalSpec SPEC = VariationalSpec.defaults().withInitialSigma(0.1);

  private Journeys() {}

  /** What the caller hands in, by name: in whatever memory the caller likes. */
  static Map<String, INDArray> inputs() {
    Map<String, INDArray> all = new LinkedHashMap<>();
    all.put("rows", Noise.seeded(1).normals(EXAMPLES, 6));
    all.put("images", Noise.seeded(2).normals(EXAMPLES, 2, 5, 5));
    all.put("signals", Noise.seeded(3).normals(4, 3, 7));
    all.put("volumes", Noise.seeded(4).normals(2, 2, 3, 4, 3));
    all.put("sequences", Noise.seeded(5).normals(3, 4, 6));
    all.put("targets", Noise.seeded(6).normals(EXAMPLES, 2));
    float[] tokens = new float[12];
    float[] ignored = new float[12];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = i * 5 % 7;
      ignored[i] = i % 4 == 3 ? 1 : 0;
    }
    all.put("tokens", Var.constant(noiseless(tokens, 3, 4)).value());
    all.put("ignored", noiseless(ignored, 3, 4));
    return all;
  }

  private static INDArray noiseless(float[] numbers, long... shape) {
    INDArray array = Noise.seeded(0).normals(shape);
    for (int i = 0; i < numbers.length; i++) {
      array.data().put(i, numbers[i]);
    }
    return array;
  }

  /** Runs all of it. */
  static void run(Map<String, INDArray> in, Path folder, Results results) {
    layers(in, results);
    losses(in, results);
    try {
      training(in, folder, results);
      posteriors(in, folder, results);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every kind of layer: output and gradients of a pass of training, and a prediction. */
  private static void layers(Map<String, INDArray> in, Results results) {
    kinds().forEach((name, kind) -> passes(name, kind.layer, in.get(kind.input), results));
    MultiheadAttention attention = new MultiheadAttention(AttentionSpec.of(6, 2), Init.seeded(7));
    Var x = Var.leaf(in.get("sequences"));
    AttentionMask mask =
        AttentionMask.causal()
            .withKeyPadding(in.get("ignored"))
            .withScores(Noise.seeded(8).normals(4, 4));
    Var y = attention.attend(x, x, x, mask, Pass.mean());
    results.put("masked attention", y.value());
    results.put("its gradient", Gradients.of(Ops.sum(Ops.square(y))).get(x));
    GaussianPosterior posterior =
        GaussianPosterior.ofSigma(
            in.get("rows"), GaussianPosterior.ofRho(in.get("rows"), -1).sigma());
    results.put("a draw", posterior.sample(Noise.seeded(9)).value());
    results.put("its ReLU", Activations.relu(posterior.mean()).value());
    results.put(
        "a product of constants", Ops.mul(Var.constant(in.get("rows")), Var.constant(2)).value());
    results.put(
        "broadcast",
        Ops.add(Var.constant(in.get("images")), Var.constant(Noise.seeded(3).normals(2, 1, 1)))
            .value());
  }

  private record Kind(String input, Layer layer) {}

  private static Map<String, Kind> kinds() {
    Init init = Init.seeded(11);
    Map<String, Kind> kinds = new LinkedHashMap<>();
    kinds.put("linear", new Kind("rows", Sequential.of(new Linear(6, 4, init), Activation.GELU)));
    kinds.put("flipout", new Kind("rows", new LinearFlipout(6, 4, SPEC, init)));
    kinds.put(
        "mixture prior",
        new Kind(
            "rows",
            new LinearReparameterization(
                6, 4, SPEC.withPrior(new ScaleMixturePrior(0.3, 1, 0.1)), init)));
    kinds.put("local", new Kind("rows", new LinearLocalReparameterization(6, 4, SPEC, init)));
    kinds.put(
        "norms of rows",
        new Kind(
            "rows",
            Sequential.of(
                new BatchNorm1d(6), new LayerNorm(6), new Dropout(0.4), Activation.SILU)));
    kinds.put(
        "conv1d", new Kind("signals", new Conv1d(ConvSpec.conv1d(3, 4, 3).withDilation(2), init)));
    ConvSpec groups = ConvSpec.conv2d(2, 4, 3).withPadding(1).withGroups(2);
    kinds.put(
        "conv2d",
        new Kind(
            "images",
            Sequential.of(
                new Conv2dFlipout(groups, SPEC, init),
                new BatchNorm2d(4),
                Activation.RELU,
                new MaxPool2d(2),
                new GroupNorm(2, 4),
                new AvgPool2d(2),
                new GlobalAvgPool())));
    kinds.put(
        "conv2d without groups",
        new Kind(
            "images",
            Sequential.of(
                new Conv2dReparameterization(ConvSpec.conv2d(2, 4, 3), SPEC, init),
                new ConvTranspose2d(ConvSpec.conv2d(4, 2, 3).withStride(2), init),
                Activation.TANH)));
    kinds.put(
        "conv3d", new Kind("volumes", new Conv3d(ConvSpec.conv3d(2, 3, 2).withPadding(1), init)));
    RecurrentSpec deep = RecurrentSpec.of(6, 3).withLayers(2).withBidirectional().withDropout(0.2);
    kinds.put("lstm", new Kind("sequences", new Lstm(deep, init)));
    kinds.put("gru", new Kind("sequences", new Gru(deep, init)));
    kinds.put("lstm flipout", new Kind("sequences", new LstmFlipout(6, 3, SPEC, init)));
    kinds.put(
        "gru reparameterization",
        new Kind("sequences", new GruReparameterization(6, 3, SPEC, init)));
    kinds.put("embedding", new Kind("tokens", new Embedding(7, 3, init)));
    kinds.put(
        "variational embedding",
        new Kind("tokens", new EmbeddingReparameterization(7, 3, SPEC, init)));
    kinds.put(
        "transformer",
        new Kind(
            "sequences",
            new TransformerEncoder(
                TransformerSpec.of(6, 2).withFeedforward(5).withDropout(0.1), 2, true, init)));
    return kinds;
  }

  private static void passes(String name, Layer layer, INDArray input, Results results) {
    Pass pass = Pass.train(Noise.seeded(12));
    Var y = pass.run(layer, Var.constant(input));
    results.put(name, y.value());
    Var loss = Ops.add(Ops.mean(Ops.square(y)), Kl.of(layer, Noise.seeded(13)));
    Gradients gradients = Gradients.of(loss);
    for (Map.Entry<String, Parameter> entry : Layers.parameters(layer).entrySet()) {
      if (gradients.reaches(entry.getValue().var())) {
        results.put(name + "." + entry.getKey(), gradients.get(entry.getValue()));
      }
    }
    PassControl.commit(pass);
    results.put(name + " predicted", MonteCarlo.of(layer).samples(2).outputs(input));
  }

  private static void losses(Map<String, INDArray> in, Results results) {
    Map<String, Loss> classes = new LinkedHashMap<>();
    classes.put("cross entropy", Losses.crossEntropy());
    classes.put("AvU", AlignmentLosses.accuracyVersusUncertainty(0.6));
    classes.put("AUAvU", AlignmentLosses.areaUnderAccuracyVersusUncertainty());
    INDArray numbers = data(in).batch(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11).targets();
    classes.forEach((name, loss) -> loss(name, loss, in.get("rows"), numbers, results));
    Map<String, Loss> regression = new LinkedHashMap<>();
    regression.put("squared error", Losses.meanSquaredError());
    regression.put("Gaussian, known sigma", Losses.gaussianNll(0.5));
    regression.forEach(
        (name, loss) -> loss(name, loss, in.get("targets"), in.get("targets"), results));
    INDArray four = Noise.seeded(14).normals(EXAMPLES, 4);
    loss("Gaussian", Losses.gaussianNll(), four, in.get("targets"), results);
    loss("EaU", AlignmentLosses.errorAlignedUncertainty(1, 0.8), four, in.get("targets"), results);
  }

  private static void loss(
      String name, Loss loss, INDArray output, INDArray targets, Results results) {
    Var x = Var.leaf(output);
    Var value = loss.of(x, targets);
    results.put(name, value.value());
    results.put(name + " gradient", Gradients.of(value).get(x));
    loss.metrics(output, targets).forEach((metric, number) -> results.put(name + metric, number));
  }

  private static Dataset data(Map<String, INDArray> in) {
    int[] labels = new int[EXAMPLES];
    for (int i = 0; i < EXAMPLES; i++) {
      labels[i] = in.get("rows").getDouble(i, 0) > 0 ? 1 : 0;
    }
    return Dataset.of(in.get("rows"), labels, 2);
  }

  private static Sequential classifier(long seed) {
    Init init = Init.seeded(seed);
    return Sequential.of(
        new LinearFlipout(6, 8, SPEC, init),
        new BatchNorm1d(8),
        Activation.RELU,
        new Dropout(0.1),
        new Linear(8, 2, init));
  }

  private static Sequential plainClassifier() {
    Init init = Init.seeded(33);
    return Sequential.of(
        new Linear(6, 8, init),
        new BatchNorm1d(8),
        Activation.RELU,
        new Dropout(0.1),
        new Linear(8, 2, init));
  }

  private static void training(Map<String, INDArray> in, Path folder, Results results)
      throws IOException {
    Path file = folder.resolve("run.safetensors");
    Sequential model = classifier(20);
    trainer(model, data(in)).epochs(1).checkpoint(file).build().fit();
    Sequential resumed = classifier(20);
    List<EpochRecord> history =
        trainer(resumed, data(in)).epochs(2).checkpoint(file).resume().build().fit();
    history.forEach(epoch -> results.put("epoch " + epoch.epoch(), epoch.loss()));
    StateDict.of(resumed).forEach(results::put);
    Path saved = folder.resolve("model.safetensors");
    Checkpoint.save(resumed, saved);
    Sequential loaded = classifier(21);
    Checkpoint.load(loaded, saved);
    results.put("loaded", MonteCarlo.atMean(loaded).outputs(in.get("rows")));
    SafeTensors.read(saved).tensors().forEach((name, array) -> results.put("read " + name, array));
    results.put("KL", Kl.value(loaded));
    Trainer.of(
            new Lstm(6, 2, Init.seeded(2)),
            (y, t) -> Ops.mean(Ops.square(y)),
            Dataset.of(in.get("sequences"), in.get("ignored")))
        .optimizer(parameters -> new Sgd(parameters, 0.9, 0))
        .batchSize(2)
        .epochs(1)
        .build()
        .fit()
        .forEach(epoch -> results.put("lstm epoch", epoch.loss()));
  }

  private static Trainer.Builder trainer(Sequential model, Dataset data) {
    return Trainer.of(model, Losses.crossEntropy(), data)
        .batchSize(4)
        .seed(3)
        .learningRate(Schedule.constant(0.02))
        .clipNorm(1)
        .validation(
            m ->
                Map.of(
                    "mean",
                    MonteCarlo.of(m).samples(2).outputs(data.batch(0).inputs()).getDouble(0)));
  }

  private static void posteriors(Map<String, INDArray> in, Path folder, Results results)
      throws IOException {
    Sequential model = classifier(30);
    trainer(model, data(in)).epochs(2).build().fit();
    Sequential plain = plainClassifier();
    SwagCollector swag = SwagCollector.of(plain).rank(2);
    trainer(plain, data(in)).epochs(3).listener(swag).build().fit();
    Map<String, Predictor> ways = new LinkedHashMap<>();
    ways.put("Monte Carlo", MonteCarlo.of(model).samples(3).batchSize(5));
    ways.put("dropout", MonteCarloDropout.of(model).samples(3));
    ways.put("SWAG", swag.posterior(data(in)).samples(2));
    for (LaplaceCovariance covariance : LaplaceCovariance.values()) {
      LastLayerLaplace laplace =
          LastLayerLaplace.fit(plain, data(in), Likelihood.classes(), covariance).samples(3);
      ways.put("Laplace " + covariance, laplace);
      results.put("variance " + covariance, laplace.variance(in.get("rows")));
      results.put("probit " + covariance, laplace.probit().outputs(in.get("rows")));
    }
    Ensemble ensemble = Ensemble.of(List.of(classifier(31), classifier(32)));
    ensemble.save(folder.resolve("ensemble.safetensors"));
    ways.put("ensemble", ensemble);
    ways.forEach((name, way) -> predictions(name, way, in.get("rows"), results));
    SignalToNoise.of(model).forEach((name, array) -> results.put("ratio " + name, array));
    SignalToNoise.prune(model, 0.5);
    results.put("pruned", MonteCarlo.of(model).samples(2).outputs(in.get("rows")));
  }

  private static void predictions(String name, Predictor way, INDArray x, Results results) {
    Prediction prediction = way.classify(x);
    results.put(name, prediction.probabilities());
    results.put(name + " mean", prediction.mean());
    results.put(name + " mutual information", prediction.mutualInformation());
    results.put(name + " quantile", prediction.quantile(0.3));
    int[] labels = prediction.classes();
    results.put(name + " ECE", Calibration.ece(prediction.mean(), labels));
    results.put(
        name + " scores",
        new ClassificationEvaluator().add(prediction.mean(), labels).scores().accuracy());
    RegressionPrediction regression = way.regress(x);
    results.put(name + " deviation", regression.standardDeviation());
    results.put(name + " upper", regression.interval(0.9).upper());
    results.put(name + " total", way.regress(x, 0.3).totalVariance());
  }

  /** A prior with one number an element, kept and asked for again. */
  static GaussianPrior prior(INDArray mean) {
    return GaussianPrior.of(mean, GaussianPosterior.ofRho(mean, 0).sigma());
  }

  static Sequential model() {
    Init init = Init.seeded(40);
    return Sequential.of(
        new Conv2dFlipout(ConvSpec.conv2d(2, 4, 3), SPEC, init),
        new BatchNorm2d(4),
        Activation.RELU,
        new Flatten(),
        new LinearReparameterization(36, 3, SPEC, init));
  }
}
