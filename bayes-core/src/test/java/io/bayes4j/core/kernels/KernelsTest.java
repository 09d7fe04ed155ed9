package io.bayes4j.core.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.testing.Samples;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The facade: what it refuses before a provider sees it, and whom it asks. */
class KernelsTest {
  private static final ConvGeometry G =
      new ConvGeometry(List.of(3, 3), List.of(1, 1), List.of(0, 0), List.of(1, 1), 2);
  private static final ConvGeometry WINDOW =
      new ConvGeometry(List.of(2, 2), List.of(2, 2), List.of(0, 0), List.of(1, 1), 1);
  private final INDArray x = Samples.normals(1, 2, 4, 6, 5);
  private final INDArray w = Samples.normals(2, 6, 2, 3, 3);
  private final INDArray gradY = Samples.normals(3, 2, 6, 4, 3);
  private final INDArray three = Samples.normals(4, 3);
  private final INDArray matrix = Samples.normals(5, 4, 3);

  private static void refuses(ThrowingCallable call, String... parts) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessageContainingAll(parts);
  }

  private static INDArray of(long... shape) {
    return Samples.normals(9, shape);
  }

  @Test
  void products() {
    refuses(() -> Kernels.matmul(matrix, false, matrix, false), "inner", "[4, 3]");
    refuses(() -> Kernels.matmul(three, false, matrix, false), "a must be", "rank 2", "[3]");
    refuses(() -> Kernels.matmul(matrix, false, x, false), "b must be", "rank 2");
    INDArray doubles = matrix.castTo(DataType.DOUBLE);
    refuses(() -> Kernels.matmul(doubles, true, matrix, false), "a must be", "DOUBLE");
    INDArray empty = Nd4j.empty(DataType.FLOAT);
    refuses(() -> Kernels.matmul(empty, true, matrix, false), "non-empty");
    refuses(() -> Kernels.linear(matrix, of(5, 4), null), "x must have 4 features", "[4, 3]");
    refuses(() -> Kernels.linear(matrix, of(5, 3), three), "bias must have shape [5], got [3]");
    refuses(() -> Kernels.rowProducts(three, true, 2), "matrix must be", "rank 2");
    refuses(() -> Kernels.rowProducts(matrix, true, 0), "rows must be > 0, got 0");
  }

  @Test
  void convolutions() {
    refuses(() -> Kernels.conv(three, w, null, G), "x must be", "rank 4");
    refuses(() -> Kernels.conv(x, three, null, G), "weight must be", "rank 4");
    refuses(() -> Kernels.conv(of(2, 3, 6, 5), w, null, G), "4 channels", "groups 2", "got 3");
    refuses(() -> Kernels.conv(x, of(5, 2, 3, 3), null, G), "units (=5)", "groups (=2)");
    refuses(() -> Kernels.conv(x, of(6, 2, 3, 2), null, G), "kernel size [3, 3]");
    refuses(() -> Kernels.conv(x, w, three, G), "bias must have shape [6]");
    refuses(() -> Kernels.conv(of(2, 4, 6, 2), w, null, G), "input length 2");
  }

  @Test
  void convolutionGradients() {
    INDArray wrong = of(2, 6, 4, 4);
    refuses(() -> Kernels.convBackward(x, w, wrong, G), "gradY must have shape [2, 6, 4, 3]");
    refuses(() -> Kernels.convBackward(three, w, gradY, G), "x must be");
    refuses(() -> Kernels.convBackward(x, three, gradY, G), "weight must be");
    refuses(() -> Kernels.convBackwardData(wrong, w, x.shape(), G), "gradY");
    refuses(() -> Kernels.convBackwardData(gradY, w, new long[] {2, 4, 6}, G), "4 axes");
    refuses(() -> Kernels.convBackwardData(gradY, w, new long[] {2, 3, 6, 5}, G), "channels");
    refuses(() -> Kernels.convBackwardWeights(x, wrong, w.shape(), G), "gradY");
    refuses(() -> Kernels.convBackwardWeights(x, gradY, new long[] {6, 2}, G), "shapeW");
    refuses(() -> Kernels.convBackwardWeights(x, gradY, new long[] {6, 3, 3, 3}, G), "channels");
    refuses(() -> Kernels.convBackwardWeights(x, gradY, new long[] {6, 2, 2, 3}, G), "kernel");
  }

  @Test
  void activationsOfTwoTypes() {
    INDArray rounded = Kernels.cast(gradY, DataType.BFLOAT16);
    assertThat(Kernels.cast(rounded, DataType.FLOAT).shape()).isEqualTo(gradY.shape());
    refuses(() -> Kernels.convBackward(x, w, rounded, G), "gradY must be FLOAT", "BFLOAT16");
    refuses(() -> Kernels.conv(rounded, w, null, G), "x must be", "float", "BFLOAT16");
    refuses(() -> Kernels.addInto(gradY, rounded), "y must be FLOAT", "BFLOAT16");
    refuses(() -> Kernels.addInto(gradY, x), "y must be FLOAT of shape");
    refuses(() -> Kernels.cast(x, DataType.DOUBLE), "type must be FLOAT or BFLOAT16", "DOUBLE");
    refuses(() -> Kernels.cast(x.castTo(DataType.INT32), DataType.FLOAT), "x must be", "INT");
  }

  @Test
  void pools() {
    INDArray y = of(2, 4, 3, 2);
    refuses(() -> PoolKernels.maxPool(three, WINDOW), "x must be");
    refuses(() -> PoolKernels.maxPoolBackward(x, y, of(2, 4, 3, 3), WINDOW), "gradY");
    refuses(() -> PoolKernels.maxPoolBackward(x, of(2, 4, 3, 3), y, WINDOW), "y must have shape");
    refuses(() -> PoolKernels.avgPoolBackward(y, new long[] {2, 4, 6}, WINDOW), "4 axes");
    refuses(() -> PoolKernels.avgPoolBackward(y, new long[] {2, 4, 8, 5}, WINDOW), "gradY");
  }

  @Test
  void channels() {
    KernelProvider.BatchNorm forward = Kernels.batchNorm(matrix, three, three, 1e-5);
    INDArray two = of(2);
    refuses(() -> Kernels.batchNormBackward(matrix, of(4, 2), three, forward, 1e-5), "gradY");
    refuses(() -> Kernels.batchNormBackward(matrix, matrix, two, forward, 1e-5), "scale");
    refuses(() -> Kernels.batchNorm(matrix, three, three, Double.NaN), "epsilon");
    refuses(() -> Kernels.channelAdd(three, three), "channel axis", "rank 1");
    refuses(() -> Kernels.channelSum(three), "channel axis", "rank 1");
    refuses(() -> Kernels.channelScale(three, three), "channel axis", "rank 1");
    refuses(() -> Kernels.channelScale(matrix, of(3, 3)), "factors must have shape [4, 3]");
  }

  @Test
  void anotherProviderServesOnePieceOfWorkOfOneThread() {
    KernelProvider before = Kernels.provider();
    KernelProvider portable = Kernels.portable();
    assertThat(Kernels.with(portable, Kernels::provider)).isSameAs(portable);
    assertThatThrownBy(
            () ->
                Kernels.with(
                    portable,
                    () -> {
                      throw new IllegalStateException("work failed");
                    }))
        .hasMessage("work failed");
    assertThat(Kernels.provider()).isSameAs(before);
  }

  @Test
  void thePortableProviderIsTheLastResort() {
    assertThat(Kernels.portable().priority()).isZero();
    assertThat(Kernels.portable().name()).contains("portable");
  }
}
