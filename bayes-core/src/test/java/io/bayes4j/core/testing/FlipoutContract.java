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

  /** The two convolutions without biases. */
  private final double[] ofMean;

  private final double[] ofPerturbation;

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
    INDArray scaledX = Samples.array(c.shapeX(), NaiveChannels.scale(x, in));
    ofMean = NaiveKernels.conv(x, mean, null, c.g());
    ofPerturbation = NaiveKernels.conv(scaledX, perturbation, null, c.g());
  }

  void check() {
    INDArray meanBias = Samples.normals(8, c.units());
    INDArray perturbationBias = Samples.normals(9, c.units());
    assertForward("no bias", weights(null, null), Epilogue.NONE);
    assertForward("bias of the mean", weights(meanBias, null), new Epilogue(null, true));
    assertForward(
        "bias of the perturbation", weights(null, perturbationBias), new Epilogue(addend, true));
    FlipoutWeights both = weights(meanBias, perturbationBias);
    assertForward("both biases", both, Epilogue.NONE);
    assertForward("both biases, ReLU", both, new Epilogue(null, true));
    assertForward("both biases, sum", both, new Epilogue(addend, false));
    assertForward("both biases, sum, ReLU", both, new Epilogue(addend, true));
    checkBackward(both);
  }

  private FlipoutWeights weights(INDArray meanBias, INDArray perturbationBias) {
    return new FlipoutWeights(mean, meanBias, perturbation, perturbationBias, in, out);
  }

  private void assertForward(String what, FlipoutWeights w, Epilogue epilogue) {
    double[] y = withBias(ofMean, w.meanBias());
    double[] own = withBias(ofPerturbation, w.perturbationBias());
    double[] scaled = NaiveChannels.scale(Samples.array(c.shapeY(), own), out);
    double[] more =
        epilogue.addend() == null ? new double[y.length] : Doubles.of(epilogue.addend());
    for (int i = 0; i < y.length; i++) {
      y[i] += scaled[i] + more[i];
      y[i] = epilogue.relu() ? Math.max(y[i], 0) : y[i];
    }
    assertClose(what, provider.flipoutConv(x, w, c.g(), epilogue), c.shapeY(), y, tolerance);
  }

  private double[] withBias(double[] y, INDArray bias) {
    return NaiveChannels.affine(Samples.array(c.shapeY(), y), null, bias);
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
    KernelProvider.FlipoutGradients gradients =
        provider.flipoutConvBackwardWeights(x, gradY, w, c.g());
    assertClose(
        "gradient of the mean",
        gradients.mean(),
        c.shapeW(),
        NaiveKernels.convBackwardWeights(x, gradY, c.shapeW(), c.g()),
        tolerance);
    assertClose(
        "gradient of the perturbation",
        gradients.perturbation(),
        c.shapeW(),
        NaiveKernels.convBackwardWeights(scaledX, scaledG, c.shapeW(), c.g()),
        tolerance);
  }
}
