package io.bayes4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs the code of docs/posteriors.md: every way learns on which side of an axis a point lies. */
class PosteriorsSnippetsTest {
  private static final INDArray X = Noise.seeded(1).normals(600, 2);
  private static final int[] SIDES =
      IntStream.range(0, 600).map(i -> X.getFloat(i, 0) > 0 ? 1 : 0).toArray();
  private static final Dataset DATA = Dataset.of(X, SIDES, 2);

  private static Layer plain() {
    return Zoo.mlp(LayerFactory.deterministic(Init.seeded(1)), 2, 64, 2);
  }

  @Test
  void everyWayLearnsAndAllAreComparedInALine() throws IOException {
    Layer trained = plain();
    Map<String, Predictor> ways = new LinkedHashMap<>();
    ways.put("SWAG", PosteriorsSnippets.swag(trained, DATA));
    ways.put("Laplace", PosteriorsSnippets.laplace(trained, DATA));
    ways.put("variational", PosteriorsSnippets.variational(DATA));
    ways.put("IVON", PosteriorsSnippets.ivon(DATA));
    ways.put("packed", PosteriorsSnippets.packed(DATA));
    ways.put("VBLL", PosteriorsSnippets.vbll(DATA));
    ways.put("dropout", PosteriorsSnippets.dropout(DATA));
    ways.put("ensemble", PosteriorsSnippets.ensemble(DATA));

    Map<String, ClassificationScores> scores = PosteriorsSnippets.compare(ways, X, SIDES);

    assertThat(scores).containsOnlyKeys(ways.keySet());
    assertThat(scores.values()).allSatisfy(s -> assertThat(s.accuracy()).isGreaterThan(0.9));
  }

  @Test
  void aModelGoesOnAndIsPruned() throws IOException {
    LayerFactory layers =
        LayerFactory.variational(
            Estimator.FLIPOUT, VariationalSpec.defaults().withInitialSigma(0.05), Init.seeded(1));
    Layer model = Zoo.mlp(layers, 2, 64, 2);
    assertThat(PosteriorsSnippets.moments(model, X).doubt().shape()).containsExactly(600, 2);
    PosteriorsSnippets.continueWith(model, DATA);
    assertThat(Kl.value(model)).isPositive();
    assertThat(PosteriorsSnippets.prune(model, X, SIDES)).hasSize(3);
  }
}
