package io.bayes4j.onednn;

import io.bayes4j.core.internal.ByteMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bytedeco.dnnl.primitive_desc;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Keeps sums of 8-bit numbers exact: what of oneDNN would round them is passed over.
 *
 * <p>Processors without AMX multiply unsigned by signed numbers. Signed inputs are therefore raised
 * by 128, and 128 times the sum of a unit's weights is taken off again. Matrix products with VNNI
 * do so in floats and after the bias, convolutions by a single point in floats, and both are wrong
 * in the last bit where a float no longer holds a number on the way.
 */
final class ExactSums {
  /** A float holds every whole number up to this. */
  private static final int WHOLE = 1 << 24;

  /** Products of which a float holds every sum. */
  private static final int TERMS = WHOLE / (255 * 128);

  private static final int GRAIN = 1 << 14;

  private ExactSums() {}

  /** Whether a float holds every sum of so many products. */
  static boolean fitFloats(long terms) {
    return terms <= TERMS;
  }

  /**
   * The first implementation of a product of signed inputs that gives exact sums.
   *
   * @param biased whether there is a bias
   * @param terms of a sum
   */
  static void ofProduct(primitive_desc description, boolean biased, long terms) {
    if (biased || !fitFloats(terms)) {
      passOver("brg", description);
    }
  }

  /**
   * The first implementation of a convolution of signed inputs that gives exact sums.
   *
   * @param terms of a sum
   */
  static void ofConvolution(primitive_desc description, long terms) {
    if (!fitFloats(terms)) {
      passOver("1x1", description);
    }
  }

  /**
   * Passes over what has a part in its name, unless it is of AMX, which multiplies signed numbers.
   */
  private static void passOver(String part, primitive_desc description) {
    String name = Kernel.implementation(description);
    while (name.contains(part) && !name.contains("amx")) {
      Require.state(description.next_impl(), "oneDNN has nothing for exact sums after %s", name);
      name = Kernel.implementation(description);
    }
  }

  /** Whether all INT32 sums are so small that floats, which they have been, hold them. */
  static boolean survivedFloats(INDArray sums) {
    ByteMemory memory = ByteMemory.of(sums, "sums");
    AtomicBoolean small = new AtomicBoolean(true);
    Parallel.forRange(
        sums.length(),
        GRAIN,
        (from, to) -> {
          int[] some = new int[(int) (to - from)];
          memory.read(from, some, some.length);
          for (int sum : some) {
            if (sum <= -WHOLE || sum >= WHOLE) {
              small.set(false);
              return;
            }
          }
        });
    return small.get();
  }
}
