package io.bayes4j.docs;

import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Ivon;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.posterior.Ensemble;
import io.bayes4j.layers.posterior.LaplaceCovariance;
import io.bayes4j.layers.posterior.LastLayerLaplace;
import io.bayes4j.layers.posterior.Likelihood;
import io.bayes4j.layers.posterior.Packed;
import io.bayes4j.layers.posterior.SignalToNoise;
import io.bayes4j.layers.posterior.Swag;
import io.bayes4j.layers.posterior.SwagCollector;
import io.bayes4j.layers.posterior.Vbll;
import io.bayes4j.layers.posterior.VbllHead;
import io.bayes4j.layers.predict.MomentPropagation;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.MonteCarloDropout;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.Posteriors;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What docs/posteriors.md shows; each region is a block of code there. */
final class PosteriorsSnippets {
  private PosteriorsSnippets() {}

  static Predictor variational(Dataset data) throws IOException {
    // region variational
    VariationalSpec spec = VariationalSpec.defaults();
    LayerFactory layers = LayerFactory.variational(Estimator.FLIPOUT, spec, Init.seeded(1));
    Layer model = Zoo.mlp(layers, 2, 64, 2);
    Trainer.of(model, Losses.crossEntropy(), data).epochs(30).build().fit();
    Predictor variational = MonteCarlo.of(model).samples(30);
    // endregion
    return variational;
  }

  static Predictor ivon(Dataset data) throws IOException {
    // region ivon
    LayerFactory layers =
        LayerFactory.variational(Estimator.FLIPOUT, VariationalSpec.defaults(), Init.seeded(1));
    Layer model = Zoo.mlp(layers, 2, 64, 2);
    Trainer.of(model, Losses.crossEntropy(), data)
        .epochs(30)
        .optimizer(parameters -> Ivon.of(parameters, data.size()))
        .learningRate(Schedule.cosine(0.1, 0, 30))
        .beta(0) // the prior is in the optimizer's decay
        .build()
        .fit();
    Predictor ivon = MonteCarlo.of(model).samples(30);
    // endregion
    return ivon;
  }

  /** Doubt, and a predictor without draws. */
  record Once(INDArray doubt, Predictor once) {}

  static Once moments(Layer model, INDArray x) {
    // region moments
    MomentPropagation.Moments moments = MomentPropagation.of(model).of(x);
    INDArray doubt = moments.variance(); // of each output, [N, K]
    Predictor once = MomentPropagation.of(model).probit(); // classes
    // endregion
    return new Once(doubt, once);
  }

  static Predictor vbll(Dataset data) throws IOException {
    // region vbll
    VbllHead head = VbllHead.classification(64, 2, VbllHead.Covariance.DENSE, Init.seeded(2));
    Init init = Init.seeded(1);
    Layer model = Sequential.of(new Linear(2, 64, init), Activation.RELU, head);
    Trainer.of(model, head.loss(data.size()), data).epochs(30).build().fit();
    Predictor vbll = Vbll.of(model);
    // endregion
    return vbll;
  }

  static Predictor dropout(Dataset data) throws IOException {
    // region mc-dropout
    Init init = Init.seeded(1);
    Layer model =
        Sequential.of(
            new Linear(2, 64, init), Activation.RELU, new Dropout(0.5), new Linear(64, 2, init));
    Trainer.of(model, Losses.crossEntropy(), data).epochs(30).build().fit();
    Predictor dropout = MonteCarloDropout.of(model).samples(30);
    // endregion
    return dropout;
  }

  static Predictor laplace(Layer model, Dataset data) {
    // region laplace
    Predictor laplace =
        LastLayerLaplace.fit(model, data, Likelihood.classes(), LaplaceCovariance.KRONECKER)
            .samples(100);
    // endregion
    return laplace;
  }

  static Predictor ensemble(Dataset data) throws IOException {
    // region ensemble
    Ensemble ensemble =
        Ensemble.train(
            5,
            1, // the first member's seed
            seed -> Zoo.mlp(LayerFactory.deterministic(Init.seeded(seed)), 2, 64, 2),
            member -> Trainer.of(member, Losses.crossEntropy(), data).epochs(30));
    // endregion
    return ensemble;
  }

  static Predictor packed(Dataset data) throws IOException {
    // region packed
    Packed packed = Packed.of(4, 2, 1); // M, alpha, gamma
    Init init = Init.seeded(1);
    Layer model =
        Sequential.of(packed.first(2, 64, init), Activation.RELU, packed.last(64, 2, init));
    Trainer.of(model, packed.loss(Losses.crossEntropy()), data).epochs(30).build().fit();
    Predictor members = packed.predictor(model); // a draw for each
    // endregion
    return members;
  }

  static Predictor swag(Layer model, Dataset data) throws IOException {
    // region swag
    SwagCollector collector = SwagCollector.of(model).rank(10).fromEpoch(11);
    Trainer.of(model, Losses.crossEntropy(), data).epochs(30).listener(collector).build().fit();
    Swag swag = collector.posterior(data).samples(30);
    // endregion
    return swag;
  }

  static Map<String, ClassificationScores> compare(
      Map<String, Predictor> ways, INDArray x, int[] labels) {
    Map<String, ClassificationScores> all = new LinkedHashMap<>();
    // region compare
    ways.forEach((name, way) -> all.put(name, Calibration.scores(way.classify(x).mean(), labels)));
    // endregion
    return all;
  }

  static void continueWith(Layer model, Dataset newer) throws IOException {
    // region continual
    Posteriors.becomePriors(model);
    Trainer.of(model, Losses.crossEntropy(), newer).epochs(30).build().fit();
    // endregion
  }

  static List<SignalToNoise.Point> prune(Layer model, INDArray x, int[] labels) {
    // region prune
    List<SignalToNoise.Point> curve =
        SignalToNoise.curve(
            model,
            List.of(0.5, 0.75, 0.9),
            m -> Calibration.accuracy(MonteCarlo.of(m).classify(x).mean(), labels));
    SignalToNoise.Pruning pruning = SignalToNoise.prune(model, 0.75);
    double left = pruning.remaining();
    // endregion
    if (left > 0.26) {
      throw new AssertionError("a quarter is left, got " + left);
    }
    return curve;
  }
}
