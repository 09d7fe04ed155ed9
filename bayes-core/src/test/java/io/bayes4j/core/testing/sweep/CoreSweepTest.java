package io.bayes4j.core.testing.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.autograd.Var;
import org.junit.jupiter.api.Test;

final class CoreSweepTest {
  @Test
  void everyWrongArgumentIsNamedOrHasAMeaning() {
    ArgumentSweep sweep = sweep().run();

    System.out.println("bayes-core: " + sweep.triples() + " wrong arguments");
    assertThat(sweep.findings()).isEmpty();
  }

  static ArgumentSweep sweep() {
    ArgumentSweep sweep = new ArgumentSweep(Var.class, CoreExamples.all()).withoutHugeSizes();
    leaveOut(sweep);
    allow(sweep);
    return sweep;
  }

  private static void leaveOut(ArgumentSweep sweep) {
    sweep
        .without("KernelProvider.*", "Kernels checks the operands before it calls a provider")
        .without("RowProducts.*", "the inner loop of recurrent layers, which makes both arrays")
        .without("Elementwise.*ary.apply", "code that a caller hands over, not code that he calls")
        .without("LeafRule*", "written by whoever has a gradient rule; Gradients calls it")
        .without(
            "Arena.adopt|Arena.keep|Settled.keepIn|Var.Backward.run",
            "need an open scope: see ArenaTest");
  }

  private static void allow(ArgumentSweep sweep) {
    sweep
        .allow("*content*", "numbers flow on as IEEE 754 says: who uses the result checks it")
        .allow("*(bias) null|*Bias) null", "no bias")
        .allow("*Factors) null", "ones")
        .allow("*(shift) null", "nothing is added")
        .allow(
            "Epilogue.new(addend) *", "nothing is added; its shape is checked with the operands");
    allowShapes(sweep);
    allowNumbers(sweep);
    allowMemory(sweep);
    allowResults(sweep);
  }

  private static void allowShapes(ArgumentSweep sweep) {
    sweep
        .allow("Activations.*(x) *|Gelu.*(x) *|Elementwise.*(x) *", "any shape, element by element")
        .allow("Kernels.c*(x) *|Padding.pad(x) rank 7", "any shape with the axis that counts")
        .allow("Attentions.softmax(x) rank 7", "over the last axis, whatever is before it")
        .allow("Ops.*(a) *|Ops.*(b) *|Ops.*(x) *", "any shape that broadcasts")
        .allow("Ops.*(axes) empty", "no axis is summed over")
        .allow("Ops.concat(parts) one more", "as many as there are")
        .allow("Ops.reshape(shape) element -1", "follows from the other lengths")
        .allow("Lookups.rows(rows) element -1", "a row of zeros")
        .allow("Normalizations.normalize(s*) scalar", "broadcasts over the channels")
        .allow("*Posterior.ofRho(*|*Prior.of(*|Parameter.new(*", "weights may have any shape")
        .allow("Var.leaf(value) *|Var.constant(value) *", "any shape, and any number")
        .allow(
            "*Term.*(kernel) *|*Term.*(bias) *|*Term.*(product) *|FlipoutWeights.new(*",
            "the operation that takes them knows the shape, and checks it")
        .allow("RoundedRelu.*BFLOAT16|Kernels.cast(x) type BFLOAT16", "is of that type already")
        .allow(
            "Operands.require*(x) *|Operands.require*(name) *|Layout.memory(name) *",
            "called by operations that have checked it, with a name of their own");
  }

  private static void allowNumbers(ArgumentSweep sweep) {
    sweep
        .allow(
            "*.leakyRelu(slope) *|*.scale(factor) *|*.shift(number) *", "a constant of the user's")
        .allow("Noise.seeded(seed) *|Noise.split(id) *|Noise.split(name) *", "any number, any name")
        .allow("Noise.*(out) *", "overwritten, as far as offset and length say")
        .allow("Noise.*(shape) one more", "one axis more")
        .allow("Noise.fill*(target) *", "any shape, and nothing to fill if there are no elements")
        .allow(
            "OutOfDistribution.*Distribution) *|SelectivePrediction.*(uncertainty) *",
            "scores of any size, infinite ones too")
        .allow("Calibration.accuracyVersusUncertainty(threshold) -1", "nothing is certain")
        .allow("RefusalReport.of(decisions) element -1", "a refusal");
  }

  private static void allowMemory(ArgumentSweep sweep) {
    sweep
        .allow("Arena.lends(*|Arena.owns(*|Arena.release(*", "no array of an arena: false")
        .allow("Arena.allocate(shape) *", "no axes for a scalar, or one axis more")
        .allow("Arena.like(other) *", "any shape and type")
        .allow("Arena.vector(numbers) *", "any numbers")
        .allow("Layout.*(array) *", "any shape and type: only the strides count")
        .allow("Layout.strides(shape) *", "any lengths")
        .allow("PreparedKernels.in(lasting) *", "nothing else lasts")
        .allow(
            "Settled.*|Gradients.*(leaf) *|Gradients.Sink.*(input) *|Var.sharesMemoryWith(*",
            "compared by identity")
        .allow("Gradients.Sink.atLast(key) null", "compared by identity")
        .allow("Var.result(value) *", "any shape, and both types of activations")
        .allow("Gradients.Sink.*(gradient) type BFLOAT16", "a type that gradients may have")
        .allow("Var.result(inputs) empty", "a result that nothing leads to is a constant");
  }

  private static void allowResults(ArgumentSweep sweep) {
    sweep.allow(
        "ClassificationScores.new(*|ReliabilityBin.new(*|RefusalReport.new(*"
            + "|RiskCoverageCurve.Point.new(*|Recurrences.Sequence.new(*|CredibleInterval.new(*",
        "results, which the library makes and users read");
  }
}
