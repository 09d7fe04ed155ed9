package io.bayes4j.docs;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.MaxPool2d;
import io.bayes4j.layers.Mode;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.PoolSpec;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.variational.Conv2dReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What docs/layers.md shows; each region is a block of code there. */
final class LayersSnippets {
  private LayersSnippets() {}

  static Conv2dReparameterization convolution() {
    // region convolution
    ConvSpec conv = ConvSpec.conv2d(16, 32, 3).withStride(2).withPadding(1).withoutBias();
    Layer layer = new Conv2dReparameterization(conv, VariationalSpec.defaults(), Init.seeded(1));
    // endregion
    return (Conv2dReparameterization) layer;
  }

  static MaxPool2d pooling() {
    // region pooling
    PoolSpec window = PoolSpec.of(3, 2).withStride(2, 1).withPadding(1, 0).withCeilMode();
    Layer pool = new MaxPool2d(window);
    // endregion
    return (MaxPool2d) pool;
  }

  // region block
  /** Two convolutions around which the input is added: [N, C, H, W] to the same. */
  public static final class Residual extends Block {
    private final Slot<Layer> conv1;
    private final Slot<Layer> norm;
    private final Slot<Layer> conv2;

    public Residual(long channels, Init init) {
      ConvSpec same = ConvSpec.conv2d(channels, channels, 3).withPadding(1);
      conv1 = slot("conv1", new Conv2d(same, init));
      norm = slot("norm", new BatchNorm2d(channels));
      conv2 = slot("conv2", new Conv2d(same, init));
    }

    @Override
    public Var forward(Var x, Pass pass) {
      Var y = conv1.forward(x, pass);
      y = Activation.RELU.forward(norm.forward(y, pass), pass);
      return Ops.add(x, conv2.forward(y, pass));
    }
  }

  // endregion

  static Var run(Layer model, INDArray x) {
    // region passes
    Var once = Pass.sample(Noise.seeded(1)).run(model, Var.constant(x)); // one draw
    Var mean = Pass.mean().run(model, Var.constant(x)); // no draw: the posterior's means
    // endregion
    return Ops.sub(once, mean);
  }

  static Prediction dropout(Layer model, INDArray x) {
    // region dropout
    Prediction prediction = MonteCarlo.of(model).mode(Mode.DROPOUT_SAMPLE).classify(x);
    // endregion
    return prediction;
  }

  static void freeze(Layer model) {
    // region freeze
    Layers.parameters(model)
        .forEach((path, parameter) -> parameter.setTrainable(!path.startsWith("0.")));
    // endregion
  }

  static Layer zoo() {
    // region zoo
    LayerFactory plain = LayerFactory.deterministic(Init.seeded(1));
    Layer cnn = Zoo.mnistCnn(plain);
    // endregion
    return cnn;
  }
}
