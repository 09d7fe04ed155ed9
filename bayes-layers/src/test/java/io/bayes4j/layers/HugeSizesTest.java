package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.LstmReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes that no memory holds are errors; they used to end the JVM. */
class HugeSizesTest {
  private static final Init INIT = Init.seeded(1);
  private static final VariationalSpec SPEC = VariationalSpec.defaults();

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, 1L << 33, 1L << 40, 1L << 62})
  void layersRefuseThem(long size) {
    List<ThrowingCallable> constructors =
        List.of(
            () -> new Linear(size, 1, INIT),
            () -> new Linear(1, size, INIT),
            () -> new Linear(size, size, INIT),
            () -> new LinearFlipout(size, 3, SPEC, INIT),
            () -> new BatchNorm1d(size),
            () -> new BatchNorm2d(size),
            () -> new BatchNorm3d(size),
            () -> new GroupNorm(1, size),
            () -> new LayerNorm(size),
            () -> new MultiheadAttention(AttentionSpec.of(size, 1), INIT),
            () -> new Conv2d(ConvSpec.conv2d(size, 1, 3), INIT),
            () -> new Conv1d(ConvSpec.conv1d(1, size, 3), INIT),
            () -> new Embedding(size, 2, INIT),
            () -> new Embedding(2, size, INIT),
            () -> new Lstm(RecurrentSpec.of(size, 2), INIT),
            () -> new Lstm(RecurrentSpec.of(2, size), INIT),
            () -> new Gru(RecurrentSpec.of(3, size), INIT),
            () -> new LstmReparameterization(RecurrentSpec.of(size, 2), SPEC, INIT),
            () -> Noise.seeded(1).normals(size, 2),
            () -> Noise.seeded(1).uniforms(size),
            () -> Noise.seeded(1).signs(2, size),
            () -> Arena.allocate(size, 2));
    for (ThrowingCallable constructor : constructors) {
      assertThatThrownBy(constructor).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void layersWithoutNumberAreRefused() {
    int most = Integer.MAX_VALUE;
    TransformerSpec spec = TransformerSpec.of(4, 1);
    LayerFactory plain = LayerFactory.deterministic(INIT);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TransformerEncoder(spec, most, false, INIT))
        .withMessageContaining("depth 2147483647 takes")
        .withMessageContaining("GB");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Lstm(RecurrentSpec.of(8, 8).withLayers(most), INIT))
        .withMessageContaining("layers 2147483647 takes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Zoo.cifarResNet(plain, 6 * 300_000_000 + 2, 10))
        .withMessageContaining("depth 1800000002 takes");
  }

  @Test
  void theMessageGivesShapeAndBytes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Linear(1L << 33, 4, INIT))
        .withMessageContaining("[4, 8589934592]")
        .withMessageContaining("137438953472 bytes");
  }
}
