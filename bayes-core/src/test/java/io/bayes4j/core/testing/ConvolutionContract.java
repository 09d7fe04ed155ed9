package io.bayes4j.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.PreparedConv;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A convolution and its gradients, with and without what may follow. */
final class ConvolutionContract {
  private final KernelProvider provider;
  private final KernelCheck check;
  private final KernelGrid.Case c;

  ConvolutionContract(KernelProvider provider, double tolerance, KernelGrid.Case c) {
    this.provider = provider;
    this.check = new KernelCheck(tolerance);
    this.c = c;
  }

  void conv() {
    INDArray x = Samples.normals(c.layout(), 1, c.shapeX());
    INDArray w = Samples.normals(2, c.shapeW());
    INDArray bias = Samples.normals(3, c.units());
    INDArray before = x.dup();
    double[] plain = NaiveKernels.conv(x, w, null, c.g());
    check.kernel("conv", provider.conv(x, w, null, c.g()), c.shapeY(), plain);
    check.kernel(
        "conv with bias",
        provider.conv(x, w, bias, c.g()),
        c.shapeY(),
        NaiveKernels.plusBias(plain, bias, c.shapeY()));
    assertThat(x).isEqualTo(before);
  }

  void convWithEpilogue() {
    INDArray x = Samples.normals(c.layout(), 1, c.shapeX());
    INDArray w = Samples.normals(2, c.shapeW());
    INDArray bias = Samples.normals(3, c.units());
    double[] unbiased = NaiveKernels.conv(x, w, null, c.g());
    for (INDArray b : Arrays.asList(null, bias)) {
      double[] plain = b == null ? unbiased : NaiveKernels.plusBias(unbiased, b, c.shapeY());
      for (Layout layout : Layout.values()) {
        INDArray addend = Samples.normals(layout, 4, c.shapeY());
        double[] values = Doubles.of(addend);
        double[] sum = plain.clone();
        Arrays.setAll(sum, i -> sum[i] + values[i]);
        assertConv("conv, sum", x, w, b, new Epilogue(addend, false), sum);
        assertConv("conv, sum, ReLU", x, w, b, new Epilogue(addend, true), KernelCheck.relu(sum));
        assertThat(Doubles.of(addend)).as("addend is left alone").isEqualTo(values);
        INDArray inPlace = provider.conv(x, w, b, c.g(), new Epilogue(addend, true, true));
        check.kernel("conv, sum in place, ReLU", inPlace, c.shapeY(), KernelCheck.relu(sum));
      }
      assertConv("conv, ReLU", x, w, b, new Epilogue(null, true), KernelCheck.relu(plain));
    }
  }

  private void assertConv(
      String what, INDArray x, INDArray w, INDArray bias, Epilogue epilogue, double[] expected) {
    INDArray y = provider.conv(x, w, bias, c.g(), epilogue);
    check.kernel(what, y, c.shapeY(), expected);
    PreparedConv prepared = provider.prepareConv(w, bias, c.g());
    for (int use = 0; use < 2; use++) {
      assertThat(Doubles.of(prepared.conv(x, epilogue))).as(what).isEqualTo(Doubles.of(y));
    }
  }

  void convBackward() {
    INDArray x = Samples.normals(c.layout(), 1, c.shapeX());
    INDArray w = Samples.normals(2, c.shapeW());
    INDArray g = Samples.normals(c.layout(), 3, c.shapeY());
    double[] gradX = NaiveKernels.convBackwardData(g, w, c.shapeX(), c.g());
    double[] gradW = NaiveKernels.convBackwardWeights(x, g, c.shapeW(), c.g());
    check.kernel(
        "gradient of x", provider.convBackwardData(g, w, c.shapeX(), c.g()), c.shapeX(), gradX);
    check.kernel(
        "gradient of w", provider.convBackwardWeights(x, g, c.shapeW(), c.g()), c.shapeW(), gradW);
    KernelProvider.ConvGradients both = provider.convBackward(x, w, g, c.g());
    check.kernel("gradient of x beside w", both.x(), c.shapeX(), gradX);
    check.kernel("gradient of w beside x", both.weight(), c.shapeW(), gradW);
  }
}
