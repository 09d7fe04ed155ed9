package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.io.TorchStateDict;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.posterior.Ensemble;
import io.bayes4j.layers.posterior.SignalToNoise;
import io.bayes4j.layers.posterior.Swag;
import io.bayes4j.layers.posterior.SwagCollector;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.train.TrainingListener;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Predictions beside changes of their model: all of a change or nothing of it. */
@Timeout(120)
class WholeModelsTest {
  private static final INDArray X = Noise.seeded(1).normals(3, 6);
  private static final int PREDICTIONS = 40;

  private static Sequential model(long seed) {
    VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(0.2);
    return Sequential.of(
        new LinearReparameterization(6, 64, spec, Init.seeded(seed)),
        new BatchNorm1d(64),
        Activation.RELU,
        new Linear(64, 64, Init.seeded(seed + 1)),
        Activation.TANH,
        new LinearReparameterization(64, 2, spec, Init.seeded(seed + 2)));
  }

  private static double[] outputs(Layer model) {
    return Doubles.of(predictor(model).outputs(X));
  }

  private static Predictor predictor(Layer model) {
    return MonteCarlo.of(model).samples(3);
  }

  /** Predicts on many threads while something is done over and over. */
  private static List<double[]> besides(Predictor predictor, int threads, Callable<?> change)
      throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads + 1);
    AtomicBoolean over = new AtomicBoolean();
    try {
      Future<?> changing =
          pool.submit(
              () -> {
                while (!over.get()) {
                  change.call();
                }
                return null;
              });
      List<Future<double[]>> futures = new ArrayList<>();
      for (int i = 0; i < threads * PREDICTIONS; i++) {
        futures.add(pool.submit(() -> Doubles.of(predictor.outputs(X))));
      }
      List<double[]> results = new ArrayList<>();
      for (Future<double[]> future : futures) {
        results.add(future.get());
      }
      over.set(true);
      changing.get();
      return results;
    } finally {
      over.set(true);
      pool.shutdownNow();
      assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static void assertEachIsOneOf(List<double[]> results, double[]... whole) {
    for (double[] result : results) {
      assertThat(List.of(whole)).anySatisfy(one -> assertThat(result).isEqualTo(one));
    }
  }

  @Test
  void loadingWhileThirtyTwoThreadsPredict(@TempDir Path folder) throws Exception {
    Path a = folder.resolve("a.safetensors");
    Path b = folder.resolve("b.safetensors");
    Checkpoint.save(model(1), a);
    Checkpoint.save(model(10), b);
    double[] ofA = outputs(model(1));
    double[] ofB = outputs(model(10));
    Sequential model = model(1);
    boolean[] turn = new boolean[1];
    List<double[]> results =
        besides(
            predictor(model),
            32,
            () -> {
              turn[0] = !turn[0];
              return Checkpoint.load(model, turn[0] ? b : a);
            });
    assertEachIsOneOf(results, ofA, ofB);
  }

  @Test
  void statesOfTorchAndOfMembersOfAnEnsemble() throws Exception {
    Sequential first = plain(1);
    Sequential second = plain(2);
    Ensemble ensemble = Ensemble.of(List.of(first, second));
    Map<String, INDArray> old = StateDict.copyOf(first);
    double[] before = Doubles.of(ensemble.outputs(X));
    StateDict.load(first, StateDict.copyOf(plain(3)));
    double[] after = Doubles.of(ensemble.outputs(X));
    Map<String, INDArray> other = StateDict.copyOf(first);
    boolean[] turn = new boolean[1];
    List<double[]> results =
        besides(
            ensemble,
            4,
            () -> {
              turn[0] = !turn[0];
              TorchStateDict.load(first, turn[0] ? old : other);
              return 0;
            });
    assertEachIsOneOf(results, before, after);
  }

  private static Sequential plain(long seed) {
    return Sequential.of(
        new Linear(6, 64, Init.seeded(seed)),
        Activation.TANH,
        new Linear(64, 2, Init.seeded(seed)));
  }

  @Test
  void pruningAndConversion() throws Exception {
    Sequential model = model(1);
    Map<String, INDArray> own = StateDict.copyOf(model);
    double[] before = outputs(model);
    SignalToNoise.prune(model, 0.5);
    double[] pruned = outputs(model);
    List<double[]> results =
        besides(
            predictor(model),
            4,
            () -> {
              StateDict.load(model, own);
              return SignalToNoise.prune(model, 0.5);
            });
    assertEachIsOneOf(results, before, pruned);
  }

  @Test
  void otherPredictionsWaitForThoseOfSwag() throws Exception {
    Sequential model = plain(1);
    double[] own = Doubles.of(MonteCarlo.atMean(model).outputs(X));
    SwagCollector collector = SwagCollector.of(model).rank(0);
    Map<String, INDArray> state = StateDict.copyOf(model);
    for (int epoch = 1; epoch < 4; epoch++) {
      Layers.parameters(model).values().forEach(parameter -> parameter.value().muli(1.3));
      collector.epoch(new EpochRecord(epoch, 0, 0, 0, 0, 0, 0, Map.of(), Map.of()));
    }
    StateDict.load(model, state);
    Swag swag = collector.posterior().samples(3);
    List<double[]> results = besides(MonteCarlo.atMean(model), 4, () -> swag.outputs(X));
    assertEachIsOneOf(results, own);
  }

  private static Dataset data() {
    int[] labels = new int[64];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % 2;
    }
    return Dataset.of(Noise.seeded(4).normals(64, 6), labels, 2);
  }

  private static Trainer.Builder training(Layer model) {
    return Trainer.of(model, Losses.crossEntropy(), data()).batchSize(16).learningRate(0.05);
  }

  @Test
  void aPredictionSeesStepsOfTrainingAsWholes() throws Exception {
    Sequential model = model(1);
    List<double[]> whole = new ArrayList<>();
    TrainingListener noting =
        new TrainingListener() {
          @Override
          public void step(int epoch, int step, int ofEpoch, double loss) {
            whole.add(outputs(model));
          }
        };
    Map<String, INDArray> start = StateDict.copyOf(model);
    training(model).epochs(20).listener(noting).build().fit();
    whole.add(outputs(model));
    StateDict.load(model, start);
    whole.add(outputs(model));
    ExecutorService pool = Executors.newFixedThreadPool(3);
    try {
      AtomicBoolean over = new AtomicBoolean();
      List<Future<List<double[]>>> futures = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        futures.add(
            pool.submit(
                () -> {
                  List<double[]> seen = new ArrayList<>();
                  do {
                    seen.add(outputs(model));
                  } while (!over.get());
                  return seen;
                }));
      }
      training(model)
          .epochs(20)
          .validation(m -> Map.of("spread", predictor(m).outputs(X).stdNumber().doubleValue()))
          .build()
          .fit();
      over.set(true);
      for (Future<List<double[]>> future : futures) {
        assertEachIsOneOf(future.get(), whole.toArray(double[][]::new));
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void whatIsBeingTrainedIsNobodyElsesToChange() throws Exception {
    Sequential model = model(1);
    Layer shared = Sequential.of(model.slots().get(0).layer(), new Linear(64, 2, Init.seeded(5)));
    Map<String, INDArray> state = StateDict.copyOf(model);
    AtomicReference<Throwable> second = new AtomicReference<>();
    AtomicReference<Throwable> load = new AtomicReference<>();
    TrainingListener meddling =
        new TrainingListener() {
          @Override
          public void epoch(EpochRecord record) {
            second.set(thrownElsewhere(() -> training(shared).build().fit()));
            load.set(thrownElsewhere(() -> load(model, state)));
            StateDict.load(model, state);
          }
        };
    training(model).epochs(1).listener(meddling).build().fit();
    assertThat(second.get())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("0.weight.mu")
        .hasMessageContaining("being trained by a fit()");
    assertThat(load.get()).hasMessageContaining("being trained by a fit()");
    training(shared).epochs(1).build().fit();
  }

  private static Object load(Layer model, Map<String, INDArray> state) {
    StateDict.load(model, state);
    return model;
  }

  private static Throwable thrownElsewhere(Callable<?> work) {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                work.call();
              } catch (Exception e) {
                thrown.set(e);
              }
            });
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return thrown.get();
  }

  @Test
  void modelsThatShareFrozenLayersAreTrainedAtOnce() throws Exception {
    Linear body = new Linear(6, 64, Init.seeded(1));
    body.parameters().values().forEach(parameter -> parameter.setTrainable(false));
    Layer one = Sequential.of(body, new Linear(64, 2, Init.seeded(2)));
    Layer two = Sequential.of(body, new Linear(64, 2, Init.seeded(3)));
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    TrainingListener also =
        new TrainingListener() {
          @Override
          public void epoch(EpochRecord record) {
            thrown.set(thrownElsewhere(() -> training(two).epochs(1).build().fit()));
          }
        };
    training(one).epochs(1).listener(also).build().fit();
    assertThat(thrown.get()).isNull();
  }

  @Test
  void loadingInsideAPredictionFailsAndDoesNotHang() {
    Sequential inner = model(1);
    Map<String, INDArray> state = StateDict.copyOf(inner);
    Layer loading =
        (x, pass) -> {
          StateDict.load(inner, state);
          return x;
        };
    Layer model = Sequential.of(inner, loading);
    assertThatIllegalStateException()
        .isThrownBy(() -> predictor(model).outputs(X))
        .withMessageContaining("inside a prediction");
    Layer predicting = Sequential.of(inner, predictingInside(inner));
    assertThat(Doubles.of(predictor(predicting).outputs(X))).isNotEmpty();
    Layer unrelated = Sequential.of(plain(1), changing(plain(2)));
    assertThat(Doubles.of(MonteCarlo.atMean(unrelated).outputs(X))).isNotEmpty();
  }

  private static Layer predictingInside(Layer inner) {
    return (x, pass) -> Var.constant(MonteCarlo.atMean(inner).outputs(X).slice(0).dup('c'));
  }

  private static Layer changing(Layer other) {
    return (x, pass) -> {
      for (Parameter parameter : Layers.parameters(other).values()) {
        parameter.assign(parameter.value().dup('c'));
      }
      return x;
    };
  }

  @Test
  void aFailedTrainingLetsGo() throws Exception {
    Sequential model = model(1);
    assertThatThrownBy(
            () ->
                training(model)
                    .validation(
                        m -> {
                          throw new UnsupportedOperationException("no figures");
                        })
                    .build()
                    .fit())
        .hasMessage("no figures");
    training(model).epochs(1).build().fit();
    outputs(model);
  }
}
