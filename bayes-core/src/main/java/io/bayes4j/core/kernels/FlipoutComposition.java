package io.bayes4j.core.kernels;

import io.bayes4j.core.kernels.KernelProvider.FlipoutGradients;
import io.bayes4j.core.memory.Arena;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convolutions whose examples have their own weights, as two convolutions of the whole batch: the
 * factors of the weights multiply the input and the output of the second one instead.
 */
final class FlipoutComposition {
  private FlipoutComposition() {}

  static INDArray conv(
      KernelProvider kernels, INDArray x, FlipoutWeights w, ConvGeometry g, Epilogue epilogue) {
    Epilogue sum = new Epilogue(epilogue.addend(), false);
    INDArray common = kernels.conv(x, w.mean(), w.meanBias(), g, sum);
    INDArray in = kernels.channelScale(x, w.inputFactors());
    INDArray own = kernels.conv(in, w.perturbation(), w.perturbationBias(), g);
    Arena.release(in);
    INDArray y = kernels.addScaled(common, own, w.outputFactors(), epilogue.relu());
    Arena.release(common);
    Arena.release(own);
    return y;
  }

  static INDArray backwardData(
      KernelProvider kernels, INDArray gradY, FlipoutWeights w, long[] shapeX, ConvGeometry g) {
    INDArray common = kernels.convBackwardData(gradY, w.mean(), shapeX, g);
    INDArray scaled = kernels.channelScale(gradY, w.outputFactors());
    INDArray own = kernels.convBackwardData(scaled, w.perturbation(), shapeX, g);
    Arena.release(scaled);
    INDArray gradX = kernels.addScaled(common, own, w.inputFactors(), false);
    Arena.release(common);
    Arena.release(own);
    return gradX;
  }

  static FlipoutGradients backwardWeights(
      KernelProvider kernels, INDArray x, INDArray gradY, FlipoutWeights w, ConvGeometry g) {
    INDArray in = kernels.channelScale(x, w.inputFactors());
    INDArray scaled = kernels.channelScale(gradY, w.outputFactors());
    long[] shape = w.mean().shape();
    FlipoutGradients both =
        new FlipoutGradients(
            kernels.convBackwardWeights(x, gradY, shape, g),
            kernels.convBackwardWeights(in, scaled, shape, g));
    Arena.release(in);
    Arena.release(scaled);
    return both;
  }
}
