package io.bayes4j.layers.sweep;

import static io.bayes4j.core.testing.sweep.CoreExamples.array;
import static io.bayes4j.core.testing.sweep.CoreExamples.var;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Access;
import io.bayes4j.core.ops.AffineTerm;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.Weights;
import io.bayes4j.core.ops.recurrent.RecurrentCell;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.sweep.CoreExamples;
import io.bayes4j.core.testing.sweep.Examples;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.AttentionMask;
import io.bayes4j.layers.AttentionSpec;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.BatchNormSpec;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.EmbeddingOp;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Mode;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.PoolSpec;
import io.bayes4j.layers.RecurrentMemory;
import io.bayes4j.layers.RecurrentOp;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.RecurrentState;
import io.bayes4j.layers.Rewriting;
import io.bayes4j.layers.SequenceLengths;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Standardizer;
import io.bayes4j.layers.TransformerSpec;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.loss.ObservationNoise;
import io.bayes4j.layers.optim.Adam;
import io.bayes4j.layers.optim.Ivon;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.posterior.Packed;
import io.bayes4j.layers.posterior.Vbll;
import io.bayes4j.layers.posterior.VbllHead;
import io.bayes4j.layers.predict.MomentPropagation;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.train.ActiveLearning;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.EarlyStopping;
import io.bayes4j.layers.train.Elbo;
import io.bayes4j.layers.train.EmpiricalBayes;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.train.GradientSource;
import io.bayes4j.layers.train.PartStep;
import io.bayes4j.layers.train.StepGradients;
import io.bayes4j.layers.train.StepPlace;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.train.TrainingListener;
import io.bayes4j.layers.train.Validation;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Right arguments for what bayes-layers publishes. */
public final class LayersExamples {
  private LayersExamples() {}

  /** Examples of the types of bayes-core and bayes-layers. */
  public static Examples types() {
    Examples examples = CoreExamples.types();
    specs(examples);
    passes(examples);
    training(examples);
    return examples.shared();
  }

  /** A Bayesian network of three inputs and two outputs. */
  public static Layer model() {
    return Sequential.of(
        new Linear(3, 4, Init.seeded(1)),
        Activation.RELU,
        new LinearReparameterization(4, 2, VariationalSpec.defaults(), Init.seeded(2)));
  }

  /** Three examples of two classes. */
  public static Dataset data() {
    return Dataset.of(array(3, 3), new int[] {0, 1, 0}, 2);
  }

  private static void specs(Examples examples) {
    examples
        .put("Init", () -> Init.seeded(1))
        .put("VariationalSpec", VariationalSpec::defaults)
        .put("Estimator", () -> Estimator.FLIPOUT)
        .put("ConvSpec", () -> ConvSpec.conv2d(2, 4, 3))
        .put("AffineOp", () -> AffineOp.Dense.of(3, 4))
        .put("AffineOp.Dense", () -> AffineOp.Dense.of(3, 4))
        .put("EmbeddingOp", () -> EmbeddingOp.of(5, 4))
        .put("AttentionSpec", () -> AttentionSpec.of(4, 2))
        .put("BatchNormSpec", () -> BatchNormSpec.of(3))
        .put("RecurrentSpec", () -> RecurrentSpec.of(3, 4))
        .put("RecurrentOp", () -> new RecurrentOp(RecurrentCell.LSTM, RecurrentSpec.of(3, 4)))
        .put("RecurrentCell", () -> RecurrentCell.LSTM)
        .put("String", () -> "name")
        .put("PoolSpec", () -> PoolSpec.of(2, 2))
        .put("SequenceLengths", () -> SequenceLengths.of(5, 2))
        .put("Standardizer", () -> Standardizer.identity(3))
        .put("CrossEntropy", Losses::crossEntropy)
        .put("BinaryCrossEntropy", Losses::binaryCrossEntropy)
        .put("RefusalRule", () -> RefusalRule.meanAbove(0.5))
        .put("TransformerSpec", () -> TransformerSpec.of(4, 2))
        .put("Activation", () -> Activation.RELU)
        .put("AttentionMask", AttentionMask::none)
        .put("LayerFactory", () -> LayerFactory.deterministic(Init.seeded(1)))
        .put("OptionalDouble", () -> OptionalDouble.of(0.1))
        .put("OptionalLong", () -> OptionalLong.of(0));
  }

