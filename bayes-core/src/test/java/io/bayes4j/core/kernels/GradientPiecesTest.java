package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class GradientPiecesTest {
  /** A batch of many pieces: none of their gradients may get lost. */
  @Test
  void theGradientOfAWeightIsTheSumOverAllExamples() {
    ConvGeometry g =
        new ConvGeometry(List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);
    int examples = 64;
    INDArray x = Noise.seeded(1).normals(examples, 16, 16, 16);
    INDArray weight = Noise.seeded(2).normals(16, 16, 3, 3);
    INDArray gradY = Noise.seeded(3).normals(examples, 16, 16, 16);
    KernelProvider portable = Kernels.portable();
    float[] sum = new float[(int) weight.length()];
    for (int n = 0; n < examples; n++) {
      INDArray one = x.get(NDArrayIndex.interval(n, n + 1));
      INDArray up = gradY.get(NDArrayIndex.interval(n, n + 1));
      float[] own =
          FloatMemory.numbers(portable.convBackward(one, weight, up, g).weight(), "gradient");
      for (int i = 0; i < sum.length; i++) {
        sum[i] += own[i];
      }
    }
    INDArray expected = Nd4j.createFromArray(sum).reshape(weight.shape());
    INDArray all = portable.convBackward(x, weight, gradY, g).weight();
    Doubles.assertClose("gradient of the weight", all, expected, 1e-4);
  }
}
