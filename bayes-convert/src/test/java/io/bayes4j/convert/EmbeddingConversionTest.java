package io.bayes4j.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.convert.ConversionReport.Outcome;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.Embedding;
import io.bayes4j.layers.EmbeddingOp;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.variational.EmbeddingReparameterization;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.Kl;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EmbeddingConversionTest {
  private static final Var X = Var.constant(Samples.array(new long[] {2, 2}, 0, 1, 2, 3));

  @ParameterizedTest
  @EnumSource
  void anEmbeddingConvertsWithAnyEstimatorAndKeepsItsOptions(Estimator estimator) {
    EmbeddingOp op = EmbeddingOp.of(4, 3).withPaddingIndex(1);
    Sequential model =
        Sequential.of(new Embedding(op, Init.seeded(1)), new Linear(3, 2, Init.seeded(2)));
    double[] before = Doubles.of(model.forward(X, Pass.mean()).value());
    ConversionReport report =
        DnnToBnn.convert(model, ConversionOptions.of(estimator).withMoped(Moped.of(0.1))).report();
    assertThat(report.with(Outcome.CONVERTED)).hasSize(2);
    assertThat(report.entries().get(0).detail()).isEqualTo("is a EmbeddingReparameterization now");
    assertThat(((EmbeddingReparameterization) model.slots().get(0).layer()).op()).isEqualTo(op);
    assertThat(Doubles.of(model.forward(X, Pass.mean()).value())).isEqualTo(before);
    assertThat(Kl.value(model)).isPositive();

    BnnToDnn.freeze(model);
    assertThat(((Embedding) model.slots().get(0).layer()).op()).isEqualTo(op);
    assertThat(Doubles.of(model.forward(X, Pass.mean()).value())).isEqualTo(before);
  }
}
