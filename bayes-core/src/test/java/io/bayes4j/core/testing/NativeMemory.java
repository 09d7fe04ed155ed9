package io.bayes4j.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.Reference;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.memory.deallocation.DeallocatorService;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Memory outside of the heap that arrays and native objects hold.
 *
 * <p>JavaCPP counts the bytes of its own objects, such as those of oneDNN, but not those of ND4J's
 * arrays, of which ND4J itself has a list.
 */
public final class NativeMemory {
  private static final long SLACK = 1 << 20;

  /** Arrays that come and go, fewer than one for each repetition. */
  private static final long SLACK_OF_ARRAYS = 50;

  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

  /** So many equal readings after as many collections mean that nothing more will be freed. */
  private static final int READINGS = 4;

  private NativeMemory() {}

  /**
   * Fails if the memory grows by a mebibyte, or arrays are left, while some work is repeated.
   *
   * @param warmUps repetitions before the first reading
   * @param runs repetitions between the two readings: at least 60, for a single array of each to
   *     show
   */
  public static void assertSteady(int warmUps, int runs, Runnable work) {
    repeat(warmUps, work);
    Held before = settled();
    repeat(runs, work);
    Held after = settled();
    assertThat(after.bytes).as("bytes").isLessThan(before.bytes + SLACK);
    assertThat(after.arrays).as("arrays").isLessThan(before.arrays + SLACK_OF_ARRAYS);
  }

  /**
   * What is held.
   *
   * @param bytes of JavaCPP's own objects and of arrays
   * @param arrays how many there are
   */
  public record Held(long bytes, long arrays) {
    static Held now() {
      long bytes = Pointer.totalBytes();
      long arrays = 0;
      for (Object reference : lent().values()) {
        if (((Reference<?>) reference).get() instanceof DataBuffer buffer) {
          bytes += buffer.length() * buffer.getElementSize();
          arrays++;
        }
      }
      return new Held(bytes, arrays);
    }

    /** Weak references to the memory of all arrays, which ND4J tells nobody of. */
    private static Map<?, ?> lent() {
      try {
        DeallocatorService service = Nd4j.getDeallocatorService();
        Field field = DeallocatorService.class.getDeclaredField("referenceMap");
        field.setAccessible(true);
        return (Map<?, ?>) field.get(service);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("another version of ND4J", e);
      }
    }
  }

  private static void repeat(int times, Runnable work) {
    for (int i = 0; i < times; i++) {
      work.run();
    }
  }

  /** What is held when all garbage is freed, which a thread of JavaCPP does after a collection. */
  public static Held settled() {
    long end = System.nanoTime() + PATIENCE;
    Held last = null;
    for (int equal = 0; equal < READINGS && System.nanoTime() < end; ) {
      System.gc();
      LockSupport.parkNanos(PAUSE);
      Held now = Held.now();
      equal = now.equals(last) ? equal + 1 : 0;
      last = now;
    }
    return last;
  }
}
