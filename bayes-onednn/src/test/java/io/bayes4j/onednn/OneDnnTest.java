package io.bayes4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What the contract of kernels does not ask: being found, switched off, shared among threads. */
class OneDnnTest {
  private static final OneDnn ONEDNN = new OneDnn();
  private static final ConvGeometry SAME =
      new ConvGeometry(List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);

  @Test
  void isFoundOnTheClassPathAndChosen() {
    assertThat(ServiceLoader.load(KernelProvider.class)).hasAtLeastOneElementOfType(OneDnn.class);
    assertThat(Kernels.provider()).isInstanceOf(OneDnn.class);
    assertThat(ONEDNN.name()).matches("oneDNN \\(\\d+\\.\\d+\\.\\d+, \\w+, F32\\)");
    assertThat(ONEDNN.priority()).isEqualTo(100);
  }

  @Test
  void saysWhyItDoesNotServe() {
    withProperty(
        "bayes4j.onednn",
        "off",
        () ->
            assertThatThrownBy(OneDnn::new)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("bayes4j.onednn=off"));
    withProperty(
        "os.arch",
        "aarch64",
        () ->
            assertThatThrownBy(OneDnn::new)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("aarch64"));
  }

  private static void withProperty(String name, String value, Runnable check) {
    String before = System.getProperty(name);
    System.setProperty(name, value);
    try {
      check.run();
    } finally {
      if (before == null) {
        System.clearProperty(name);
      } else {
        System.setProperty(name, before);
      }
    }
  }

  @Test
  void readsViewsWhereTheyLie() {
    INDArray batch = Samples.normals(1, 6, 32);
    INDArray examples = batch.get(NDArrayIndex.interval(2, 5), NDArrayIndex.all());
    INDArray weight = Samples.normals(2, 9, 16);
    INDArray features = examples.get(NDArrayIndex.all(), NDArrayIndex.interval(8, 24));
    assertThat(Operand.describable(features)).isSameAs(features);
    assertClose(
        ONEDNN.linear(features, weight, null), Kernels.portable().linear(features, weight, null));

    INDArray images = Samples.normals(Layout.CHANNELS_LAST, 3, 5, 4, 6, 6);
    INDArray part = images.get(NDArrayIndex.interval(1, 3));
    INDArray kernel = Samples.normals(4, 8, 4, 3, 3);
    assertThat(Operand.describable(part)).isSameAs(part);
    assertClose(
        ONEDNN.conv(part, kernel, null, SAME), Kernels.portable().conv(part, kernel, null, SAME));
  }

  @Test
  void poolsAndNormalisesViews() {
    INDArray part =
        Samples.normals(Layout.CHANNELS_LAST, 3, 5, 4, 6, 6).get(NDArrayIndex.interval(1, 3));
    INDArray scale = Samples.normals(5, 3, 4).getRow(1);
    INDArray shift = Samples.normals(6, 3, 4).getRow(2);
    KernelProvider portable = Kernels.portable();
    assertClose(ONEDNN.maxPool(part, SAME), portable.maxPool(part, SAME));
    assertClose(ONEDNN.avgPool(part, SAME), portable.avgPool(part, SAME));
    assertClose(
        ONEDNN.batchNorm(part, scale, shift, 1e-5).y(),
        portable.batchNorm(part, scale, shift, 1e-5).y());
  }

  @Test
  void writesASumInPlaceWhereItMay() {
    INDArray x = Samples.normals(Layout.CHANNELS_LAST, 1, 2, 16, 5, 5);
    INDArray weight = Samples.normals(2, 16, 16, 3, 3);
    for (Layout layout : Layout.values()) {
      INDArray addend = Samples.normals(layout, 3, 2, 16, 5, 5);
      INDArray sum = Kernels.conv(x, weight, null, SAME, new Epilogue(addend, false)).dup();
      INDArray y = Kernels.conv(x, weight, null, SAME, new Epilogue(addend, false, true));
      assertThat(y == addend).isEqualTo(layout == Layout.CHANNELS_LAST);
      assertThat(Doubles.of(y)).isEqualTo(Doubles.of(sum));
    }
  }

