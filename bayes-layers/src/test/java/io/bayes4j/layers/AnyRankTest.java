package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Layers whose options say the number of spatial axes already. */
class AnyRankTest {
  private static INDArray input(int rank) {
    long[] shape = new long[rank + 2];
    Arrays.fill(shape, 6);
    shape[0] = 2;
    shape[1] = 4;
    return Noise.seeded(2).normals(shape);
  }

  private static INDArray run(Layer layer, INDArray x) {
    return Gradients.off(() -> Pass.mean().run(layer, Var.constant(x)).value());
  }

  private static int[] threes(int rank) {
    int[] kernel = new int[rank];
    Arrays.fill(kernel, 3);
    return kernel;
  }

  private static ConvSpec conv(int rank) {
    return switch (rank) {
      case 1 -> ConvSpec.conv1d(4, 8, 3);
      case 2 -> ConvSpec.conv2d(4, 8, 3);
      default -> ConvSpec.conv3d(4, 8, 3);
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void areThoseOfTheRank(int rank) {
    INDArray x = input(rank);
    ConvSpec spec = conv(rank);
    PoolSpec window = PoolSpec.of(threes(rank));
    Layer[] ofRank =
        switch (rank) {
          case 1 ->
              new Layer[] {
                new Conv1d(spec, Init.seeded(1)),
                new ConvTranspose1d(spec, Init.seeded(1)),
                new MaxPool1d(window),
                new AvgPool1d(window),
                new BatchNorm1d(4)
              };
          case 2 ->
              new Layer[] {
                new Conv2d(spec, Init.seeded(1)),
                new ConvTranspose2d(spec, Init.seeded(1)),
                new MaxPool2d(window),
                new AvgPool2d(window),
                new BatchNorm2d(4)
              };
          default ->
              new Layer[] {
                new Conv3d(spec, Init.seeded(1)),
                new ConvTranspose3d(spec, Init.seeded(1)),
                new MaxPool3d(window),
                new AvgPool3d(window),
                new BatchNorm3d(4)
              };
        };
    Layer[] free = {
      Conv.of(spec, Init.seeded(1)),
      ConvTranspose.of(spec, Init.seeded(1)),
      MaxPool.of(window),
      AvgPool.of(window),
      BatchNorm.of(BatchNormSpec.of(4))
    };
    for (int i = 0; i < free.length; i++) {
      assertThat(run(free[i], x)).as(free[i].toString()).isEqualTo(run(ofRank[i], x));
      assertThat(free[i].toString()).startsWith(ofRank[i].toString().substring(0, 7));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 6})
  void batchNormalisationNeedsOneToThreeSpatialAxesOrNone(int rank) {
    long[] shape = new long[rank];
    Arrays.fill(shape, 4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run(BatchNorm.of(BatchNormSpec.of(4)), Noise.seeded(1).normals(shape)))
        .withMessageContaining("x must be of rank");
  }
}
