package io.bayes4j.core.testing.sweep;

import io.bayes4j.core.graph.Var;

/** The sweep of bayes-core, for any provider of kernels; noise and measures have their own. */
public final class CoreSweep {
  private CoreSweep() {}

  /** A sweep that has not run yet. */
  public static ArgumentSweep sweep() {
    ArgumentSweep sweep =
        new ArgumentSweep(Var.class, CoreExamples.all())
            .butPackages("io.bayes4j.core.random", "io.bayes4j.core.uncertainty")
            .withoutHugeSizes()
            .withEdges();
    leaveOut(sweep);
    allow(sweep);
    return sweep;
  }

  private static void leaveOut(ArgumentSweep sweep) {
    sweep
        .without("KernelProvider.*", "Kernels checks the operands before it calls a provider")
        .without("IntegerKernels.*", "its arguments are arrays of bytes: see CheckedIntegersTest")
        .without("IntegerFinish.new", "addend and its step go together: see CheckedIntegersTest")
        .without("IntegerProducts.*", "8-bit layers call it, which have checked x")
        .without("RowProducts.*", "the inner loop of recurrent layers, which makes both arrays")
        .without(
            "Elementwise.*ary.apply|Elementwise.Pair.apply",
            "code that a caller hands over, not code that he calls")
        .without(
            "Deferred.*|Deferred.Joining.*|Pending.*|PendingConvolution.*|PendingConvolution.Foldable.*"
                + "|Wish.*|Plan.affine|Plan.joinable|Plan.only|Plan.pick|Plan.record|Plan.relu|Plan.waits|Plan.deferred|Plan.pending|Plan.waitingForOne"
                + "|Products.*|Shapes.*|Operands.requireFactors|Gradients.Sink.share"
                + "|Gradients.recorded|Value.*|Kernels.ensureType|DerivedWeights.covers"
                + "|DerivedWeights.once|DerivedWeights.forManyPredictions",
            "called by operations, which have checked what they are given")
        .without("DeferredGradient*", "written by whoever has a gradient rule; Gradients calls it")
        .without(
            "Arena.adopt|Arena.keep|DrawInvariantResults.keepIn|Var.Backward.run|*.keepIn|Snapshot.copy",
            "need an open scope: see ArenaTest and the tests of prepared predictors");
  }

  private static void allow(ArgumentSweep sweep) {
    sweep
        .allow(
            "Activations.*content*|Clamps.*content*|Taps.*content*|AffineTerm.*content*|Arena.*content*|Attentions.*content*"
                + "|ChannelFold.*content*|Classification.*content*|Convolutions.*content*"
                + "|Elementwise.*content*|Epilogue.*content*|Flipout*content*|GaussianDraws.*content*"
                + "|Gelu.*content*|Gradients.*content*|GroupNormalization.*content*"
                + "|Flags.*content*|InputTerm.*content*|Kernels.*content*|PoolKernels.*content*|Layout.*content*|EmbeddingOps.*content*"
                + "|Normalizations.*content*|Operands.*content*|Ops.*content*|Padding.*content*"
                + "|PreparedConv.*content*|PreparedLinear.*content*|Recurrences.*content*|RoundedRelu.*content*"
                + "|Sequences.*content*|DrawInvariantResults.*content*|Snapshot.*content*|ResidualShortcut.*content*"
                + "|Var.*content*|Parameter.*content*|IntegerEpilogue.*content*"
                + "|IntegerFinish.*content*|Softmax.*content*|Weights.term(*content*",
            "numbers flow on as IEEE 754 says: who uses the result checks it")
        .allow("*Weights) null", "ones")
        .allow("*(bias) null|*Bias) null", "no bias")
        .allow("*Factors) null", "ones")
        .allow("*(shift) null", "nothing is added")
        .allow("IntegerFinish.*(target) null|IntegerFinish.roundedTo(quantum) null", "floats")
        .allow(
            "Epilogue.new(addend) null|Epilogue.new(addend) *|IntegerFinish.new(addend) *",
            "nothing is added; its shape is checked with the operands");
    allowShapes(sweep);
    allowNumbers(sweep);
    allowMemory(sweep);
    allowResults(sweep);
  }

