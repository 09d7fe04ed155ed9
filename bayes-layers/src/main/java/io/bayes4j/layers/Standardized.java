package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;

/**
 * A network with what standardizes its inputs and its targets, to be saved and loaded as one.
 *
 * <p>The network is given standardized inputs and predicts standardized targets: train it with
 * {@code targets().apply(y)}, and take its predictions back.
 *
 * <pre>{@code
 * Standardized model =
 *     new Standardized(Standardizer.fit(x), network, Standardizer.fit(y));
 * Dataset data = Dataset.of(x, model.targets().apply(y));
 * Trainer.of(model, Losses.gaussianNll(), data).build().fit();
 * RegressionPrediction prediction =
 *     MonteCarlo.of(model).regress(questions).unstandardized(model.targets());
 * }</pre>
 *
 * <p>A known noise, as of {@link io.bayes4j.layers.loss.Losses#gaussianNll(double)}, is then given
 * in standard deviations of the targets too. See {@link
 * io.bayes4j.layers.predict.RegressionPrediction#unstandardized}.
 */
public final class Standardized extends Block {
  private final Slot<Standardizer> inputs;
  private final Slot<Layer> network;
  private final Slot<Standardizer> targets;

  /** A network between the two. */
  public Standardized(Standardizer inputs, Layer network, Standardizer targets) {
    Require.argument(inputs != null, "inputs must not be null");
    Require.argument(network != null, "network must not be null");
    Require.argument(targets != null, "targets must not be null");
    this.inputs = slot("inputs", Standardizer.class, inputs);
    this.network = slot("network", network);
    this.targets = slot("targets", Standardizer.class, targets);
  }

  /** Standardizes the inputs, and lets the network predict standardized targets. */
  @Override
  public Var forward(Var x, Pass pass) {
    return network.forward(inputs.forward(x, pass), pass);
  }

  /** What standardizes the inputs. */
  public Standardizer inputs() {
    return inputs.layer();
  }

  /** The network between. */
  public Layer network() {
    return network.layer();
  }

  /** What standardizes the targets. */
  public Standardizer targets() {
    return targets.layer();
  }
}
