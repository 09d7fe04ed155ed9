package io.bayes4j.core.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.testing.Samples;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Wrong arguments of integer kernels, named at the edge. */
class CheckedIntegersTest {
  private static final Quantum QUANTUM = new Quantum(0.1f, true);
  private static final ConvGeometry GEOMETRY =
      new ConvGeometry(List.of(2), List.of(1), List.of(0), List.of(1), 1);

  private final IntegerKernels integers = Kernels.integers();

  private INDArray bytes(long... shape) {
    return integers.quantize(Samples.normals(1, shape), QUANTUM);
  }

  private static IntegerEpilogue epilogue(int units) {
    return new IntegerEpilogue(QUANTUM, Collections.nCopies(units, 0.5f), null, IntegerFinish.NONE);
  }

  private static void assertRefused(Runnable call, String message) {
    assertThatIllegalArgumentException().isThrownBy(call::run).withMessageContaining(message);
  }

  @Test
  void namesWhatIsWrong() {
    INDArray floats = Samples.normals(1, 3, 4);
    assertRefused(() -> integers.quantize(null, QUANTUM), "x must not be null");
    assertRefused(() -> integers.quantize(floats, null), "quantum must not be null");
    assertRefused(() -> integers.matmul(floats, bytes(5, 4)), "x must be a non-empty dense INT8");
    assertRefused(() -> integers.matmul(bytes(3, 4), floats), "weight must be a non-empty dense");
    assertRefused(() -> integers.matmul(bytes(3, 4), bytes(5, 3)), "x must have 3 columns");
    assertRefused(
        () -> integers.matmul(bytes(1, 66_000), bytes(1, 66_000)), "at most 65793 elements");
    assertRefused(
        () -> integers.matmul(floats, bytes(5, 4), epilogue(4)), "scales must be 5, one for each");
    assertRefused(
        () ->
            integers.matmul(
                floats,
                bytes(5, 4),
                new IntegerEpilogue(
                    QUANTUM,
                    Collections.nCopies(5, 1f),
                    Samples.normals(1, 4),
                    IntegerFinish.NONE)),
        "bias must have shape [5], got [4]");
    assertRefused(
        () ->
            integers.matmul(
                floats,
                bytes(5, 4),
                new IntegerEpilogue(
                    QUANTUM,
                    Collections.nCopies(5, 1f),
                    null,
                    new IntegerFinish(Samples.normals(1, 3, 4), null, false, false, null))),
        "addend must have shape [3, 5], got [3, 4]");
    assertRefused(
        () ->
            integers.matmul(
                integers.quantize(floats, new Quantum(1, false)), bytes(5, 4), epilogue(5)),
        "x must be FLOAT or INT8");
    assertRefused(() -> integers.rowProducts(bytes(5, 4), epilogue(5), 0), "rows must be > 0");
    assertRefused(() -> integers.rowProducts(floats, epilogue(3), 2), "weight must be a non-empty");
    assertRefused(() -> integers.rowProducts(bytes(5, 4), epilogue(4), 2), "scales must be 5");
    assertRefused(
        () ->
            integers.rowProducts(
                bytes(5, 4),
                new IntegerEpilogue(
                    QUANTUM,
                    Collections.nCopies(5, 1f),
                    null,
                    IntegerFinish.NONE.roundedTo(QUANTUM)),
                2),
        "epilogue must neither add an array nor round");
    INDArray addend = bytes(3, 5);
    assertRefused(
        () -> new IntegerFinish(addend, null, false, false, null),
        "addend must be of type FLOAT, got BYTE");
    assertRefused(
        () -> new IntegerFinish(addend, new Quantum(1, false), false, false, null),
        "addend must be of type UINT8, got BYTE");
    assertRefused(() -> integers.dequantize(addend, new Quantum(1, false)), "x must be UINT8, as");
    assertRefused(() -> integers.dequantize(floats, QUANTUM), "x must be a non-empty dense INT8");
    assertRefused(() -> integers.inLayout(addend, null), "layout must not be null");
    assertRefused(
        () -> integers.maxPool(addend, PoolGeometry.of(GEOMETRY)), "INT8 or UINT8 array of rank 3");
    assertRefused(
        () -> integers.conv(bytes(1, 2, 5), bytes(3, 1, 2), GEOMETRY), "x must have 1 channels");
    assertRefused(() -> integers.conv(bytes(1, 2, 1), bytes(3, 2, 2), GEOMETRY), "input length 1");
    assertRefused(() -> new Quantum(0, true), "scale must be a normal float above zero");
    assertRefused(() -> new Quantum(Float.NaN, true), "got NaN");
    assertRefused(
        () -> new IntegerEpilogue(QUANTUM, List.of(0f), null, IntegerFinish.NONE),
        "scales must be");
  }

  @Test
  void saysWhatMultiplies() {
    assertThat(Kernels.portable().integers().instructions()).isEqualTo("Java");
  }
}
