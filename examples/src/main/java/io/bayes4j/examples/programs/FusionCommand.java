package io.bayes4j.examples.programs;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.RegressionPrediction;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.report.Report;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code fusion}: two sensors, of which one fails half-way. */
@Command(
    name = "fusion",
    description = {
      "Two networks tell a distance from a camera and from a radar; half-way the camera fails. Weighed by",
      "their uncertainty, most of the say goes to the radar (report/fusion.html)."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class FusionCommand implements Callable<Integer> {
  private static final int LEARNED = 1000;
  private static final int TIMES = 400;
  private static final int DRAWS = 100;
  private static final double CAMERA_NOISE = 0.02;
  private static final double RADAR_NOISE = 0.06;

  @Spec private CommandSpec spec;
  @Mixin private ProgramOptions options;

  FusionCommand() {}

  @Override
  public Integer call() throws IOException {
    options.check();
    double[] times = IntStream.range(0, TIMES).mapToDouble(i -> 0.1 * i).toArray();
    float[] distance = new float[TIMES];
    for (int i = 0; i < TIMES; i++) {
      distance[i] = (float) (0.6 * Math.sin(0.3 * times[i]));
    }
    INDArray truth = Detached.of(distance, TIMES, 1);
    RegressionPrediction camera = predict("camera", CAMERA_NOISE, distance, TIMES / 2);
    RegressionPrediction radar = predict("radar", RADAR_NOISE, distance, TIMES);
    RegressionPrediction fused = weighed(camera, radar, true);
    RegressionPrediction averaged = weighed(camera, radar, false);
    Map<String, double[]> deviations = new LinkedHashMap<>();
    deviations.put("camera", deviations(camera));
    deviations.put("radar", deviations(radar));
    deviations.put("fused", deviations(fused));
    spec.commandLine()
        .getOut()
        .printf(
            Locale.US,
            "RMSE: camera %.3f, radar %.3f, plain average %.3f, weighed by uncertainty %.3f%n",
            camera.rootMeanSquaredError(truth),
            radar.rootMeanSquaredError(truth),
            averaged.rootMeanSquaredError(truth),
            fused.rootMeanSquaredError(truth));
    options.write(
        Report.of(fused, truth)
            .title("Two sensors, one of which fails")
            .summary(
                "A distance over forty seconds, by a precise camera and a rough radar. After twenty"
                    + " seconds the camera fails and shows values such as it never did. Each has a"
                    + " network of its own; what they say is weighed by one over their variances.")
            .examplesAre("times")
            .along(times, "time, s")
            .outputs(List.of("distance"))
            .compare("plain average", averaged)
            .compare("camera alone", camera)
            .compare("radar alone", radar)
            .curves(
                "Who is how unsure, when",
                "As the camera shows what its network has not learned, its draws disagree, and most of its"
                    + " weight goes: not all, since a network is less unsure far from its data than it"
                    + " should be.",
                "time, s",
                times,
                "predicted standard deviation",
                deviations),
        "fusion.html",
        spec);
    return 0;
  }

  /** Learns to tell the distance from a sensor's two values, and tells it at each time. */
  private RegressionPrediction predict(
      String sensor, double noise, float[] distance, int soundUntil) throws IOException {
    float[] learned = new float[LEARNED];
    Noise.seeded(options.seed()).split(sensor).uniforms(learned, 0, LEARNED, 0);
    for (int i = 0; i < LEARNED; i++) {
      learned[i] = 2 * learned[i] - 1;
    }
    Init init = Init.seeded(options.seed());
    VariationalSpec weights = VariationalSpec.defaults().withInitialSigma(0.05);
    Sequential model =
        Sequential.of(
            new LinearFlipout(2, 32, weights, init),
            Activation.RELU,
            new LinearFlipout(32, 1, weights, init));
    int epochs = options.share(60);
    Trainer.of(
            model,
            Losses.gaussianNll(noise),
            Dataset.of(seen(sensor, "learned", noise, learned, LEARNED), column(learned)))
        .epochs(epochs)
        .batchSize(50)
        .seed(options.seed())
        .learningRate(Schedule.cosine(0.01, 0.0005, epochs))
        .build()
        .fit();
    return MonteCarlo.of(model)
        .samples(DRAWS)
        .seed(options.seed())
        .regress(seen(sensor, "asked", noise, distance, soundUntil), noise);
  }

  /**
   * A sensor shows the distance and its square, with noise; once it fails, far too much of both.
   */
  private INDArray seen(
      String sensor, String what, double noise, float[] distance, int soundUntil) {
    float[] values = new float[2 * distance.length];
    Noise.seeded(options.seed()).split(sensor).split(what).normals(values, 0, values.length, 0);
    for (int i = 0; i < distance.length; i++) {
      double fault = i < soundUntil ? 0 : 2.5;
      values[2 * i] = (float) (distance[i] + noise * values[2 * i] + fault);
      values[2 * i + 1] = (float) (distance[i] * distance[i] + noise * values[2 * i + 1] + fault);
    }
    return Detached.of(values, distance.length, 2);
  }

  private static INDArray column(float... numbers) {
    return Detached.of(numbers.clone(), numbers.length, 1);
  }

  /** One Gaussian of two: by precision, or as their average. */
  private static RegressionPrediction weighed(
      RegressionPrediction a, RegressionPrediction b, boolean byPrecision) {
    float[] meanA = FloatMemory.numbers(a.mean(), "mean");
    float[] meanB = FloatMemory.numbers(b.mean(), "mean");
    float[] varianceA = FloatMemory.numbers(a.totalVariance(), "variance");
    float[] varianceB = FloatMemory.numbers(b.totalVariance(), "variance");
    float[] mean = new float[meanA.length];
    float[] variance = new float[meanA.length];
    for (int i = 0; i < mean.length; i++) {
      double share = byPrecision ? varianceB[i] / ((double) varianceA[i] + varianceB[i]) : 0.5;
      mean[i] = (float) (share * meanA[i] + (1 - share) * meanB[i]);
      variance[i] =
          (float) (share * share * varianceA[i] + (1 - share) * (1 - share) * varianceB[i]);
    }
    return new RegressionPrediction(
        Detached.of(mean, 1, mean.length, 1), Detached.of(variance, 1, mean.length, 1));
  }

  private static double[] deviations(RegressionPrediction prediction) {
    return prediction.standardDeviation().dup('c').data().asDouble();
  }
}
