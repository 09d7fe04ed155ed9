package io.bayes4j.core.testing;

import static io.bayes4j.core.testing.Doubles.assertClose;

import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.FlipoutWeights;
import io.bayes4j.core.kernels.KernelProvider;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** A convolution whose examples have their own weights is one of each example by itself. */
final class FlipoutContract {
  private final KernelProvider provider;
  private final double tolerance;
  private final KernelGrid.Case c;
  private final INDArray x;
  private final INDArray gradY;
  private final INDArray addend;
  private final INDArray mean;
  private final INDArray perturbation;
  private final INDArray in;
  private final INDArray out;

  FlipoutContract(KernelProvider provider, double tolerance, KernelGrid.Case c) {
    this.provider = provider;
    this.tolerance = tolerance;
    this.c = c;
    x = Samples.normals(c.layout(), 1, c.shapeX());
    gradY = Samples.normals(c.layout(), 2, c.shapeY());
    addend = Samples.normals(c.layout(), 3, c.shapeY());
    mean = Samples.normals(4, c.shapeW());
    perturbation = Samples.normals(5, c.shapeW());
    in = Transforms.sign(Samples.normals(6, c.n(), c.channels()));
    out = Transforms.sign(Samples.normals(7, c.n(), c.units()));
  }

  void check() {
    INDArray meanBias = Samples.normals(8, c.units());
    INDArray perturbationBias = Samples.normals(9, c.units());
    for (INDArray common : Arrays.asList(null, meanBias)) {
      for (INDArray own : Arrays.asList(null, perturbationBias)) {
        checkForward(weights(common, own));
      }
    }
    checkBackward(weights(meanBias, perturbationBias));
  }

  private FlipoutWeights weights(INDArray meanBias, INDArray perturbationBias) {
    return new FlipoutWeights(mean, meanBias, perturbation, perturbationBias, in, out);
  }

  private void checkForward(FlipoutWeights w) {
    double[] plain = NaiveKernels.conv(x, mean, w.meanBias(), c.g());
    INDArray scaled = Samples.array(c.shapeX(), NaiveChannels.scale(x, in));
    double[] second = NaiveKernels.conv(scaled, perturbation, w.perturbationBias(), c.g());
    double[] own = NaiveChannels.scale(Samples.array(c.shapeY(), second), out);
    Arrays.setAll(plain, i -> plain[i] + own[i]);
    double[] more = Doubles.of(addend);
    double[] sum = plain.clone();
    Arrays.setAll(sum, i -> plain[i] + more[i]);
    assertForward("flipout", w, Epilogue.NONE, plain);
    assertForward("flipout, ReLU", w, new Epilogue(null, true), relu(plain));
    assertForward("flipout, sum", w, new Epilogue(addend, false), sum);
    assertForward("flipout, sum, ReLU", w, new Epilogue(addend, true), relu(sum));
  }

  private void assertForward(String what, FlipoutWeights w, Epilogue epilogue, double[] expected) {
    INDArray y = provider.flipoutConv(x, w, c.g(), epilogue);
    assertClose(what, y, c.shapeY(), expected, tolerance);
  }

  private static double[] relu(double[] values) {
    return Arrays.stream(values).map(v -> Math.max(v, 0)).toArray();
  }

  private void checkBackward(FlipoutWeights w) {
    INDArray scaledX = Samples.array(c.shapeX(), NaiveChannels.scale(x, in));
    INDArray scaledG = Samples.array(c.shapeY(), NaiveChannels.scale(gradY, out));
    double[] gradX = NaiveKernels.convBackwardData(gradY, mean, c.shapeX(), c.g());
    double[] second = NaiveKernels.convBackwardData(scaledG, perturbation, c.shapeX(), c.g());
    double[] own = NaiveChannels.scale(Samples.array(c.shapeX(), second), in);
    Arrays.setAll(gradX, i -> gradX[i] + own[i]);
    assertClose(
        "gradient of x",
        provider.flipoutConvBackwardData(gradY, w, c.shapeX(), c.g()),
        c.shapeX(),
        gradX,
        tolerance);
    KernelProvider.FlipoutGradients both = provider.flipoutConvBackwardWeights(x, gradY, w, c.g());
    assertClose(
        "gradient of the mean",
        both.mean(),
        c.shapeW(),
        NaiveKernels.convBackwardWeights(x, gradY, c.shapeW(), c.g()),
        tolerance);
    assertClose(
        "gradient of the perturbation",
        both.perturbation(),
        c.shapeW(),
        NaiveKernels.convBackwardWeights(scaledX, scaledG, c.shapeW(), c.g()),
        tolerance);
  }
}
