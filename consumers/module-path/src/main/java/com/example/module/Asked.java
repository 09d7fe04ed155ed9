package com.example.module;

import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Asks a Bayesian network, from a named module. */
public final class Asked {
  private Asked() {}

  public static void main(String[] arguments) {
    LayerFactory bayesian =
        LayerFactory.variational(
            Estimator.FLIPOUT, VariationalSpec.defaults(), Init.seeded(1));
    Layer model = Zoo.mlp(bayesian, 4, 16, 3);
    INDArray entropy =
        MonteCarlo.of(model).classify(Noise.seeded(2).normals(5, 4)).predictiveEntropy();
    String module = Layer.class.getModule().getName();
    if (!"io.bayes4j.layers".equals(module) || entropy.length() != 5) {
      throw new AssertionError("from module " + module + ", " + entropy.length() + " entropies");
    }
    System.out.println("module path: answered");
  }
}