  private static void allowShapes(ArgumentSweep sweep) {
    sweep
        .allow(
            "Activations.*(x) *|Clamps.*(x) *|Gelu.*(x) *|Elementwise.*(x) *",
            "any shape, element by element")
        .allow(
            "Kernels.c*(x) *|Kernels.inLayout(x) *|Padding.pad(x) rank 7",
            "any shape with the axis that counts")
        .allow("Attentions.softmax(x) rank 7", "over the last axis, whatever is before it")
        .allow("Softmax.*(x) rank 7", "any shape with the axis that counts")
        .allow("Ops.*(a) *|Ops.*(b) *|Ops.*(x) *", "any shape that broadcasts")
        .allow("Flags.*(*) scalar|Flags.*(*) rank 7", "any shape that broadcasts")
        .allow("Ops.*(axes) empty", "no axis is summed over")
        .allow("Ops.concat(parts) one more", "as many as there are")
        .allow("Ops.reshape(shape) element -1", "follows from the other lengths")
        .allow("EmbeddingOps.rows(rows) element -1", "a row of zeros")
        .allow("Normalizations.normalize(s*) scalar", "broadcasts over the channels")
        .allow(
            "*Posterior.of*(*) scalar|*Posterior.of*(*) rank 7|*Prior.of(*) scalar|*Prior.of(*)"
                + " rank 7|Parameter.new(*) scalar|Parameter.new(*) rank 7|Parameter.owning(*)"
                + " scalar|Parameter.owning(*) rank 7",
            "weights may have any shape")
        .allow("Var.leaf(value) *|Var.constant(value) *", "any shape, and any number")
        .allow("Plan.unary(x) *|Plan.operation(shape) *", "the operation knows which it takes")
        .allow("Plan.operation(inputs) empty", "one that reads nothing")
        .allow("Plan.*(key) null", "like no other")
        .allow(
            "*Term.*(kernel) *|*Term.*(bias) *|*Term.*(product)"
                + " *|FlipoutWeights.new(*|Weights.new(*",
            "the operation that takes them knows the shape, and checks it")
        .allow("RoundedRelu.*BFLOAT16|Kernels.cast(x) type BFLOAT16", "is of that type already")
        .allow(
            "Operands.require*(x) *|Operands.require*(name) null|Operands.require*(name) *"
                + "|Layout.memory(name) null|Layout.memory(name) *",
            "called by operations that have checked it, with a name of their own");
  }

  private static void allowNumbers(ArgumentSweep sweep) {
    sweep
        .allow(
            "Activations.*) 0|Clamps.*(*) 0|Clamps.*(*) -1|Clamps.clamp(*|Taps.pick(indices)"
                + " *|Classification.*(labels) element 0|*.ofRho(rho) 0|*Prior.new(pi)"
                + " 0|GaussianPrior.of(mean) 0|*(axis) 0|EmbeddingOps.rows(rows) element 0|*(from)"
                + " 0|*(before) 0|*(after) 0|PoolGeometry.new(divisor) 0|DerivedWeights.in(most) 0",
            "the first, or none")
        .allow("Normalizations.normalize(epsilon) 0", "of statistics that are given")
        .allow(
            "SpikeAndSlabPrior.slabProbability(weight) 0"
                + "|SpikeAndSlabPrior.slabProbability(weight) -1"
                + "|SpikeAndSlabPrior.slabProbability(weight) most",
            "any finite number")
        .allow("*.ofRho(rho) -1|GaussianPrior.of(mean) -1", "any finite number")
        .allow("Classification.crossEntropy(ignored) *", "a label that counts for nothing")
        .allow("Recurrences.*(lengths) null", "all steps")
        .allow(
            "*.leakyRelu(slope) *|*.scale(factor) *|*.shift(number) *", "a constant of the user's");
  }

  private static void allowMemory(ArgumentSweep sweep) {
    sweep
        .allow("Arena.lends(*|Arena.owns(*|Arena.release(*", "no array of an arena: false")
        .allow(
            "Arena.lends(*) null|Arena.lends(*) closed|Arena.owns(*) null|Arena.owns(*) closed"
                + "|Arena.release(*) null|Arena.release(*) closed",
            "compared by identity: false")
        .allow(
            "DrawInvariantResults.*(*) closed|Gradients.Sink.*(input) closed|Snapshot.read(*) null"
                + "|Snapshot.read(*) closed|Snapshot.now(*) null|Snapshot.read(*) *",
            "compared by identity")
        .allow("Gradients.ofParameters(arrays) empty", "no parameter has a gradient")
        .allow("Arena.allocate(shape) *", "no axes for a scalar, or one axis more")
        .allow("Arena.like(other) *", "any shape and type")
        .allow("Arena.vector(numbers) *", "any numbers")
        .allow("Layout.*(array) *", "any shape and type: only the strides count")
        .calls("Operands.requireFlipout(shapeX) *", "inputShape", "the shape of x")
        .calls("Operands.require*(shapeX) *", "x", "the shape of x")
        .calls("Threads.setCount(count) *", "threads", "what is counted")
        .allow("Operands.requireBatchNorm(shapeX) one more", "any number of axes")
        .calls("PoolKernels.avgPoolBackward(shapeX) element *", "inputShape", "the shape of x")
        .allow("Layout.strides(shape) *", "any lengths")
        .allow("DerivedWeights.in(lasting) *", "nothing else lasts")
        .allow(
            "DrawInvariantResults.*|Gradients.*(leaf) *|Gradients.Sink.*(input) *",
            "compared by identity")
        .allow("Gradients.Sink.atLast(key) null", "compared by identity")
        .allow("Var.result(value) *", "any shape, and both types of activations")
        .allow("Gradients.Sink.*(gradient) type BFLOAT16", "a type that gradients may have")
        .allow("Var.result(inputs) empty", "a result that nothing leads to is a constant");
  }

  private static void allowResults(ArgumentSweep sweep) {
    sweep.allow(
        "Recurrences.Sequence.new(*) null|Recurrences.Sequence.new(*)"
            + " closed|Recurrences.Sequence.new(*",
        "results, which the library makes and users read");
  }
}
