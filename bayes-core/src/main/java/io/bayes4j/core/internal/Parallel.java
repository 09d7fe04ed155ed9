package io.bayes4j.core.internal;

import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Loops over a range of numbers, shared between the caller and a small pool of daemon threads.
 *
 * <p>A range is cut at the multiples of a grain, whatever the number of threads, so that a loop
 * whose chunks are independent gives the same bits on every machine. Several threads may start
 * loops at the same time; a loop started inside a loop, of one chunk or of many, runs on its own
 * thread.
 */
public final class Parallel {
  private static final String PROPERTY = "bayes4j.threads";
  private static final int MOST_THREADS = 1024;
  private static final long IDLE_SECONDS = 30;

  /** The chosen number of threads; 0 until first asked for. */
  private static volatile int threads;

  /** Set on a thread that is inside a loop. */
  private static final Context.Key<Boolean> INSIDE = Context.ofOneThread();

  private static final ThreadPoolExecutor POOL = pool();

  private Parallel() {}

  /** The body of a loop. */
  @FunctionalInterface
  public interface RangeTask {
    /** Handles from ... to - 1. */
    void run(long from, long to);
  }

  /** A term of a sum. */
  @FunctionalInterface
  public interface RangeSum {
    /** Returns the sum over from ... to - 1. */
    double sum(long from, long to);
  }

  /**
   * Runs a task on each chunk [k * grain, min(n, (k + 1) * grain)) and returns when all are done.
   *
   * <p>What a task throws reaches the caller; chunks not yet begun are then left out.
   *
   * @throws IllegalArgumentException if n is negative or the grain not positive
   */
  public static void forRange(long n, int grain, RangeTask task) {
    requireRange(n, grain);
    int helpers = (int) Math.min(threads(), (n + grain - 1) / grain) - 1;
    if (helpers <= 0 || inside()) {
      runHere(n, grain, task);
      return;
    }
    SharedLoop loop = new SharedLoop(n, grain, task);
    Context context = Context.forHelpers();
    for (int i = 0; i < helpers; i++) {
      POOL.execute(() -> context.run(() -> work(loop)));
    }
    work(loop);
    loop.await();
  }

  private static void runHere(long n, int grain, RangeTask task) {
    alone(
        () -> {
          for (long from = 0; from < n; from += grain) {
            task.run(from, Math.min(n, from + grain));
          }
        });
  }

  /** Runs a task without helpers, as if it were the body of a loop. */
  public static void alone(Runnable task) {
    Boolean before = INSIDE.get();
    INSIDE.set(Boolean.TRUE);
    try {
      task.run();
    } finally {
      INSIDE.set(before);
    }
  }

  /**
   * Returns the sum over 0 ... n - 1, adding the partial sums of the chunks in their order: the
   * same bits for any number of threads.
   *
   * @throws IllegalArgumentException if n is negative or the grain not positive
   */
  public static double sum(long n, int grain, RangeSum term) {
    requireRange(n, grain);
    double[] partial = new double[Math.toIntExact((n + grain - 1) / grain)];
    forRange(n, grain, (from, to) -> partial[(int) (from / grain)] = term.sum(from, to));
    double sum = 0;
    for (double part : partial) {
      sum += part;
    }
    return sum;
  }

  /**
   * Returns how many threads a loop uses, the caller included: what {@link #setThreads} said, else
   * the system property {@code bayes4j.threads}, else the number of physical cores.
   *
   * @throws IllegalArgumentException if the property is not a number from 1 to 1024
   */
  public static int threads() {
    int chosen = threads;
    if (chosen == 0) {
      chosen = parse(System.getProperty(PROPERTY));
      setThreads(chosen);
    }
    return chosen;
  }

  /**
   * Returns how many threads work that starts on this thread may use: one inside a loop, whose
   * other threads are busy already, else {@link #threads()}.
   *
   * @throws IllegalArgumentException as for {@link #threads()}
   */
  public static int threadsHere() {
    return inside() ? 1 : threads();
  }

  /**
   * Sets how many threads a loop uses, the caller included.
   *
   * @throws IllegalArgumentException if the number is not from 1 to 1024
   */
  public static synchronized void setThreads(int count) {
    Require.argument(
        count >= 1 && count <= MOST_THREADS,
        "threads must be from 1 to %d, got %d",
        MOST_THREADS,
        count);
    int workers = Math.max(1, count - 1);
    if (workers > POOL.getMaximumPoolSize()) {
      POOL.setMaximumPoolSize(workers);
      POOL.setCorePoolSize(workers);
    } else {
      POOL.setCorePoolSize(workers);
      POOL.setMaximumPoolSize(workers);
    }
    threads = count;
  }

  /** Returns the number of threads that a value of the system property, or its absence, means. */
  static int parse(String value) {
    if (value == null) {
      return Math.min(MOST_THREADS, Processors.cores());
    }
    int count = value.matches("\\d{1,4}") ? Integer.parseInt(value) : 0;
    Require.argument(
        count >= 1 && count <= MOST_THREADS,
        "system property %s must be a number from 1 to %d, got \"%s\"",
        PROPERTY,
        MOST_THREADS,
        value);
    return count;
  }

  static void requireRange(long n, int grain) {
    Require.argument(n >= 0, "n must be >= 0, got %d", n);
    Require.positive(grain, "grain");
  }

  private static boolean inside() {
    return INSIDE.get() != null;
  }

  /** Only a thread that is not inside a loop begins to work on one. */
  private static void work(SharedLoop loop) {
    INSIDE.set(Boolean.TRUE);
    try {
      loop.work();
    } finally {
      INSIDE.set(null);
    }
  }

  private static ThreadPoolExecutor pool() {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new WakefulQueue(),
            body -> {
              Thread thread = new Thread(body, "bayes4j-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
