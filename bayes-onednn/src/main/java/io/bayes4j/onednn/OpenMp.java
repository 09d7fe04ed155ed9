package io.bayes4j.onednn;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import io.bayes4j.core.internal.Parallel;
import java.util.Map;

/**
 * Keeps the number of OpenMP threads equal to {@link Parallel#threads()}. OpenMP holds that number
 * per thread, and by itself knows the machine's processors but no limit of a container.
 */
final class OpenMp {
  /**
   * RTLD_LAZY without RTLD_GLOBAL. JNA's default would let the symbols of this oneDNN replace those
   * of the older one inside ND4J, which then crashes.
   */
  private static final Map<String, Integer> OPEN_LOCALLY = Map.of(Library.OPTION_OPEN_FLAGS, 1);

  private final Function setNumThreads;
  private final Function getMaxThreads;
  private final ThreadLocal<Integer> set = ThreadLocal.withInitial(() -> 0);

  /**
   * Finds OpenMP in a library that is linked with it: another copy may be loaded, and would take
   * the number without effect.
   *
   * @throws UnsatisfiedLinkError if it is not there
   */
  OpenMp(String library) {
    NativeLibrary linked = NativeLibrary.getInstance(library, OPEN_LOCALLY);
    setNumThreads = linked.getFunction("omp_set_num_threads");
    getMaxThreads = linked.getFunction("omp_get_max_threads");
  }

  /** Sets the number for the calling thread if it changed, and returns it. */
  int update() {
    int wanted = Parallel.threads();
    if (set.get() != wanted) {
      setNumThreads.invokeVoid(new Object[] {wanted});
      set.set(wanted);
    }
    return wanted;
  }

  /** How many threads OpenMP would use for the calling thread. */
  int threads() {
    return getMaxThreads.invokeInt(new Object[0]);
  }
}
