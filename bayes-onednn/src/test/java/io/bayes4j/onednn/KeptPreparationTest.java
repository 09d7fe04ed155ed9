package io.bayes4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.PreparedConv;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class KeptPreparationTest {
  private static final OneDnn ONEDNN = new OneDnn();
  private static final ConvGeometry SAME =
      new ConvGeometry(List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);

  private final INDArray weight = Samples.normals(1, 32, 16, 3, 3);
  private final Arena lasting = new Arena();
  private final Arena recycled = new Arena();

  private static INDArray images(int n) {
    return Samples.normals(Layout.CHANNELS_LAST, 2, n, 16, 12, 12);
  }

  @Test
  void isMadeOnceForPlansThatWantTheSame() {
    lasting.scope(
        () -> {
          PreparedConv prepared = ONEDNN.prepareConv(weight, null, SAME);
          INDArray expected = ONEDNN.conv(images(6), weight, null, SAME).dup();
          recycled.scope(() -> assertSame(prepared.conv(images(6), Epilogue.NONE), expected));
          long bytes = lasting.bytes();
          weight.assign(0);
          recycled.scope(() -> assertSame(prepared.conv(images(6), Epilogue.NONE), expected));
          for (int n : new int[] {4, 1}) {
            recycled.scope(
                () -> {
                  prepared.conv(images(n), new Epilogue(null, true));
                });
          }
          assertThat(lasting.bytes()).isEqualTo(bytes);
        });
  }

  @Test
  void madeOutsideOfScopesItOutlivesThoseItIsUsedIn() {
    INDArray expected = ONEDNN.conv(images(6), weight, null, SAME);
    PreparedConv prepared = ONEDNN.prepareConv(weight, null, SAME);
    Arena first = new Arena();
    first.scope(() -> assertSame(prepared.conv(images(6), Epilogue.NONE), expected));
    first.close();
    recycled.scope(() -> assertSame(prepared.conv(images(6), Epilogue.NONE), expected));
  }

  private static void assertSame(INDArray actual, INDArray expected) {
    assertThat(Doubles.of(actual)).isEqualTo(Doubles.of(expected));
  }

  @Test
  void servesSeveralThreadsAtOnce() {
    INDArray expected = ONEDNN.conv(images(6), weight, null, SAME);
    for (int i = 0; i < 20; i++) {
      PreparedConv prepared = ONEDNN.prepareConv(weight, null, SAME);
      assertThat(
              IntStream.range(0, 8)
                  .parallel()
                  .mapToObj(k -> prepared.conv(images(6), Epilogue.NONE))
                  .map(Doubles::of)
                  .toList())
          .containsOnly(Doubles.of(expected));
    }
  }
}
