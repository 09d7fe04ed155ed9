package io.bayes4j.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.convert.Moped;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.ClassificationEvaluator;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.core.uncertainty.OutOfDistribution;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.TorchStateDict;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.train.TrainingListener;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Makes a ResNet-20 that PyTorch trained on CIFAR-10 Bayesian by MOPED, trains it on with the ELBO,
 * and prints one JSON line for the plain network, for the converted one and after each epoch:
 * accuracy, calibration, and how well uncertainty tells a noisy copy of the test images from them.
 *
 * <p>Usage: {@code benchmarks/run cifar DATA WEIGHTS [NAME=VALUE ...]}, with DATA the folder of the
 * data set's binary version, uncompressed, WEIGHTS as .npz or .safetensors, and the names of {@link
 * Options}.
 */
final class CifarTraining {
  private static final int SAMPLES = 20;

  /** Of the noise that is added to the test images, in units of the pixels' deviations. */
  private static final double SHIFT = 0.2;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Options options;
  private final CifarBatch test;
  private final INDArray shifted;

  private CifarTraining(Options options, CifarBatch test) {
    this.options = options;
    this.test = test;
    INDArray noise = Noise.seeded(99).normals(test.images().shape());
    this.shifted = test.images().add(noise.muli(SHIFT));
  }

  /**
   * What can be chosen.
   *
   * @param epochs times that the training images are seen
   * @param precision F32 or BF16
   * @param estimator REPARAMETERIZATION, FLIPOUT or LOCAL_REPARAMETERIZATION
   * @param delta MOPED's spread relative to a weight
   * @param sigma spread of the prior, whose means are the trained weights
   * @param beta weight of the KL divergence
   * @param rate learning rate
   * @param images number of test images
   */
  record Options(
      int epochs,
      Precision precision,
      Estimator estimator,
      double delta,
      double sigma,
      double beta,
      double rate,
      int images) {
    static Options parse(Map<String, String> given) {
      Map<String, String> all = new LinkedHashMap<>();
      all.put("epochs", "3");
      all.put("precision", "F32");
      all.put("estimator", "REPARAMETERIZATION");
      all.put("delta", "0.1");
      all.put("sigma", "0.05");
      all.put("beta", "1");
      all.put("rate", "0.0003");
      all.put("images", "10000");
      given.forEach(
          (name, value) ->
              Require.argument(
                  all.replace(name, value) != null, "name must be one of %s, got %s", all, name));
      return new Options(
          Integer.parseInt(all.get("epochs")),
          Precision.valueOf(all.get("precision")),
          Estimator.valueOf(all.get("estimator")),
          Double.parseDouble(all.get("delta")),
          Double.parseDouble(all.get("sigma")),
          Double.parseDouble(all.get("beta")),
          Double.parseDouble(all.get("rate")),
          Integer.parseInt(all.get("images")));
    }
  }

  public static void main(String[] args) throws IOException {
    Require.argument(args.length >= 2, "arguments must be DATA WEIGHTS [NAME=VALUE ...]");
    Map<String, String> given = new LinkedHashMap<>();
    for (int i = 2; i < args.length; i++) {
      String[] pair = args[i].split("=", 2);
      Require.argument(pair.length == 2, "option must be NAME=VALUE, got %s", args[i]);
      given.put(pair[0], pair[1]);
    }
    Options options = Options.parse(given);
    Path data = Path.of(args[0]);
    CifarBatch test = CifarBatch.read(data.resolve("test_batch.bin")).first(options.images);
    new CifarTraining(options, test).run(CifarImages.training(data), Path.of(args[1]));
  }

  private void run(CifarImages training, Path weights) throws IOException {
    Layer model = Zoo.cifarResNet(LayerFactory.deterministic(Init.seeded(0)), 20, 10);
    TorchStateDict.load(model, weights);
    print("deterministic", MonteCarlo.atMean(model), Map.of());
    ConversionOptions conversion =
        ConversionOptions.of(options.estimator)
            .withSpec(VariationalSpec.defaults().withPrior(GaussianPrior.of(0, options.sigma)))
            .withMoped(Moped.of(options.delta));
    Layer bayesian = DnnToBnn.convert(model, conversion).model();
    MonteCarlo predictor = MonteCarlo.of(bayesian).samples(SAMPLES).precision(options.precision);
    print("MOPED", predictor, Map.of("options", options.toString()));
    Trainer.of(bayesian, Losses.crossEntropy(), training)
        .epochs(options.epochs)
        .seed(1)
        .beta(Schedule.constant(options.beta))
        .learningRate(Schedule.constant(options.rate))
        .precision(options.precision)
        .validation(
            ignored -> {
              print("trained", predictor, Map.of());
              return Map.of();
            })
        .listener(
            new TrainingListener() {
              @Override
              public void epoch(EpochRecord record) {
                writeLine(Map.of("trained", record));
              }
            })
        .build()
        .fit();
  }

  private void print(String network, MonteCarlo predictor, Map<String, Object> more) {
    long start = System.nanoTime();
    Prediction known = predictor.classify(test.images());
    double seconds = (System.nanoTime() - start) / 1e9;
    Prediction moved = predictor.classify(shifted);
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("network", network);
    line.put("kernels", Kernels.provider().name());
    line.putAll(more);
    putScores(line, "", known);
    putScores(line, "shifted ", moved);
    line.put(
        "AUROC of predictive entropy", OutOfDistribution.auroc(entropies(known), entropies(moved)));
    line.put("seconds to predict", seconds);
    writeLine(line);
  }

  private static double[] entropies(Prediction prediction) {
    return prediction.predictiveEntropy().dup('c').data().asDouble();
  }

  private void putScores(Map<String, Object> line, String prefix, Prediction prediction) {
    ClassificationScores scores =
        new ClassificationEvaluator().add(prediction.mean(), test.labels()).scores();
    line.put(prefix + "accuracy", scores.accuracy());
    line.put(prefix + "nll", scores.nll());
    line.put(prefix + "ece", scores.ece());
  }

  private static void writeLine(Map<String, Object> line) {
    try {
      System.out.println(JSON.writeValueAsString(line));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + line, e);
    }
  }
}
