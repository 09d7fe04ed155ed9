package io.bayes4j.core.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Short chores that are done some time from now, on a daemon thread of the JDK. */
public final class Later {
  private Later() {}

  /** Runs a chore once, when so many seconds have passed. */
  public static void in(long seconds, Runnable chore) {
    CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS).execute(chore);
  }
}
