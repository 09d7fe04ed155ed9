package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GoldenPooling;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Poolings by a spec: PyTorch's numbers, and what is refused. */
class PoolSpecTest {
  static Stream<GoldenPooling> cases() {
    return GoldenPooling.all().stream();
  }

  private static int[] numbers(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  private static PoolSpec spec(GoldenPooling golden) {
    PoolSpec spec =
        PoolSpec.of(numbers(golden.kernel()))
            .withStride(numbers(golden.stride()))
            .withPadding(numbers(golden.padding()))
            .withDilation(numbers(golden.dilation()));
    spec = golden.ceil() ? spec.withCeilMode() : spec;
    spec = golden.counts() ? spec : spec.withoutCountingPadding();
    return golden.divisor() > 0 ? spec.withDivisor(golden.divisor()) : spec;
  }

  private static Layer layer(GoldenPooling golden) {
    PoolSpec spec = spec(golden);
    return switch (spec.rank()) {
      case 1 -> golden.maximum() ? new MaxPool1d(spec) : new AvgPool1d(spec);
      case 2 -> golden.maximum() ? new MaxPool2d(spec) : new AvgPool2d(spec);
      default -> golden.maximum() ? new MaxPool3d(spec) : new AvgPool3d(spec);
    };
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isThatOfPyTorch(GoldenPooling golden) {
    Layer layer = layer(golden);
    for (Layout layout : Layout.values()) {
      Var x = Var.leaf(Samples.in(layout, golden.x()));
      Var y = layer.forward(x, Pass.train(Noise.seeded(1)));
      Doubles.assertClose("y", y.value(), golden.y(), 1e-6);
      Gradients gradients = Gradients.of(y, golden.g());
      Doubles.assertClose("gradient", gradients.get(x), golden.gradX(), 1e-6);
    }
  }

  @Test
  void gradientsEqualFiniteDifferences() {
    PoolSpec spec = PoolSpec.of(3, 2).withStride(2, 3).withPadding(1).withCeilMode();
    for (Layer layer : List.of(new MaxPool2d(spec), new AvgPool2d(spec.withoutCountingPadding()))) {
      Var x = Var.leaf(Samples.distinct(1, 2, 3, 6, 7));
      GradientCheck.of(() -> layer.forward(x, Pass.train(Noise.seeded(1)))).elements(20).run(x);
    }
  }

  @Test
  void shortInputsArePooledAsLongOnes() {
    Var one = Var.leaf(Samples.distinct(1, 4, 8, 1));
    Var y = new MaxPool1d(5, 1, 2).forward(one, Pass.mean());
    assertThat(Doubles.of(y.value())).isEqualTo(Doubles.of(one.value()));
    Var small = Var.leaf(Samples.distinct(1, 4, 8, 4, 4));
    Var all = new MaxPool2d(13, 1, 6).forward(small, Pass.mean());
    assertThat(all.shape()).containsExactly(4, 8, 4, 4);
    assertThat(all.value().getDouble(1, 2, 0, 3))
        .isEqualTo(small.value().tensorAlongDimension(10, 2, 3).maxNumber().doubleValue());
  }

  @Test
  void namesWhatIsNotUsual() {
    PoolSpec plain = PoolSpec.of(3, 2);
    assertThat(new MaxPool2d(plain))
        .hasToString("MaxPool2d(kernel=[3, 2], stride=[3, 2], padding=[0, 0])");
    assertThat(new AvgPool2d(plain.withPadding(1).withCeilMode().withoutCountingPadding()))
        .hasToString(
            "AvgPool2d(kernel=[3, 2], stride=[3, 2], padding=[1, 1], ceil_mode=true,"
                + " count_include_pad=false)");
    assertThat(new MaxPool2d(plain.withDilation(2, 1)).toString()).contains("dilation=[2, 1]");
    assertThat(new AvgPool2d(plain.withDivisor(7)).toString()).contains("divisor_override=7");
    assertThat(new MaxPool2d(plain).spec()).isEqualTo(plain);
  }

  private static void refuses(ThrowingCallable call, String message) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
  }

  @Test
  void refusesWhatDoesNotFit() {
    PoolSpec spec = PoolSpec.of(3, 2);
    refuses(() -> PoolSpec.of(), "window must have 1 to 3 axes, got []");
    refuses(() -> PoolSpec.of(1, 2, 3, 4), "window must have 1 to 3 axes, got [1, 2, 3, 4]");
    refuses(() -> PoolSpec.of(0), "window must be 1 numbers of at least 1, got [0]");
    refuses(() -> PoolSpec.of((int[]) null), "window must not be null");
    refuses(() -> spec.withStride(0), "stride must be 2 numbers of at least 1, got [0, 0]");
    refuses(() -> spec.withStride(1, 2, 3), "stride must be one number or 2, got [1, 2, 3]");
    refuses(() -> spec.withPadding(-1), "padding must be 2 numbers of at least 0, got [-1, -1]");
    refuses(() -> spec.withPadding(1, 2), "padding (=2) must be at most half of the window (=2)");
    refuses(
        () -> spec.withDilation(3).withPadding(2),
        "padding (=2) must be at most half of the window (=3)");
    refuses(() -> spec.withDilation(0, 1), "dilation must be 2 numbers of at least 1, got [0, 1]");
    refuses(() -> spec.withDivisor(0), "divisor must be > 0, got 0");
    refuses(() -> new MaxPool1d(spec), "window must have 1 spatial axes here, got [3, 2]");
    refuses(() -> new MaxPool2d(null), "spec must not be null");
    refuses(
        () -> new MaxPool2d(spec.withoutCountingPadding()),
        "countIncludePad is an option of average pooling, got false");
    refuses(
        () -> new MaxPool2d(spec.withDivisor(2)),
        "divisorOverride is an option of average pooling, got 2");
    refuses(
        () -> new AvgPool2d(spec.withDilation(2)),
        "dilation is an option of max pooling, got [2, 2]");
  }

  @Test
  void refusesInputsThatNoWindowFits() {
    Var x = Var.constant(Samples.normals(1, 1, 1, 2));
    assertThat(new MaxPool1d(PoolSpec.of(3).withCeilMode()).forward(x, Pass.mean()).shape())
        .as("a last window that is not full")
        .containsExactly(1, 1, 1);
    refuses(
        () -> new MaxPool1d(PoolSpec.of(3)).forward(x, Pass.mean()),
        "input length 2 with padding 0 must be at least the kernel's extent 3 (spatial axis 0)");
    refuses(
        () -> new MaxPool1d(PoolSpec.of(5).withStride(2).withCeilMode()).forward(x, Pass.mean()),
        "input length 2 with padding 0 and stride 2 must reach the window's extent 5, the last"
            + " step apart (spatial axis 0)");
  }
}
