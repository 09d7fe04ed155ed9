package io.bayes4j.core.runtime;

import io.bayes4j.core.internal.Parallel;

/**
 * How many threads a computation uses, the caller's included: the system property {@code
 * bayes4j.threads}, or else one for each physical core. No number that is computed depends on it.
 */
public final class Threads {
  private Threads() {}

  /**
   * The number in force.
   *
   * @throws IllegalArgumentException if the system property is no number from 1 to 1024
   */
  public static int count() {
    return Parallel.threads();
  }

  /**
   * Sets the number for all computations of this JVM that begin from now on: 1 where other threads
   * of the application keep the processors busy.
   *
   * @throws IllegalArgumentException if it is not from 1 to 1024; nothing is changed then
   */
  public static void setCount(int count) {
    Parallel.setThreads(count);
  }
}
