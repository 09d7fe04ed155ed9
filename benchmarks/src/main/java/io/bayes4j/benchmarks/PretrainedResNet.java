package io.bayes4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.convert.Moped;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.uncertainty.ClassificationEvaluator;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.NpyFiles;
import io.bayes4j.layers.io.TorchStateDict;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Loads a ResNet-20 that PyTorch trained on CIFAR-10, compares its logits with PyTorch's, makes it
 * Bayesian by MOPED without training, and prints one JSON line for each network.
 *
 * <p>Usage: {@code benchmarks/run resnet20 WEIGHTS TEST_BATCH LOGITS [IMAGES]}: the weights as .npz
 * or .safetensors, the test images in the data set's binary version, PyTorch's logits for them as
 * .npy, and how many of the images the Bayesian networks are measured on (2000 if it is left out).
 */
final class PretrainedResNet {
  /** What two float implementations of 20 layers may differ in, for logits of about 10. */
  private static final double LARGEST_DIFFERENCE = 1e-3;

  /** Below the spread of every weight: Bayesian-Torch's MOPED has no lower bound. */
  private static final double NO_LEAST_SIGMA = 1e-12;

  private static final int SAMPLES = 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path weights;
  private final CifarBatch test;

  private PretrainedResNet(Path weights, CifarBatch test) {
    this.weights = weights;
    this.test = test;
  }

  public static void main(String[] args) throws IOException {
    Require.argument(
        args.length == 3 || args.length == 4,
        "arguments must be WEIGHTS TEST_BATCH LOGITS [IMAGES], got %d",
        args.length);
    int images = args.length == 4 ? Integer.parseInt(args[3]) : 2000;
    Require.positive((long) images, "IMAGES");
    Path weights = Path.of(args[0]);
    CifarBatch test = CifarBatch.read(Path.of(args[1]));
    new PretrainedResNet(weights, test).deterministic(NpyFiles.readNpy(Path.of(args[2])));
    PretrainedResNet part = new PretrainedResNet(weights, test.first(images));
    for (Estimator estimator : Estimator.values()) {
      part.bayesian(estimator, 0.1);
      part.bayesian(estimator, 0.2);
    }
  }

  private Layer load() throws IOException {
    Layer model = Zoo.cifarResNet(LayerFactory.deterministic(Init.seeded(0)), 20, 10);
    TorchStateDict.load(model, weights);
    return model;
  }

  /**
   * The network as it was trained.
   *
   * @throws IllegalStateException if its logits are not PyTorch's
   */
  private void deterministic(INDArray expected) throws IOException {
    MonteCarlo predictor = MonteCarlo.atMean(load());
    INDArray logits = predictor.outputs(test.images()).get(NDArrayIndex.point(0));
    double difference = logits.sub(expected).amaxNumber().doubleValue();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("network", "resnet20 deterministic");
    line.put("largest logit", expected.amaxNumber().doubleValue());
    line.put("largest difference from PyTorch's logits", difference);
    putScores(line, predictor.classify(test.images()));
    System.out.println(JSON.writeValueAsString(line));
    Require.state(
        difference <= LARGEST_DIFFERENCE,
        "logits must be PyTorch's within %s, differ by %s",
        LARGEST_DIFFERENCE,
        difference);
  }

  /** Measures the network that MOPED makes of the trained one. */
  private void bayesian(Estimator estimator, double delta) throws IOException {
    Layer model = convert(estimator, Moped.of(delta).keepingPrior());
    long start = System.nanoTime();
    Prediction prediction = MonteCarlo.of(model).samples(SAMPLES).classify(test.images());
    double seconds = (System.nanoTime() - start) / 1e9;
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("network", "resnet20 " + estimator);
    line.put("delta", delta);
    line.put("samples", SAMPLES);
    line.put("mean KL per tensor, summed", Kl.meanPerTensor(model));
    Layer unbounded = convert(estimator, new Moped(delta, false, NO_LEAST_SIGMA));
    line.put("the same without a least sigma", Kl.meanPerTensor(unbounded));
    line.put("mean accuracy of one sample", sampleAccuracy(prediction));
    putScores(line, prediction);
    line.put("seconds", seconds);
    System.out.println(JSON.writeValueAsString(line));
  }

  /** A Bayesian network with the prior N(0, 1), as Bayesian-Torch's conversion makes it. */
  private Layer convert(Estimator estimator, Moped moped) throws IOException {
    return DnnToBnn.convert(load(), ConversionOptions.of(estimator).withMoped(moped)).model();
  }

  private double sampleAccuracy(Prediction prediction) {
    double sum = 0;
    for (int sample = 0; sample < SAMPLES; sample++) {
      INDArray one = prediction.probabilities().get(NDArrayIndex.point(sample)).dup('c');
      sum += Calibration.accuracy(one, test.labels());
    }
    return sum / SAMPLES;
  }

  private void putScores(Map<String, Object> line, Prediction prediction) {
    ClassificationScores scores =
        new ClassificationEvaluator().add(prediction.mean(), test.labels()).scores();
    line.put("images", scores.count());
    line.put("accuracy", scores.accuracy());
    line.put("nll", scores.nll());
    line.put("brier", scores.brier());
    line.put("ece", scores.ece());
  }
}
