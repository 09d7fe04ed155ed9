import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.convert.Moped;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;

/** Makes a network Bayesian and asks it, with modules that were picked one by one. */
public final class Converted {
  private Converted() {}

  public static void main(String[] arguments) {
    Layer plain = Zoo.mlp(LayerFactory.deterministic(Init.seeded(1)), 4, 16, 3);
    Layer bayesian =
        DnnToBnn.convert(plain, ConversionOptions.flipout().withMoped(Moped.of(0.1))).model();
    Prediction prediction =
        MonteCarlo.of(bayesian).samples(10).classify(Noise.seeded(2).normals(5, 4));
    if (prediction.decide(RefusalRule.meanAbove(0.9)).length != 5 || prediction.draws() != 10) {
      throw new AssertionError("wrong numbers of answers or draws");
    }
    System.out.println("class path: answered");
  }
}
