package io.bayes4j.imports.keras;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.Pass;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Functions of Keras that are made of several layers here. */
final class FunctionsTest {
  private static final INDArray X = Samples.array(new long[] {1, 5}, -4, -1, 0, 1, 3);

  @Test
  void softsignIsANumberByOneMoreThanItsSize() {
    INDArray y = Functions.function("softsign", 3).forward(Var.constant(X), Pass.mean()).value();

    INDArray wanted = Samples.array(new long[] {1, 5}, -0.8, -0.5, 0, 0.5, 0.75);
    Doubles.assertClose("y", y, wanted, 1e-6);
  }

  @Test
  void seluHasTheConstantsOfItsPaper() {
    INDArray y = Functions.function("selu", 3).forward(Var.constant(X), Pass.mean()).value();

    double[] wanted = {-1.7258987, -1.1113307, 0, 1.0507010, 3.1521030};
    Doubles.assertClose("y", y, Samples.array(new long[] {1, 5}, wanted), 1e-6);
  }
}
