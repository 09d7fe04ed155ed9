package io.bayes4j.examples.programs;

import io.bayes4j.core.random.Noise;
import io.bayes4j.examples.Numbers;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.report.Report;
import java.io.IOException;
import java.util.Arrays;
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
      "Two networks tell a distance from a camera and from a radar; half-way the camera fails."
          + " Weighed by",
      "their uncertainty, and refused where they do not know, the radar has its say"
          + " (report/fusion.html)."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class FusionCommand implements Callable<Integer> {
  private static final int LEARNED = 1000;
  private static final int TIMES = 400;
  private static final int SOUND = 500;
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
    INDArray truth = Numbers.column(distance);
    Sensor camera = sensor("camera", CAMERA_NOISE, distance, TIMES / 2);
    Sensor radar = sensor("radar", RADAR_NOISE, distance, TIMES);
    Fusion fusion = new Fusion(camera, radar);
    print(fusion, camera, radar, truth);
    write(fusion, camera, radar, truth, times);
    return 0;
  }

  private void print(Fusion fusion, Sensor camera, Sensor radar, INDArray truth) {
    spec.commandLine()
        .getOut()
        .printf(
            Locale.US,
            "RMSE: camera %.3f, radar %.3f, plain average %.3f, weighed by variance alone %.3f,"
                + " weighed and refused %.3f%n",
            camera.prediction().rootMeanSquaredError(truth),
            radar.prediction().rootMeanSquaredError(truth),
            fusion.averaged().rootMeanSquaredError(truth),
            fusion.weighed().rootMeanSquaredError(truth),
            fusion.trusting().rootMeanSquaredError(truth));
  }

  private void write(Fusion fusion, Sensor camera, Sensor radar, INDArray truth, double... times)
      throws IOException {
    Map<String, double[]> deviations = new LinkedHashMap<>();
    deviations.put("camera", camera.notKnown());
    deviations.put("radar", radar.notKnown());
    deviations.put("the camera's limit", constant(camera.limit()));
    options.write(
        Report.of(fusion.trusting(), truth)
            .title("Two sensors, one of which fails")
            .summary(
                "A distance over forty seconds, by a precise camera and a rough radar. After twenty"
                    + " seconds the camera fails and shows values such as it never did. Each has a"
                    + " network of its own. What they say is weighed by one over their variances; a"
                    + " sensor whose network knows less than it did of 99 % of other sound readings"
                    + " is refused.")
            .examplesAre("times")
            .along(times, "time, s")
            .outputs(List.of("distance"))
            .compare("weighed by variance alone", fusion.weighed())
            .compare("plain average", fusion.averaged())
            .compare("camera alone", camera.prediction())
            .compare("radar alone", radar.prediction())
            .curves(
                "Who does not know, and when",
                "As the camera shows what its network has not learned, its draws disagree: far more"
                    + " than on any sound reading, so the failure is plain. But they disagree by"
                    + " less than they are wrong, for a network far from its data is never unsure"
                    + " enough. Weights of one over the variance leave the camera a say that it"
                    + " should not have; the limit takes it away.",
                "time, s",
                times,
                "deviation that is not known (epistemic)",
                deviations),
        "fusion.html",
        spec);
  }

  private static double[] constant(double number) {
    double[] all = new double[TIMES];
    Arrays.fill(all, number);
    return all;
  }

  /** Learns to tell the distance from a sensor's two values, and tells it at each time. */
  private Sensor sensor(String sensor, double noise, float[] distance, int soundUntil)
      throws IOException {
    float[] learned = distances(sensor, LEARNED);
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
            Dataset.of(seen(sensor, "learned", noise, learned, LEARNED), Numbers.column(learned)))
        .epochs(epochs)
        .batchSize(50)
        .seed(options.seed())
        .learningRate(Schedule.cosine(0.01, 0.0005, epochs))
        .build()
        .fit();
    MonteCarlo predictor = MonteCarlo.of(model).samples(DRAWS).seed(options.seed());
    INDArray sound = seen(sensor, "sound", noise, distances(sensor + " sound", SOUND), SOUND);
    return Sensor.of(
        predictor.regress(seen(sensor, "asked", noise, distance, soundUntil), noise),
        predictor.regress(sound, noise));
  }

  private float[] distances(String name, int count) {
    float[] distances = new float[count];
    Noise.seeded(options.seed()).split(name).uniforms(distances, 0, count, 0);
    for (int i = 0; i < count; i++) {
      distances[i] = 2 * distances[i] - 1;
    }
    return distances;
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
    return Numbers.array(values, distance.length, 2);
  }
}
