package io.bayes4j.layers.train;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.Acquisition;
import io.bayes4j.layers.predict.Predictor;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Learning from few labels: learn, ask for the labels that teach most, learn again from all.
 *
 * <pre>{@code
 * ActiveLearning.of(pool)
 *     .first(20)
 *     .each(20)
 *     .rounds(9)
 *     .query(ActiveLearning.Query.BALD)
 *     .run(labelled -> train(labelled), round -> report(round));
 * }</pre>
 *
 * <p>It knows the inputs of the pool alone: labels are those of whoever learns.
 */
public final class ActiveLearning {
  /** Configurations of labels that BatchBALD keeps. */
  private static final int CONFIGURATIONS = 10_000;

  private final INDArray pool;
  private final int first;
  private final int each;
  private final int rounds;
  private final Query query;
  private final long seed;

  private ActiveLearning(INDArray pool, int first, int each, int rounds, Query query, long seed) {
    this.pool = pool;
    this.first = first;
    this.each = each;
    this.rounds = rounds;
    this.query = query;
    this.seed = seed;
  }

  /** Which examples are asked for; see {@link Acquisition}. */
  public enum Query {
    /** Those that draws disagree about most. */
    BALD(Acquisition::bald),
    /** Those that together tell most, one of those that are alike. */
    BATCH_BALD(null),
    /** Those of the greatest predictive entropy. */
    ENTROPY(Acquisition::entropy),
    /** Those whose most probable class is least probable. */
    LEAST_CONFIDENCE(Acquisition::leastConfidence),
    /** Those whose two most probable classes are nearest. */
    MARGIN(Acquisition::margin),
    /** Those of the greatest variance over draws. */
    VARIANCE(Acquisition::variance),
    /** Any: what the others are compared with. */
    RANDOM(null);

    @SuppressWarnings("ImmutableEnumChecker") // The functions hold no state.
    private final @Nullable Scores scores;

    Query(@Nullable Scores scores) {
      this.scores = scores;
    }
  }

  /** A score for each example, of probabilities [samples, N, K]. */
  @FunctionalInterface
  private interface Scores {
    double[] of(INDArray probabilities);
  }

  /** Learns from what is labelled. */
  @FunctionalInterface
  public interface Learner {
    /**
     * A predictor that has learned anew.
     *
     * @param labelled numbers of the pool's examples whose labels are known, in the order in which
     *     they were asked for
     * @throws IOException if the training fails to write or read a file
     */
    Predictor learn(int[] labelled) throws IOException;
  }

  /**
   * What a round came to.
   *
   * @param number of the round: 0 after the first examples
   * @param labelled numbers of the labelled examples, in the order in which they were asked for
   * @param predictor that learned from them
   */
  @SuppressWarnings("ArrayRecordComponent") // Given away once, a copy.
  public record Round(int number, int[] labelled, Predictor predictor) {}

  /** Hears of every round. */
  @FunctionalInterface
  public interface RoundListener {
    /** Called when a predictor has learned. */
    void learned(Round round);
  }

  /**
   * A run with 10 examples at first, 10 more in each of 10 rounds, asked for by BALD.
   *
   * @param pool inputs whose labels can be asked for, [N, ...]
   * @throws IllegalArgumentException if pool is not float, or empty
   */
  public static ActiveLearning of(INDArray pool) {
    Require.open(pool, "pool");
    Require.argument(
        pool.dataType() == DataType.FLOAT, "pool must be FLOAT, got %s", pool.dataType());
    Require.argument(
        pool.rank() >= 2 && pool.size(0) > 0,
        "pool must be [N, ...], got shape %s",
        Require.text(pool.shape()));
    return new ActiveLearning(pool, 10, 10, 10, Query.BALD, 0);
  }

  /**
   * The same with another number of examples, chosen at random, to begin with.
   *
   * @throws IllegalArgumentException if it is not above zero
   */
  @CheckReturnValue
  public ActiveLearning first(int number) {
    Require.positive((long) number, "first");
    return new ActiveLearning(pool, number, each, rounds, query, seed);
  }

  /**
   * The same with another number of examples asked for in each round.
   *
   * @throws IllegalArgumentException if it is not above zero
   */
  @CheckReturnValue
  public ActiveLearning each(int number) {
    Require.positive((long) number, "each");
    return new ActiveLearning(pool, first, number, rounds, query, seed);
  }

  /**
   * The same with another number of rounds after the first.
   *
   * @throws IllegalArgumentException if it is negative
   */
  @CheckReturnValue
  public ActiveLearning rounds(int number) {
    Require.argument(number >= 0, "rounds must be >= 0, got %d", number);
    return new ActiveLearning(pool, first, each, number, query, seed);
  }

  /** The same with another way to choose. */
  @CheckReturnValue
  public ActiveLearning query(Query other) {
    return new ActiveLearning(pool, first, each, rounds, Require.nonNull(other, "query"), seed);
  }

  /** The same with other random choices; seed 0 unless set. */
  @CheckReturnValue
  public ActiveLearning seed(long number) {
    return new ActiveLearning(pool, first, each, rounds, query, number);
  }

  /**
   * Runs all rounds.
   *
   * @param learner trains anew in each round
   * @param listener hears of each
   * @return the last round
   * @throws IllegalArgumentException if the pool has fewer examples than all rounds ask for
   * @throws IOException if the learner throws it
   */
  public Round run(Learner learner, RoundListener listener) throws IOException {
    Require.nonNull(learner, "learner");
    Require.nonNull(listener, "listener");
    int size = Math.toIntExact(pool.size(0));
    long asked = first + (long) each * rounds;
    Require.argument(
        asked <= size, "pool must hold the %d examples of all rounds, got %d", asked, size);
    Noise noise = Noise.seeded(seed).split("pool");
    int[] order = noise.permutation(size);
    Set<Integer> labelled = new LinkedHashSet<>();
    IntStream.range(0, first).forEach(i -> labelled.add(order[i]));
    for (int round = 0; ; round++) {
      int[] known = labelled.stream().mapToInt(i -> i).toArray();
      Predictor predictor = Require.nonNull(learner.learn(known.clone()), "predictor");
      Round done = new Round(round, known, predictor);
      listener.learned(done);
      if (round == rounds) {
        return done;
      }
      int[] left = Arrays.stream(order).filter(i -> !labelled.contains(i)).toArray();
      for (int chosen : chosen(predictor, left, noise.split(round))) {
        labelled.add(left[chosen]);
      }
    }
  }

  /** Places in what is left; that is in random order, so that ties and RANDOM are random. */
  private int[] chosen(Predictor predictor, int[] left, Noise noise) {
    if (query == Query.RANDOM) {
      return IntStream.range(0, each).toArray();
    }
    Scores scores = query.scores;
    INDArray targets = Detached.zeros(pool.size(0));
    INDArray candidates = Dataset.of(pool, targets).batch(left).inputs();
    INDArray draws = predictor.classify(candidates).probabilities();
    return scores == null
        ? Acquisition.batchBald(draws, each, CONFIGURATIONS, noise)
        : Acquisition.greatest(scores.of(draws), each);
  }
}