  private static void passes(Examples examples) {
    examples
        .put("Layer", LayersExamples::model)
        .put("Layer[]", () -> new Layer[] {Activation.RELU, Activation.TANH})
        .put("Pass", () -> Pass.sample(Noise.seeded(1)))
        .put("Pass.Observer", () -> (Pass.Observer) (path, layer, output) -> {})
        .put("Mode", () -> Mode.SAMPLE)
        .put("RecurrentMemory", RecurrentMemory::new)
        .put("Function<Noise, T>", () -> (Function<Noise, Object>) noise -> "drawn")
        .put("Weights", () -> new Weights(var(4, 3), var(4)))
        .put("RecurrentState", LayersExamples::state)
        .put("Layers.Located", () -> new Layers.Located("path", Activation.RELU))
        .put("Rewriting", () -> Rewriting.of(model()))
        .put("IdentityHashMap<Layer, Layer>", IdentityHashMap::new);
  }

  static RecurrentState state() {
    return new RecurrentState(var(1, 2, 4), var(1, 2, 4));
  }

  private static void training(Examples examples) {
    examples
        .put("Dataset", LayersExamples::data)
        .put("Loss", Losses::crossEntropy)
        .put("Schedule", () -> Schedule.constant(1))
        .put("Map<String, Parameter>", LayersExamples::parameters)
        .put("Map<String, INDArray>", () -> Map.of("weight", array(2, 3)))
        .put("Map<String, Double>", () -> Map.of("loss", 1.0))
        .put("Map<String, String>", () -> Map.of("word", "text"))
        .put("EpochRecord", LayersExamples::epoch)
        .put("List<EpochRecord>", () -> List.of(epoch()))
        .put("Map<String, float[]>", () -> Map.of("weight", new float[] {1}))
        .put("StepPlace", () -> new StepPlace(1, 1, 1, 0, 0))
        .put("StepPlace.step", () -> 1)
        .put("StepPlace.steps", () -> 1)
        .put("StepGradients", LayersExamples::answer)
        .put("List<StepGradients>", () -> List.of(answer()))
        .put("GradientSource", () -> (GradientSource) place -> answer())
        .put("PartStep", () -> new PartStep(trainer(), 0, 1))
        .put("PartStep.number", () -> 0)
        .put("PartStep.parts", () -> 1)
        .put("EarlyStopping", () -> new EarlyStopping("loss", 1))
        .put("Validation", () -> (Validation) model -> Map.of("loss", 1.0))
        .put("TrainingListener", () -> TrainingListener.SILENT)
        .put("Elbo", () -> Elbo.of(10))
        .put("Trainer.Builder", LayersExamples::trainer)
        .put("PreparedPredictor", () -> MonteCarlo.of(model()).samples(2).prepared())
        .put("Predictor", () -> MonteCarlo.of(model()).samples(2))
        .put("MonteCarlo", () -> MonteCarlo.of(model()).samples(2))
        .put("AdaptiveMonteCarlo", () -> MonteCarlo.of(model()).adaptive(0.5))
        .put("Optimizer", () -> new Adam(parameters()))
        .put("Ivon", () -> Ivon.of(Layers.parameters(model()), 10))
        .put("Ivon.of.parameters", () -> Layers.parameters(model()))
        .put("Ivon.step.gradients", LayersExamples::ivonGradients)
        .put("MomentPropagation", () -> MomentPropagation.of(model()))
        .put("Losses.quantiles", () -> new double[] {0.1, 0.9})
        .put("EmpiricalBayes", () -> EmpiricalBayes.of(model(), 1))
        .put("ObservationNoise", () -> new ObservationNoise(3, 1))
        .put("VbllHead", LayersExamples::head)
        .put("VbllHead.classification.classes", () -> 2)
        .put("VbllHead.Covariance", () -> VbllHead.Covariance.DIAGONAL)
        .put("ActiveLearning.Query", () -> ActiveLearning.Query.BALD)
        .put("VbllHead.Belief", () -> new VbllHead.Belief(1, 1, 1))
        .put("VbllHead.forward.x", () -> var(2, 3))
        .put("Vbll", () -> Vbll.of(head()))
        .put("Vbll.of.model", LayersExamples::head)
        .put("Packed", () -> Packed.of(2, 2, 1))
        .put("Packed.predictor.model", () -> Packed.of(2, 2, 1).first(3, 4, Init.seeded(1)))
        .put("ActiveLearning", () -> ActiveLearning.of(array(200, 3)))
        .put("ActiveLearning.Learner", () -> (ActiveLearning.Learner) known -> Vbll.of(head()))
        .put("ActiveLearning.RoundListener", () -> (ActiveLearning.RoundListener) round -> {});
    functions(examples);
  }

