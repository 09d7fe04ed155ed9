package io.bayes4j.layers.predict;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A predictor whose networks are drawn once and kept, for serving: it gives the numbers of the
 * predictor that it was made of, bit for bit, without drawing all weights again for each call.
 *
 * <pre>{@code
 * try (PreparedPredictor predictor = MonteCarlo.of(model).samples(30).prepared(1, 28, 28)) {
 *   Prediction prediction = predictor.classify(image);
 * }
 * }</pre>
 *
 * <p>It holds a copy of the model as it was when it was made. What becomes of the model afterwards,
 * by training, loading, assigning or converting, does not change its numbers; make another one to
 * serve the new weights. (An array that a layer of your own reads, and neither returns from {@code
 * parameters()} nor {@code buffers()}, is not copied.)
 *
 * <p>Any number of threads may predict with it. As many calls as there are {@linkplain
 * Parallel#threads threads} run at once, the others wait for their turn in the order in which they
 * came, so that a call among many takes as long as its neighbours and memory does not grow with the
 * number of callers. A call alone uses all threads if that pays.
 *
 * <p>Memory: the draws, the copy of the model, and up to half of both together, or that of the copy
 * if it is more, for weights in the order that kernels like; see {@link #bytes}. What calls need
 * besides is shared with all other predictors and freed when it is idle.
 */
public final class PreparedPredictor implements Predictor, AutoCloseable {
  /** Runs after which a JVM has compiled most of what a call runs. */
  private static final int WARM_UPS = 50;

  private static final long WARM_UP_NANOSECONDS = 500_000_000;

  private final List<PreparedNetwork> networks;
  private final int samples;
  private final int dependentDraws;

  /** Calls that run or wait. */
  private final AtomicInteger calls = new AtomicInteger();

  private final int atOnce = Parallel.threads();
  private final Semaphore turns = new Semaphore(atOnce, true);
  private boolean closed;

  PreparedPredictor(List<PreparedNetwork> networks, int dependentDraws) {
    this.networks = List.copyOf(networks);
    this.dependentDraws = dependentDraws;
    this.samples = networks.stream().mapToInt(PreparedNetwork::samples).sum();
  }

  /**
   * The draws of several predictors of one output shape, one predictor after the other. Closing it
   * closes them. Standard errors take draws for pairs if all predictors have pairs.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static PreparedPredictor joined(List<PreparedPredictor> predictors) {
    Require.elements(predictors, "predictors");
    Require.argument(!predictors.isEmpty(), "predictors must not be empty");
    return new PreparedPredictor(
        predictors.stream().flatMap(predictor -> predictor.networks.stream()).toList(),
        predictors.stream().mapToInt(PreparedPredictor::dependentDraws).min().orElseThrow());
  }

  /**
   * Runs examples of zeros, alone, so that all is drawn and compiled before the first call.
   *
   * @param exampleShape lengths of the axes of an example, without that which counts examples
   * @return this, closed if it throws
   * @throws IllegalArgumentException if a length is not above zero, or they do not fit the model
   */
  public PreparedPredictor warmedUp(long... exampleShape) {
    Require.nonNull(exampleShape, "exampleShape");
    long[] shape = new long[exampleShape.length + 1];
    shape[0] = 1;
    System.arraycopy(exampleShape, 0, shape, 1, exampleShape.length);
    for (long length : exampleShape) {
      Require.argument(
          length > 0, "exampleShape must be positive, got %s", Require.text(exampleShape));
    }
    INDArray zeros = Detached.fill(Arena.allocate(shape), 0);
    long start = System.nanoTime();
    boolean done = false;
    try {
      for (int i = 0; i < WARM_UPS && System.nanoTime() - start < WARM_UP_NANOSECONDS; i++) {
        outputs(zeros);
      }
      done = true;
    } finally {
      if (!done) {
        close();
      }
    }
    return this;
  }

  /** Number of draws. */
  public int samples() {
    return samples;
  }

  /** That of the predictor it was made of. */
  @Override
  public int dependentDraws() {
    return dependentDraws;
  }

  /** Bytes outside of the heap that it holds: draws, the copy of the model, and kernels. */
  public long bytes() {
    return networks.stream().mapToLong(PreparedNetwork::bytes).sum();
  }

  /**
   * What the networks return.
   *
   * @param x inputs, the first axis counting the examples
   * @return [samples, N, ...]
   * @throws IllegalArgumentException if x is empty, not finite, or of a shape that does not fit the
   *     model, or the model does not return a row for each example, all of one shape
   * @throws IllegalStateException if this is closed
   */
  @Override
  public INDArray outputs(INDArray x) {
    INDArray rows = Rows.checked(x);
    calls.incrementAndGet();
    turns.acquireUninterruptibly();
    try {
      Require.state(!closed, "this prepared predictor is closed");
      return run(rows);
    } finally {
      turns.release();
      calls.decrementAndGet();
    }
  }

  private INDArray run(INDArray rows) {
    DrawCollector collector = new DrawCollector(samples, rows.size(0));
    int first = 0;
    for (PreparedNetwork network : networks) {
      int offset = first;
      network.run(
          rows,
          calls.get() > 1,
          (sample, from, to, y) -> collector.put(offset + sample, from, to, y));
      first += network.samples();
    }
    return collector.all();
  }

  /**
   * Waits for the calls that run and frees the memory of the draws; calls that come later fail.
   * Closing twice does nothing.
   */
  @Override
  public void close() {
    turns.acquireUninterruptibly(atOnce);
    try {
      if (!closed) {
        closed = true;
        networks.forEach(PreparedNetwork::close);
      }
    } finally {
      turns.release(atOnce);
    }
  }
}
