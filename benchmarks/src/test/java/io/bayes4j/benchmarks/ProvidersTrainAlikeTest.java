package io.bayes4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.optim.Sgd;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.train.TrainingListener;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Whatever computes, the same network is trained. */
class ProvidersTrainAlikeTest {
  private static final int STEPS = 50;
  private static final int BATCH = 8;
  private static final int CLASSES = 4;

  @ParameterizedTest
  @EnumSource(Estimator.class)
  void lossesOfFiftyStepsAgree(Estimator estimator) {
    KernelProvider found = Kernels.provider();
    assertThat(found).as("oneDNN is on the class path").isNotSameAs(Kernels.portable());
    List<Double> fast = losses(found, estimator);
    List<Double> portable = losses(Kernels.portable(), estimator);
    assertThat(fast).hasSize(STEPS);
    assertThat(fast.get(STEPS - 1)).as("it learns").isLessThan(fast.get(0));
    for (int step = 0; step < STEPS; step++) {
      assertThat(fast.get(step))
          .as("step %d", step)
          .isCloseTo(portable.get(step), within(1e-3 * Math.abs(portable.get(step))));
    }
  }

  private static List<Double> losses(KernelProvider provider, Estimator estimator) {
    LayerFactory factory =
        LayerFactory.variational(estimator, VariationalSpec.defaults(), Init.seeded(1));
    Layer model = Zoo.cifarResNet(factory, 8, CLASSES);
    INDArray images = Noise.seeded(2).normals(2L * BATCH, 3, 16, 16);
    int[] labels = new int[2 * BATCH];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % CLASSES;
    }
    List<Double> losses = new ArrayList<>();
    Trainer trainer =
        Trainer.of(model, Losses.crossEntropy(), Dataset.of(images, labels, CLASSES))
            .epochs(STEPS / 2)
            .batchSize(BATCH)
            .seed(3)
            .optimizer(parameters -> new Sgd(parameters, 0.9, 0))
            .learningRate(Schedule.constant(1e-3))
            .beta(Schedule.constant(1e-4))
            .listener(
                new TrainingListener() {
                  @Override
                  public void step(int epoch, int step, int steps, double loss) {
                    losses.add(loss);
                  }
                })
            .build();
    return Kernels.with(
        provider,
        () -> {
          try {
            trainer.fit();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return losses;
        });
  }
}
