package io.bayes4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.convert.Moped;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.uncertainty.ClassificationEvaluator;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.TorchStateDict;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import io.bayes4j.quant.ActivationRange;
import io.bayes4j.quant.Quantization;
import io.bayes4j.quant.QuantizationOptions;
import io.bayes4j.quant.Quantizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Quantizes the ResNet-20 that MOPED made Bayesian, with each way to find ranges, and prints one
 * JSON line for the float network and for each 8-bit one.
 *
 * <p>Usage: {@code benchmarks/run quantized WEIGHTS TEST_BATCH TRAIN_BATCH [IMAGES [DELTA]]}: the
 * weights as .npz or .safetensors, images of the test and of the training set in the data set's
 * binary version, how many of the test images (2000 if it is left out), and MOPED's delta (0.1).
 */
final class QuantizedResNet {
  private static final int SAMPLES = 20;
  private static final int SPREAD_IMAGES = 500;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path weights;
  private final double delta;
  private final CifarBatch test;

  private QuantizedResNet(Path weights, double delta, CifarBatch test) {
    this.weights = weights;
    this.delta = delta;
    this.test = test;
  }

  public static void main(String[] args) throws IOException {
    Require.argument(
        args.length >= 3 && args.length <= 5,
        "arguments must be WEIGHTS TEST_BATCH TRAIN_BATCH [IMAGES [DELTA]], got %d",
        args.length);
    int images = args.length > 3 ? Integer.parseInt(args[3]) : 2000;
    Require.positive((long) images, "IMAGES");
    double delta = args.length > 4 ? Double.parseDouble(args[4]) : 0.1;
    CifarBatch test = CifarBatch.read(Path.of(args[1])).first(images);
    INDArray train = CifarBatch.read(Path.of(args[2])).first(512).images();
    new QuantizedResNet(Path.of(args[0]), delta, test).run(train);
  }

  private Layer load() {
    try {
      Layer model = Zoo.cifarResNet(LayerFactory.deterministic(Init.seeded(0)), 20, 10);
      TorchStateDict.load(model, weights);
      ConversionOptions options =
          ConversionOptions.of(Estimator.REPARAMETERIZATION)
              .withMoped(Moped.of(delta).keepingPrior());
      return DnnToBnn.convert(model, options).model();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void run(INDArray train) throws IOException {
    Layer model = load();
    double spread = measure("F32", model, 0);
    for (ActivationRange range :
        List.of(
            ActivationRange.minMax(),
            ActivationRange.percentile(),
            ActivationRange.squaredError(),
            ActivationRange.entropy())) {
      Quantization done =
          Quantizer.calibrate(model, train)
              .quantize(this::load, QuantizationOptions.defaults().withRange(range));
      System.err.println(done.report());
      measure("INT8 " + range + " by " + Kernels.integers().instructions(), done.model(), spread);
    }
  }

  private double measure(String name, Layer model, double expectedSpread) throws IOException {
    MonteCarlo draws = MonteCarlo.of(model).samples(SAMPLES);
    INDArray some =
        test.images().get(NDArrayIndex.interval(0, Math.min(SPREAD_IMAGES, test.labels().length)));
    double spread = draws.outputs(some.dup('c')).std(0).meanNumber().doubleValue();
    long start = System.nanoTime();
    Prediction prediction = draws.classify(test.images());
    double seconds = (System.nanoTime() - start) / 1e9;
    ClassificationScores scores =
        new ClassificationEvaluator().add(prediction.mean(), test.labels()).scores();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("network", "resnet20 MOPED " + delta + " " + name);
    line.put("images", scores.count());
    line.put("accuracy", scores.accuracy());
    line.put("nll", scores.nll());
    line.put("ece", scores.ece());
    line.put("mutual information", prediction.mutualInformation().meanNumber().doubleValue());
    line.put("deviation of logits over draws", spread);
    if (expectedSpread > 0) {
      line.put("the same divided by F32's", spread / expectedSpread);
    }
    line.put("seconds", seconds);
    System.out.println(JSON.writeValueAsString(line));
    return spread;
  }
}
