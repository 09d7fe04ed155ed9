package io.bayes4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.uncertainty.ClassificationEvaluator;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.quant.ActivationRange;
import io.bayes4j.quant.Quantization;
import io.bayes4j.quant.QuantizationOptions;
import io.bayes4j.quant.Quantizer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Compares a network with its 8-bit forms, and prints a JSON line for each: scores where there are
 * labels, the standard deviation of the logits over draws, and their signal-to-quantization-noise
 * ratio at the means of the weights.
 */
final class EightBits {
  private static final int SAMPLES = 20;
  private static final int SPREAD_EXAMPLES = 500;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final INDArray x;

  /** Empty if there are none. */
  private final int[] labels;

  private double spread;

  /** Of the float network, once it was measured. */
  private @Nullable INDArray logits;

  EightBits(String name, INDArray x, int[] labels) {
    this.name = name;
    this.x = x;
    this.labels = labels;
  }

  /** Compares with each way to find ranges. */
  void compare(Supplier<Layer> load, INDArray calibration, List<ActivationRange> ranges)
      throws IOException {
    Layer model = load.get();
    print("F32", measure(model));
    for (ActivationRange range : ranges) {
      Quantization done =
          Quantizer.calibrate(model, calibration)
              .quantize(load, QuantizationOptions.defaults().withRange(range));
      System.err.println(done.report());
      print("INT8 " + range + " by " + Kernels.integers().instructions(), measure(done.model()));
    }
  }

  private void print(String form, Map<String, Object> line) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("network", name + " " + form);
    all.putAll(line);
    System.out.println(JSON.writeValueAsString(all));
  }

  private Map<String, Object> measure(Layer model) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("examples", x.size(0));
    INDArray some = x.get(NDArrayIndex.interval(0, Math.min(SPREAD_EXAMPLES, x.size(0)))).dup('c');
    MonteCarlo draws = MonteCarlo.of(model).samples(SAMPLES);
    long start = System.nanoTime();
    Prediction prediction = draws.classify(x);
    double seconds = (System.nanoTime() - start) / 1e9;
    if (labels.length > 0) {
      ClassificationScores scores =
          new ClassificationEvaluator().add(prediction.mean(), labels).scores();
      line.put("accuracy", scores.accuracy());
      line.put("nll", scores.nll());
      line.put("ece", scores.ece());
    }
    line.put("mutual information", prediction.mutualInformation().meanNumber().doubleValue());
    double deviation = draws.outputs(some).std(0).meanNumber().doubleValue();
    line.put("deviation of logits over draws", deviation);
    INDArray means = MonteCarlo.atMean(model).outputs(some);
    INDArray exact = logits;
    if (exact == null) {
      logits = means;
      spread = deviation;
    } else {
      line.put("deviation / F32's", deviation / spread);
      line.put("SQNR of logits, dB", decibels(exact, means));
    }
    line.put("seconds, the JVM's compilation included", seconds);
    return line;
  }

  private static double decibels(INDArray exact, INDArray means) {
    double signal = exact.norm2Number().doubleValue();
    double noise = exact.sub(means).norm2Number().doubleValue();
    return 20 * Math.log10(signal / noise);
  }
}
