package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.bayes4j.core.ops.conv.PaddingMode;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Options that do not go together are refused when a layer is made, not when it is run. */
class ConvSpecTest {
  private static final ConvSpec SPEC = ConvSpec.conv1d(4, 6, 3);
  private static final Init INIT = Init.seeded(1);

  private static void refuses(ThrowingCallable call, String message) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
  }

  @Test
  void numbers() {
    refuses(() -> SPEC.withGroups(4), "outChannels (=6) must be divisible by groups (=4)");
    refuses(() -> SPEC.withPadding(-1), "padding must be 1 numbers of at least 0, got [-1]");
    refuses(() -> SPEC.withStride(0), "stride must be 1 numbers of at least 1, got [0]");
    refuses(() -> SPEC.withDilation(1, 2), "dilation must be one number or 1, got [1, 2]");
    refuses(
        () -> SPEC.withStride(2).withSamePadding(),
        "\"same\" padding needs a stride of 1, got [2]");
    refuses(() -> new Conv2d(SPEC, INIT), "kernel must have 2 spatial axes here, got [3]");
  }

  @Test
  void outputPaddingOfAConvolution() {
    refuses(
        () -> new Conv1d(SPEC.withOutputPadding(1), INIT),
        "outputPadding is an option of transposed convolutions, got [1]");
  }

  @Test
  void outputPaddingOfATransposedConvolutionStaysBelowStrideOrDilation() {
    refuses(
        () -> new ConvTranspose1d(SPEC.withOutputPadding(1), INIT),
        "outputPadding must be below the stride [1] or the dilation [1], got [1]");
    assertThatNoException()
        .isThrownBy(() -> new ConvTranspose1d(SPEC.withOutputPadding(1).withStride(2), INIT));
    assertThatNoException()
        .isThrownBy(() -> new ConvTranspose1d(SPEC.withOutputPadding(2).withDilation(3), INIT));
  }

  @Test
  void paddingOfATransposedConvolution() {
    refuses(
        () -> new ConvTranspose1d(SPEC.withPaddingMode(PaddingMode.CIRCULAR), INIT),
        "a transposed convolution pads with zeros by numbers, got mode CIRCULAR, same=false");
    refuses(
        () -> new ConvTranspose1d(SPEC.withSamePadding(), INIT),
        "a transposed convolution pads with zeros by numbers, got mode ZEROS, same=true");
  }
}
