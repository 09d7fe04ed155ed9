package io.bayes4j.layers;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares all gradients of the recurrent layers with finite differences. */
class RecurrentGradientTest {
  static Stream<Recurrent> layers() {
    RecurrentSpec all = RecurrentSpec.of(2, 2).withLayers(2).withBidirectional().withDropout(0.4);
    return Stream.of(
            RecurrentRuns.plain(),
            RecurrentRuns.bayesian(RecurrentSpec.of(3, 4)),
            RecurrentRuns.bayesian(all))
        .flatMap(layers -> layers);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void ofInputStatesAndWeights(Recurrent layer) {
    Var x = Var.leaf(Samples.normals(3, 2, 3, layer.op().spec().inputs()));
    RecurrentState initial = RecurrentRuns.state(layer, 4, 2);
    List<Var> leaves = new ArrayList<>(List.of(x, initial.hidden()));
    if (initial.cell() != null) {
      leaves.add(initial.cell());
    }
    layer.parameters().values().stream().map(Parameter::var).forEach(leaves::add);
    // In training mode, so that dropout between layers is part of the function.
    Supplier<Var> function =
        () -> RecurrentRuns.flat(layer.run(x, initial, Pass.train(Noise.seeded(5))));
    // A wide step: a tanh near zero is rounded as coarsely as one near one.
    GradientCheck.of(function).elements(3).step(4e-2).run(leaves.toArray(Var[]::new));
  }
}
