package io.bayes4j.layers.variational;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Affine;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Embedding;
import io.bayes4j.layers.EmbeddingOp;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.PlainRecurrent;
import io.bayes4j.layers.RecurrentOp;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes the Bayesian layer for an operation and an estimator: the only other place that lists the
 * classes.
 */
public final class VariationalLayers {
  private static final Kind<AffineOp.Dense> LINEAR =
      new Kind<>(
          LinearReparameterization::new, LinearFlipout::new, LinearLocalReparameterization::new);

  /** By rank, from one. */
  private static final List<Kind<AffineOp.Conv>> CONVOLUTIONS =
      List.of(
          new Kind<>(
              Conv1dReparameterization::new,
              Conv1dFlipout::new,
              Conv1dLocalReparameterization::new),
          new Kind<>(
              Conv2dReparameterization::new,
              Conv2dFlipout::new,
              Conv2dLocalReparameterization::new),
          new Kind<>(
              Conv3dReparameterization::new,
              Conv3dFlipout::new,
              Conv3dLocalReparameterization::new));

  /** By rank, from one. */
  private static final List<Kind<AffineOp.ConvTranspose>> TRANSPOSED =
      List.of(
          new Kind<>(
              ConvTranspose1dReparameterization::new,
              ConvTranspose1dFlipout::new,
              ConvTranspose1dLocalReparameterization::new),
          new Kind<>(
              ConvTranspose2dReparameterization::new,
              ConvTranspose2dFlipout::new,
              ConvTranspose2dLocalReparameterization::new),
          new Kind<>(
              ConvTranspose3dReparameterization::new,
              ConvTranspose3dFlipout::new,
              ConvTranspose3dLocalReparameterization::new));

  /** The classes of a kind of layer, one for each estimator. */
  private record Kind<O extends AffineOp>(
      BiFunction<O, Posterior, VariationalAffine> reparameterization,
      BiFunction<O, Posterior, VariationalAffine> flipout,
      BiFunction<O, Posterior, VariationalAffine> localReparameterization) {
    VariationalAffine make(Estimator estimator, O op, Posterior q) {
      return switch (estimator) {
        case REPARAMETERIZATION -> reparameterization.apply(op, q);
        case FLIPOUT -> flipout.apply(op, q);
        case LOCAL_REPARAMETERIZATION -> localReparameterization.apply(op, q);
      };
    }
  }

  private VariationalLayers() {}

  /**
   * A layer with given distributions, which are not copied.
   *
   * @param bias null if the operation has none
   */
  public static VariationalAffine of(
      AffineOp op,
      Estimator estimator,
      VariationalParameter kernel,
      @Nullable VariationalParameter bias) {
    Require.nonNull(op, "op");
    Require.nonNull(estimator, "estimator");
    Require.nonNull(kernel, "kernel");
    return of(op, estimator, new Posterior(kernel, bias));
  }

  /**
   * A recurrent layer with given distributions by name, which are not copied.
   *
   * @param distributions one for each weight of the operation, by PyTorch's names
   * @throws IllegalArgumentException if names or shapes are not the operation's, or the estimator
   *     does not draw weights
   */
  public static VariationalRecurrent of(
      RecurrentOp op, Estimator estimator, Map<String, VariationalParameter> distributions) {
    Require.nonNull(op, "op");
    Require.nonNull(estimator, "estimator");
    Require.nonNull(distributions, "distributions");
    boolean signed = estimator.requireWeightDraw("a recurrent layer") == Estimator.FLIPOUT;
    return switch (op.cell()) {
      case LSTM ->
          signed
              ? new LstmFlipout(op, distributions)
              : new LstmReparameterization(op, distributions);
      case GRU ->
          signed ? new GruFlipout(op, distributions) : new GruReparameterization(op, distributions);
    };
  }

  /**
   * An embedding with a given distribution, which is not copied; there is one estimator for it.
   *
   * @throws IllegalArgumentException if the shape is not the operation's
   */
  public static EmbeddingReparameterization of(EmbeddingOp op, VariationalParameter table) {
    Require.nonNull(op, "op");
    Require.nonNull(table, "table");
    return new EmbeddingReparameterization(op, table);
  }

  /**
   * The Bayesian counterpart of a plain layer, with the same options. An embedding's table is drawn
   * once a pass whatever the estimator: examples that do not share a number share no noise anyway.
   *
   * @param distribution what becomes of each of its parameters
   * @return empty if the kind of layer has no counterpart
   */
  public static Optional<VariationalLayer> counterpart(
      Layer plain, Estimator estimator, Function<Parameter, VariationalParameter> distribution) {
    Require.nonNull(plain, "plain");
    Require.nonNull(estimator, "estimator");
    Require.nonNull(distribution, "distribution");
    if (plain instanceof Affine affine) {
      Parameter bias = affine.parameters().get("bias");
      VariationalParameter kernel = distribution.apply(affine.parameters().get("weight"));
      return Optional.of(
          of(affine.op(), estimator, kernel, bias == null ? null : distribution.apply(bias)));
    }
    if (plain instanceof PlainRecurrent recurrent) {
      Map<String, VariationalParameter> all = new LinkedHashMap<>();
      recurrent.parameters().forEach((name, p) -> all.put(name, distribution.apply(p)));
      return Optional.of(of(recurrent.op(), estimator, all));
    }
    if (plain instanceof Embedding embedding) {
      return Optional.of(
          of(embedding.op(), distribution.apply(embedding.parameters().get("weight"))));
    }
    return Optional.empty();
  }

  /** Whether {@link #counterpart} knows the kind of a plain layer. */
  public static boolean hasCounterpart(Layer plain) {
    Require.nonNull(plain, "plain");
    return plain instanceof Affine || plain instanceof PlainRecurrent || plain instanceof Embedding;
  }

  /**
   * The plain counterpart of a Bayesian layer at its posterior mean, with the same options; the
   * weights are copies, frozen if the means are.
   *
   * @return empty if the kind of layer has no counterpart
   */
  public static Optional<Layer> plain(VariationalLayer bayesian) {
    Require.nonNull(bayesian, "bayesian");
    return PlainLayers.of(bayesian);
  }

  /** An untrained layer. */
  public static VariationalAffine fresh(
      AffineOp op, Estimator estimator, VariationalSpec spec, Init init) {
    Require.nonNull(op, "op");
    Require.nonNull(estimator, "estimator");
    Require.nonNull(spec, "spec");
    Require.nonNull(init, "init");
    return of(op, estimator, Posterior.fresh(op, spec, init));
  }

  private static VariationalAffine of(AffineOp op, Estimator estimator, Posterior q) {
    if (op instanceof AffineOp.Dense dense) {
      return LINEAR.make(estimator, dense, q);
    }
    if (op instanceof AffineOp.Conv conv) {
      return CONVOLUTIONS.get(conv.spec().rank() - 1).make(estimator, conv, q);
    }
    if (op instanceof AffineOp.ConvTranspose conv) {
      return TRANSPOSED.get(conv.spec().rank() - 1).make(estimator, conv, q);
    }
    return new VariationalAffineLayer(op, estimator, q);
  }
}
