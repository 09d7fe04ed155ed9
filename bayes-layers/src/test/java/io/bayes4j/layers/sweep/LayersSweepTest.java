package io.bayes4j.layers.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.testing.sweep.ArgumentSweep;
import io.bayes4j.core.testing.sweep.Examples;
import io.bayes4j.layers.Layer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All of bayes-layers, called with every wrong argument. */
final class LayersSweepTest {
  @TempDir Path folder;

  @Test
  void everyWrongArgumentIsNamedOrHasAMeaning() throws Exception {
    ArgumentSweep sweep = sweep(folder).run();

    assertThat(sweep.findings()).isEmpty();
    assertThat(sweep.triples()).as("calls with a wrong argument").isGreaterThan(3500);
  }

  private static ArgumentSweep sweep(Path folder) throws Exception {
    Examples examples = LayersExamples.types();
    LayerKinds.put(examples);
    GraphKinds.put(examples);
    ModelUses.put(examples, folder);
    ArgumentSweep sweep = new ArgumentSweep(Layer.class, examples).withoutHugeSizes().withEdges();
    sweep
        .without("*.fold", "takes values of any kind: see FoldableTest")
        .without("ActiveLearning.Learner.learn|ActiveLearning.RoundListener.learned", "callbacks")
        .without("Vbll.regress|Vbll.classifyBinary", "heads of their own kind: see VbllTest")
        .without("Ivon.restore", "takes a state of its own: see IvonTest")
        .without("TrainingListener.*", "hooks, which do nothing unless they are overridden")
        .without("GradientSource.*", "the caller's own")
        .without(
            "Pass.Observer.*|RecurrentOp.Products.*|Rollout.Feedback.next|Validation.evaluate",
            "code that a caller hands over");
    allow(sweep);
    GraphKinds.allow(sweep);
    return sweep;
  }

  private static void allow(ArgumentSweep sweep) {
    sweep
        .allow(
            "*.forward(x) content*|*.run(x) content*|*.encode(x) content*"
                + "|AffineOp.*content*|EmbeddingOp.apply(table) content*"
                + "|MultiheadAttention.attend(*content*|RecurrentOp.apply(x) content*"
                + "|RecurrentOp.predict(x) content*"
                + "|Standardizer.*content*|SequenceLengths.*content*"
                + "|AlignmentLosses.*content*"
                + "|*.of(output) content*|*.weighted(output) content*|*.metrics(output) content*",
            "numbers flow on as IEEE 754 says: predictors check inputs, trainers losses")
        .allow("ActiveLearning.of(pool) rank 7", "any shape of examples")
        .allow("ActiveLearning.of(pool) content*", "predictors check inputs")
        .allow("PredictionOnly.refuseIn(deed) *", "a word of the message")
        .allow("Packed.of(alpha) most|VbllHead.loss(examples) most", "kept in double precision")
        .allow("Kl.term(path) *", "any path has a stream of its own")
        .allow("*(weights) null", "ones")
        .allow("*(lengths) null", "all steps")
        .allow("*(ignored) *|*.withIgnoredLabel(label) -1", "a label that counts for nothing")
        .allow("*(seed) *|*.seed(number) *", "any number")
        .allow("*(bias) null|*(cell) null|*.addTo(start) null|*Factors) null", "none")
        .allow("*.new(layers) empty|*(words) *|*(metadata) *|*(shares) *", "nothing to say")
        .allow("*blank key", "a name that users give")
        .allow("*(history) empty|*(used) *|*(changes) empty|*(replacements) empty", "nothing to do")
        .allow("*(parameters) empty|*(distributions) empty|*(tensors) empty", "a layer without")
        .allow("*(threshold) -1|GradientNorm.clip(*|Elbo.*(epoch) *|Schedule.*", "a number");
    allowNumbers(sweep);
    allowShapes(sweep);
    allowResults(sweep);
  }

