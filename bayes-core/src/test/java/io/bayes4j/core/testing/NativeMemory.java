package io.bayes4j.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.bytedeco.javacpp.Pointer;

/** Memory outside of the heap that arrays and native objects hold. */
public final class NativeMemory {
  private static final long SLACK = 1 << 20;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

  /** So many equal readings after as many collections mean that nothing more will be freed. */
  private static final int READINGS = 4;

  private NativeMemory() {}

  /**
   * Fails if the memory grows by a mebibyte while some work is repeated.
   *
   * @param warmUps repetitions before the first reading
   * @param runs repetitions between the two readings
   */
  public static void assertSteady(int warmUps, int runs, Runnable work) {
    repeat(warmUps, work);
    long before = settled();
    repeat(runs, work);
    assertThat(settled()).as("bytes").isLessThan(before + SLACK);
  }

  private static void repeat(int times, Runnable work) {
    for (int i = 0; i < times; i++) {
      work.run();
    }
  }

  /** What is held when all garbage is freed, which a thread of JavaCPP does after a collection. */
  private static long settled() {
    long end = System.nanoTime() + PATIENCE;
    long last = -1;
    for (int equal = 0; equal < READINGS && System.nanoTime() < end; ) {
      System.gc();
      LockSupport.parkNanos(PAUSE);
      long now = Pointer.totalBytes();
      equal = now == last ? equal + 1 : 0;
      last = now;
    }
    return last;
  }
}