  private static VbllHead head() {
    return VbllHead.classification(3, 2, VbllHead.Covariance.DIAGONAL, Init.seeded(1));
  }

  private static Gradients ivonGradients() {
    return Gradients.of(Kl.of(model(), Noise.seeded(1)));
  }

  static Map<String, Parameter> parameters() {
    return Map.of("weight", new Parameter(array(2, 3)));
  }

  private static Trainer.Builder trainer() {
    return Trainer.of(model(), Losses.crossEntropy(), data());
  }

  private static StepGradients answer() {
    return new StepGradients(1, 1, Map.of("weight", new float[] {1}), Map.of(), Map.of());
  }

  static EpochRecord epoch() {
    return new EpochRecord(1, 1, 1, 1, 1, 1, 1, Map.of("loss", 1.0), Map.of("loss", 1.0));
  }

  private static void functions(Examples examples) {
    examples
        .put(
            "Function<Map<String, Parameter>, Optimizer>",
            () -> (Function<Map<String, Parameter>, Adam>) Adam::new)
        .put("Supplier<? extends Layer>", () -> (Supplier<Layer>) LayersExamples::model)
        .put("LongFunction<? extends Layer>", () -> (LongFunction<Layer>) seed -> model())
        .put("ToDoubleFunction<Layer>", () -> (ToDoubleFunction<Layer>) model -> 1)
        .put(
            "Function<Layer, Trainer.Builder>",
            () ->
                (Function<Layer, Trainer.Builder>)
                    model -> Trainer.of(model, Losses.crossEntropy(), data()).epochs(1))
        .put("List<? extends Layer>", () -> List.of(model(), model()))
        .put("Collection<? extends Layer>", () -> List.of(model(), model()))
        .put("Access.Work<T, E>", () -> (Access.Work<Object, Exception>) () -> "done");
  }

  /** The posterior of a weight. */
  public static VariationalParameter weight(long... shape) {
    return new VariationalParameter(
        GaussianPosterior.ofRho(array(shape), -3), GaussianPrior.of(0, 1));
  }

  static List<AffineTerm> terms() {
    return List.of(new Weights(var(4, 3), var(4)).term());
  }

  static Gradients gradients() {
    Var leaf = var(2, 3);
    return Gradients.of(Ops.sum(leaf));
  }

  static Layer bayesian() {
    return new LinearFlipout(3, 4, VariationalSpec.defaults(), Init.seeded(1));
  }

  static INDArray images(int rank) {
    long[] shape = new long[rank + 2];
    Arrays.fill(shape, 5);
    shape[0] = 2;
    shape[1] = 2;
    return array(shape);
  }

  static Layer withStatistics() {
    return Sequential.of(new BatchNorm1d(3), new Dropout(0.5));
  }
}
