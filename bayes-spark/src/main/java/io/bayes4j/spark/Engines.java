package io.bayes4j.spark;

import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.runtime.Threads;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Mode;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.PreparedPredictor;
import java.io.IOException;
import java.io.Serial;
import java.io.Serializable;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.SparkEnv;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The predictors of this JVM, each made once and shared by its tasks: the draws of a network take
 * many times the memory of its weights.
 */
final class Engines {
  private static final Logger LOG = LoggerFactory.getLogger(Engines.class);

  /** Predictors that stay though no task uses them. */
  private static final int IDLE_KEPT = 2;

  /** By use, that of the longest ago first. */
  private static final Map<Key, Engine> ENGINES = new LinkedHashMap<>(16, 0.75f, true);

  private static boolean threadsSet;

  private Engines() {}

  /**
   * What a predictor's numbers depend on.
   *
   * @param digest of the packed {@link ModelSource}
   */
  record Key(String digest, Mode mode, Precision precision, int draws, int batchSize, long seed)
      implements Serializable {
    @Serial private static final long serialVersionUID = 1;
  }

  /** A predictor and how many tasks use it. */
  private static final class Engine {
    final PreparedPredictor predictor;
    int users;

    Engine(PreparedPredictor predictor) {
      this.predictor = predictor;
    }
  }

  /**
   * The predictor of a key, made if need be. {@link #release} it when the task is over.
   *
   * @param packed gives the bytes of the model
   */
  static synchronized PreparedPredictor acquire(Key key, Supplier<byte[]> packed)
      throws IOException {
    setThreads();
    Engine engine = ENGINES.get(key);
    if (engine == null) {
      Layer model = ModelSource.unpack(packed.get()).build();
      engine =
          new Engine(
              MonteCarlo.of(model)
                  .mode(key.mode())
                  .precision(key.precision())
                  .samples(key.draws())
                  .batchSize(key.batchSize())
                  .seed(key.seed())
                  .prepared());
      ENGINES.put(key, engine);
      LOG.info("made a predictor with {} draws of model {}", key.draws(), key.digest());
    }
    engine.users++;
    return engine.predictor;
  }

  /** Says that a task needs a predictor no longer. */
  static synchronized void release(Key key) {
    Engine engine = ENGINES.get(key);
    if (engine != null) {
      engine.users--;
    }
    int idle = (int) ENGINES.values().stream().filter(other -> other.users == 0).count();
    Iterator<Engine> oldest = ENGINES.values().iterator();
    while (idle > IDLE_KEPT && oldest.hasNext()) {
      Engine next = oldest.next();
      if (next.users == 0) {
        oldest.remove();
        next.predictor.close();
        idle--;
      }
    }
  }

  /** How many predictors this JVM holds. */
  static synchronized int count() {
    return ENGINES.size();
  }

  /**
   * An executor computes with as many threads as it has cores, one for each of its tasks. The
   * driver, which is also the executor in local mode, belongs to the user.
   */
  private static void setThreads() {
    SparkEnv env = SparkEnv.get();
    if (threadsSet || env == null || env.executorId().equals("driver")) {
      return;
    }
    int processors = Runtime.getRuntime().availableProcessors();
    Threads.setCount(env.conf().getInt("spark.executor.cores", processors));
    threadsSet = true;
  }
}
