package io.bayes4j.benchmarks;

import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Time of one image of MNIST's size by 30 draws of its CNN: of the first prediction, from main to
 * the answer, and the median of later ones.
 *
 * <p>It uses nothing that older versions lack, and can be compiled against them.
 *
 * <p>Usage: {@code benchmarks/run one-image [WARM_UP_SECONDS [SECONDS]]}; zero seconds for the
 * first prediction alone.
 */
final class OneImage {
  private static final int DRAWS = 30;

  private OneImage() {}

  public static void main(String[] args) {
    long main = System.nanoTime();
    double warmUp = args.length > 0 ? Double.parseDouble(args[0]) : 15;
    double seconds = args.length > 1 ? Double.parseDouble(args[1]) : 10;
    Layer model =
        Zoo.mnistCnn(
            LayerFactory.variational(
                Estimator.REPARAMETERIZATION, VariationalSpec.defaults(), Init.seeded(1)));
    Predictor predictor = MonteCarlo.of(model).samples(DRAWS);
    INDArray image = Noise.seeded(2).normals(1, 1, 28, 28);
    predictor.classify(image).mean();
    System.out.printf(
        Locale.ROOT, "first prediction %.0f ms after main began%n", milliseconds(main));
    if (seconds > 0) {
      times(predictor, image, warmUp);
      double[] times = times(predictor, image, seconds);
      System.out.printf(
          Locale.ROOT,
          "then p50 %.2f ms, fastest %.2f ms, %d predictions%n",
          times[times.length / 2],
          times[0],
          times.length);
    }
  }

  private static double milliseconds(long since) {
    return (System.nanoTime() - since) / 1e6;
  }

  /** Milliseconds of the predictions of so many seconds, sorted; at least one. */
  private static double[] times(Predictor predictor, INDArray image, double seconds) {
    List<Double> times = new ArrayList<>();
    long begin = System.nanoTime();
    do {
      long start = System.nanoTime();
      predictor.classify(image).mean();
      times.add(milliseconds(start));
    } while (milliseconds(begin) < 1000 * seconds);
    return times.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }
}
