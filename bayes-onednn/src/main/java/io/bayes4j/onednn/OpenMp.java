package io.bayes4j.onednn;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import io.bayes4j.core.internal.Parallel;
import java.util.Map;

/**
 * Keeps the number of OpenMP threads equal to {@link Parallel#threadsHere()}. OpenMP holds that
 * number per thread, and by itself knows the machine's processors but no limit of a container.
 */
final class OpenMp {
  /**
   * RTLD_LAZY without RTLD_GLOBAL. JNA's default would let the symbols of this oneDNN replace those
   * of the older one inside ND4J, which then crashes.
   */
  private static final Map<String, Integer> OPEN_LOCALLY = Map.of(Library.OPTION_OPEN_FLAGS, 1);

  /** The OpenMP with which oneDNN's Windows build is linked. */
  private static final String WINDOWS_RUNTIME = "vcomp140";

  /** What each thread's number is; 0 where it was never set. */
  private static final ThreadLocal<Integer> SET = ThreadLocal.withInitial(() -> 0);

  private final Function setNumThreads;
  private final Function getMaxThreads;

  /**
   * Finds OpenMP in a library that is linked with it: another copy may be loaded, and would take
   * the number without effect.
   *
   * @throws UnsatisfiedLinkError if it is not there
   */
  OpenMp(String library) {
    // Windows looks functions up in one library only, and never in those that it is linked with.
    NativeLibrary linked =
        Platform.isWindows()
            ? NativeLibrary.getInstance(WINDOWS_RUNTIME)
            : NativeLibrary.getInstance(library, OPEN_LOCALLY);
    setNumThreads = linked.getFunction("omp_set_num_threads");
    getMaxThreads = linked.getFunction("omp_get_max_threads");
  }

  /** Sets the number for the calling thread to what its loops use, and returns it. */
  int update() {
    return set(Parallel.threadsHere());
  }

  /** Makes the calling thread compile and run kernels alone until the next update; returns 1. */
  int alone() {
    return set(1);
  }

  /** Sets the number for the calling thread if it changed, and returns it. */
  int set(int wanted) {
    if (SET.get() != wanted) {
      setNumThreads.invokeVoid(new Object[] {wanted});
      SET.set(wanted);
    }
    return wanted;
  }

  /** How many threads OpenMP would use for the calling thread. */
  int threads() {
    return getMaxThreads.invokeInt(new Object[0]);
  }
}
