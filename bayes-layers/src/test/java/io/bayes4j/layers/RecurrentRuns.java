package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.layers.variational.GruFlipout;
import io.bayes4j.layers.variational.GruReparameterization;
import io.bayes4j.layers.variational.LstmFlipout;
import io.bayes4j.layers.variational.LstmReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.List;
import java.util.stream.Stream;

/** The recurrent layers, their options and inputs that the tests share. */
public final class RecurrentRuns {
  private static final VariationalSpec SPEC = new VariationalSpec(GaussianPrior.of(0.1, 0.7), 0.3);

  private RecurrentRuns() {}

  /** One set of options for every path through the code. */
  public static List<RecurrentSpec> specs() {
    RecurrentSpec plain = RecurrentSpec.of(3, 4);
    return List.of(
        plain,
        plain.withoutBias(),
        plain.withBidirectional(),
        plain.withLayers(2),
        RecurrentSpec.of(2, 3).withLayers(2).withBidirectional().withDropout(0.4));
  }

  /** Every plain layer with every set of options. */
  public static Stream<Recurrent> plain() {
    return specs().stream()
        .flatMap(spec -> Stream.of(new Lstm(spec, Init.seeded(1)), new Gru(spec, Init.seeded(2))));
  }

  /** Every Bayesian layer with every set of options. */
  public static Stream<Recurrent> bayesian() {
    return specs().stream().flatMap(RecurrentRuns::bayesian);
  }

  /** Every Bayesian layer with one set of options. */
  public static Stream<Recurrent> bayesian(RecurrentSpec spec) {
    return Stream.of(
        new LstmReparameterization(spec, SPEC, Init.seeded(1)),
        new LstmFlipout(spec, SPEC, Init.seeded(2)),
        new GruReparameterization(spec, SPEC, Init.seeded(3)),
        new GruFlipout(spec, SPEC, Init.seeded(4)));
  }

  /** Random numbers as a constant. */
  public static Var normals(long seed, long... shape) {
    return Var.constant(Samples.normals(seed, shape));
  }

  /** Random numbers as a state. */
  public static RecurrentState state(Recurrent layer, long seed, long examples) {
    long[] shape = layer.op().zeros(examples).hidden().shape();
    Var hidden = Var.leaf(Samples.normals(seed, shape));
    return layer.op().cell().hasCell()
        ? new RecurrentState(hidden, Var.leaf(Samples.normals(seed + 1, shape)))
        : RecurrentState.of(hidden);
  }

  /** Everything that a run gives, in one vector. */
  public static Var flat(RecurrentOutput run) {
    Var both = Ops.concat(0, vector(run.output()), vector(run.last().hidden()));
    return run.last().cell() == null ? both : Ops.concat(0, both, vector(run.last().cell()));
  }

  private static Var vector(Var x) {
    return Ops.reshape(x, -1);
  }

  /** A pass that draws weights, always the same. */
  public static Pass sample() {
    return Pass.sample(Noise.seeded(7));
  }
}