  @Test
  void leavesAnAddendThatItReadsOtherwise() {
    INDArray x = Samples.normals(Layout.CHANNELS_LAST, 1, 2, 16, 5, 5);
    INDArray weight = Samples.normals(2, 16, 16, 3, 3);
    double[] before = Doubles.of(x);
    double[] sum = Doubles.of(Kernels.conv(x, weight, null, SAME, new Epilogue(x, true)));
    Epilogue overlapping = new Epilogue(x, true, true);
    INDArray y = Kernels.conv(x, weight, null, SAME, overlapping);
    INDArray prepared = Kernels.prepareConv(weight, null, SAME).conv(x, overlapping);
    assertThat(Doubles.of(y)).isEqualTo(sum);
    assertThat(Doubles.of(prepared)).isEqualTo(sum);
    assertThat(Doubles.of(x)).isEqualTo(before);
  }

  @Test
  void refusesOtherTypes() {
    INDArray doubles = Samples.normals(1, 3, 3).castTo(DataType.DOUBLE);
    assertThatThrownBy(() -> ONEDNN.matmul(doubles, false, doubles, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("array must be of type FLOAT, BFLOAT16, INT8, UINT8 or INT32, got DOUBLE");
  }

  @Test
  void sumsManyPositionsAsExactlyAsFloatsAllow() {
    INDArray x = Samples.normals(Layout.CHANNELS_LAST, 1, 16, 16, 64, 64).addi(10);
    assertClose(ONEDNN.channelSum(x), Kernels.portable().channelSum(x));
  }

  @Test
  void computesInSeveralThreadsAtOnce() throws Exception {
    List<INDArray> inputs = new ArrayList<>();
    List<INDArray> expected = new ArrayList<>();
    INDArray kernel = Samples.normals(1, 20, 3, 3, 3);
    for (int i = 0; i < 4; i++) {
      inputs.add(Samples.normals(10 + i, 2 + i, 3, 12, 12));
      expected.add(ONEDNN.conv(inputs.get(i), kernel, null, SAME));
    }
    ExecutorService threads = Executors.newFixedThreadPool(inputs.size());
    try {
      List<Future<INDArray>> results = new ArrayList<>();
      for (int call = 0; call < 200; call++) {
        // Threads share a plan in some calls, and none in others.
        INDArray x = inputs.get(call % 3 == 0 ? 0 : call % inputs.size());
        results.add(threads.submit(() -> ONEDNN.conv(x, kernel, null, SAME)));
      }
      for (int call = 0; call < results.size(); call++) {
        assertThat(results.get(call).get(1, TimeUnit.MINUTES))
            .isEqualTo(expected.get(call % 3 == 0 ? 0 : call % inputs.size()));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void followsTheNumberOfThreads() {
    int before = Parallel.threads();
    INDArray x = Samples.normals(1, 64, 64);
    INDArray expected = ONEDNN.matmul(x, false, x, true);
    try {
      for (int count : new int[] {1, 3, 2}) {
        Parallel.setThreads(count);
        assertThat(ONEDNN.openMpThreads()).isEqualTo(count);
        assertClose(ONEDNN.matmul(x, false, x, true), expected);
        // Other instances change the same number.
        assertThat(new OneDnn().openMpThreads()).isEqualTo(count);
      }
      List<Integer> inside = Collections.synchronizedList(new ArrayList<>());
      Parallel.forRange(4, 1, (from, to) -> inside.add(ONEDNN.openMpThreads()));
      assertThat(inside).containsExactly(1, 1, 1, 1);
      assertThat(ONEDNN.openMpThreads()).isEqualTo(2);
    } finally {
      Parallel.setThreads(before);
    }
  }

  @Test
  @SuppressWarnings({"try", "unchecked"}) // A scope works by being open.
  void survivesScopesOfItsCaller() {
    INDArray x = Samples.normals(1, 7, 11);
    INDArray first;
    try (PointerScope scope = new PointerScope()) {
      first = ONEDNN.matmul(x, false, x, true);
    }
    assertThat(ONEDNN.matmul(x, false, x, true)).isEqualTo(first);
  }

  @Test
  void allocatesResultsInTheScope() {
    Arena arena = new Arena();
    INDArray x = Samples.normals(1, 8, 4);
    arena.scope(
        () -> {
          ONEDNN.matmul(x, false, x, true);
        });
    assertThat(arena.bytes()).isEqualTo(8 * 8 * Float.BYTES);
  }

  private static void assertClose(INDArray actual, INDArray expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    double largest = expected.amaxNumber().doubleValue();
    assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThan(1e-5 * largest);
  }
}
