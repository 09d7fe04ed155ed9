package io.bayes4j.core.kernels.portable;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.IntegerEpilogue;
import io.bayes4j.core.kernels.IntegerFinish;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.core.testing.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class SharesTest {
  /** No thread waits where there are units or examples for it, and pieces are not too small. */
  @ParameterizedTest
  @CsvSource({
    // examples, least, most, units, threads, grain, parts
    "8, 2, 10, 64, 1, 10, 1",
    "8, 2, 10, 64, 2, 4, 1",
    "8, 2, 10, 64, 4, 2, 1",
    "8, 2, 10, 64, 16, 2, 4",
    "24, 2, 10, 64, 2, 6, 1",
    "1, 1, 1, 64, 2, 1, 2",
    "1, 1, 1, 6, 16, 1, 1",
    "3, 128, 512, 1000, 4, 128, 4",
    "1000, 128, 512, 10, 2, 500, 1",
    "33, 8, 32, 1, 2, 17, 1",
  })
  void areFair(long examples, int least, int most, int units, int threads, int grain, int parts) {
    assertThat(Shares.of(examples, least, most, units, threads))
        .isEqualTo(new Shares(grain, parts));
  }

  @Test
  void coverEverythingOnce() {
    for (Shares shares : List.of(new Shares(3, 1), new Shares(3, 4), new Shares(100, 7))) {
      for (int units : new int[] {1, 5, 28, 29}) {
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        shares.run(
            10,
            units,
            (from, to, first, last) -> {
              for (long example = from; example < to; example++) {
                for (int unit = first; unit < last; unit++) {
                  seen.add(example + " " + unit);
                }
              }
            });
        assertThat(seen).hasSize(10 * units).doesNotHaveDuplicates();
      }
    }
  }

  @Test
  void changeNoBit() {
    INDArray rows = whole(1, 5, 300);
    INDArray weights = whole(2, 40, 300);
    assertSame(() -> PortableIntegers.INSTANCE.matmul(rows, weights));
    assertSame(() -> PortableIntegers.INSTANCE.matmul(rows, weights, worth(40)));
    INDArray many = whole(1, 45, 30);
    assertSame(() -> PortableIntegers.INSTANCE.matmul(many, whole(2, 70, 30), worth(70)));
    for (int groups : new int[] {1, 3}) {
      ConvGeometry g =
          new ConvGeometry(List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), groups);
      INDArray images = whole(3, 3, 6, 5, 7);
      INDArray kernel = whole(4, 21, 6 / groups, 3, 3);
      assertSame(() -> PortableIntegers.INSTANCE.conv(images, kernel, g));
      assertSame(() -> PortableIntegers.INSTANCE.conv(images, kernel, g, worth(21)));
    }
  }

  private static INDArray whole(long seed, long... shape) {
    INDArray x = Samples.normals(seed, shape).mul(60);
    return PortableIntegers.INSTANCE.quantize(x, new Quantum(1, true));
  }

  private static IntegerEpilogue worth(int units) {
    return new IntegerEpilogue(
        new Quantum(0.1f, true),
        Collections.nCopies(units, 0.3f),
        Samples.normals(9, units),
        IntegerFinish.NONE);
  }

  private static void assertSame(Supplier<INDArray> work) {
    int before = Parallel.threads();
    try {
      Parallel.setThreads(1);
      double[] expected = work.get().dup('c').data().asDouble();
      for (int threads : new int[] {2, 5, 16}) {
        Parallel.setThreads(threads);
        assertThat(work.get().dup('c').data().asDouble())
            .as("%d threads, %s", threads, Arrays.toString(expected))
            .isEqualTo(expected);
      }
    } finally {
      Parallel.setThreads(before);
    }
  }
}