  private static void allowNumbers(ArgumentSweep sweep) {
    sweep
        .allow(
            "*(dropout) 0|*(p) 0|*(padding) 0|*adding(numbers) element 0|*(divisorOverride)"
                + " 0|*(weightDecay) 0|*(beta1) 0|*(beta2) 0|*(momentum) 0|*(share)"
                + " 0|*eta(constant) 0",
            "none")
        .allow(
            "Ivon.of(decay) 0|Priors.fit(weights) 0|*.withLabelSmoothing(smoothing) 0"
                + "|*.withFocus(*) 0|Losses.betaNll(beta) 0",
            "none")
        .allow("*.step(rate) 0|*.step(scale) 0|*.step(norm) 0", "a step that moves nothing")
        .allow("BatchNormSpec.withEpsilon(number) 0|BatchNormSpec.new(epsilon) 0", "to predict")
        .allow("*(weights) element 0", "an example, or a class, that does not count")
        .allow("Checkpoint.save(calibration) empty", "a model that is not calibrated")
        .allow(
            "*(labels) element 0|*(indices) element 0|*(label) 0|*(number) 0|*(index) 0|*(layer) 0"
                + "|*(sample) 0|*(firstExample) 0|*(epochs) 0|*(q) 0|*(level) 0|*(threshold) 0",
            "the first, or the least")
        .allow(
            "*.step(*) most|*(weightDecay) most|*eta(constant) most|*hreshold)"
                + " most|Ivon.of(examples) most|Ivon.of(decay) most|Ivon.of(clipRadius)"
                + " *|Priors.fit(weights) most|*.clipNorm(greatest) most|*.learningRate(constant)"
                + " most|LastLayerLaplace.priorPrecision(number) most",
            "kept in double precision; what overflows ends the training by name");
  }

  private static void allowShapes(ArgumentSweep sweep) {
    sweep
        .allow("Activation.*(x) *|Identity.*(x) *|Dropout.*(x) *|Losses.*(raw) *", "any shape")
        .allow("Flatten.*(x) *|Embedding*.*(x) *|Sequential.*(x) *|Slot.*(x) *", "any shape")
        .allow("AffineOp*.joined(x) *|AffineOp*.addTo(start) *", "checked by the operation")
        .allow("AffineOp*(terms) empty", "no terms, no sum")
        .allow(
            "RecurrentState.*|RecurrentOutput.new(*|Batch.new(*",
            "whoever uses them knows the shape, and checks it")
        .allow("Elbo.loss(kl) *", "any number")
        .allow("Standardizer.fit(data) rank 7", "features on axis 1, and places behind")
        .allow("SequenceLengths.*type *|Dataset.of(labels) type *", "numbers of any type")
        .allow("SequenceLengths.beforePadding(padding) *", "any number fills up")
        .allow("ModelAccess.reading(models) empty", "nothing to wait for")
        .allow("AttentionMask.*(ignored) *|AttentionMask.*(added) empty axis", "any type of flags")
        .allow(
            "*Loss.*type *|*CrossEntropy.*type *",
            "class numbers of any type; metrics take any number")
        .allow("*one more", "as many as there are")
        .allow("ConvSpec.*(x) content*", "only the shape counts, and numbers flow on")
        .allow("Slice.*(length) 0", "none is taken");
  }

  private static void allowResults(ArgumentSweep sweep) {
    sweep
        .allow(
            "MomentPropagation.Moments.new(*|ActiveLearning.Round.new(*|VbllHead.Belief.new(*|ActiveLearning.Round.new(*)"
                + " null|Rollout.Step.new(output)"
                + " *|TorchStateDict.Loaded.new(*|EpochRecord.new(*|SignalToNoise.*.new(*|LayerChange.*|Layers.Located.*|Pass.at(*",
            "results, which the library makes and users read")
        .allow(
            "SwagCollector.warning(*)"
                + " null|SwagCollector.warning(*|SwagCollector.step(*|SwagCollector.epoch(*|EmpiricalBayes.warning(*)"
                + " null|EmpiricalBayes.warning(*|EmpiricalBayes.step(*|EmpiricalBayes.restoring(*|EmpiricalBayes.restoring(*)"
                + " null|*.restoring(*) null key|*.restoring(*) null value",
            "called by the trainer, with its own numbers")
        .allow("StepPlace.new(*Seed) *", "any seed")
        .allow(
            "StepGradients.new(loss) *|StepGradients.new(examples) 0|StepGradients.new(*) empty",
            "what a part found, which the trainer checks")
        .allow("Checkpoint.trainingArrays(file) *", "a name for messages, what it holds is given")
        .calls("*.prepared(exampleShape) empty|*.warmedUp(*) empty", "x", "an input of zeros")
        .calls("Priors.*(variance) most", "prior sigma", "what follows from it")
        .calls("Rollout.forecast(history) rank 7", "x", "the first input")
        .allow("Trainer.Builder.checkpoint(file) *", "written, and checked, in fit()");
  }
}
