package io.bayes4j.layers.sweep;

import static io.bayes4j.core.testing.sweep.CoreExamples.array;
import static io.bayes4j.core.testing.sweep.CoreExamples.var;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.sweep.Examples;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.io.SafeTensors;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.io.TensorFile;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Adam;
import io.bayes4j.layers.optim.Sgd;
import io.bayes4j.layers.posterior.Ensemble;
import io.bayes4j.layers.posterior.LaplaceCovariance;
import io.bayes4j.layers.posterior.LastLayerLaplace;
import io.bayes4j.layers.posterior.Likelihood;
import io.bayes4j.layers.posterior.SignalToNoise;
import io.bayes4j.layers.posterior.SwagCollector;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.predict.RegressionPrediction;
import io.bayes4j.layers.predict.Rollout;
import io.bayes4j.layers.predict.SpreadScaling;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.LstmReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.nd4j.linalg.factory.Nd4j;

/** Right arguments of what stores, trains and asks models. */
final class ModelUses {
  private ModelUses() {}

  static void put(Examples examples, Path folder) {
    files(examples, folder);
    posteriors(examples);
    binary(examples);
  }

  private static void files(Examples examples, Path folder) {
    Layer model = LayersExamples.model();
    Path checkpoint = folder.resolve("model.safetensors");
    Path npy = folder.resolve("array.npy");
    Path npz = folder.resolve("arrays.npz");
    Path ensemble = folder.resolve("ensemble.safetensors");
    try {
      Checkpoint.save(model, checkpoint);
      Files.write(npy, npyBytes());
      try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(npz))) {
        zip.putNextEntry(new ZipEntry("x.npy"));
        zip.write(npyBytes());
        zip.closeEntry();
      }
      Ensemble.of(List.of(LayersExamples.model(), LayersExamples.model())).save(ensemble);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    examples
        .put("Path", () -> checkpoint)
        .put("TensorFile", () -> trainers(folder))
        .put("NpyFiles.readNpy.file", () -> npy)
        .put("NpyFiles.readNpz.file", () -> npz)
        .put("Ensemble.load.file", () -> ensemble)
        .put("Swag.load.file", () -> swag(folder))
        .put("Swag.load.model", ModelUses::deterministic)
        .put("Swag.save.file", () -> folder.resolve("written.safetensors"))
        .put("LastLayerLaplace.load.file", () -> laplace(folder))
        .put("LastLayerLaplace.load.model", ModelUses::deterministic)
        .put("LastLayerLaplace.save.file", () -> folder.resolve("written.safetensors"))
        .put("Ensemble.save.file", () -> folder.resolve("written.safetensors"))
        .put("SafeTensors.write.file", () -> folder.resolve("written.safetensors"))
        .put("Checkpoint.save.file", () -> folder.resolve("written.safetensors"))
        .put("Trainer.Builder.file", () -> folder.resolve("training.safetensors"))
        .put("TorchStateDict.save.file", () -> folder.resolve("written.safetensors"))
        .put("TorchStateDict.load.model", () -> new Linear(3, 2, Init.seeded(1)))
        .put("TorchStateDict.load.file", () -> torch(folder))
        .put("TorchStateDict.read.file", () -> torch(folder))
        .put("TorchStateDict.load.state", () -> Map.of("weight", array(2, 3), "bias", array(2)))
        .put("StateDict.load.state", () -> StateDict.copyOf(LayersExamples.model()));
  }

  private static Path torch(Path folder) throws IOException {
    Path file = folder.resolve("torch.safetensors");
    SafeTensors.write(file, Map.of("weight", array(2, 3), "bias", array(2)), Map.of());
    return file;
  }

  private static TensorFile trainers(Path folder) throws IOException {
    Path file = folder.resolve("trained.safetensors");
    Trainer.of(LayersExamples.model(), Losses.crossEntropy(), LayersExamples.data())
        .epochs(1)
        .checkpoint(file)
        .build()
        .fit();
    return SafeTensors.read(file);
  }

  private static byte[] npyBytes() {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }";
    String padded = header + " ".repeat(128 - 10 - 1 - header.length()) + "\n";
    ByteBuffer bytes = ByteBuffer.allocate(132).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1);
    bytes.put((byte) 0).putShort((short) padded.length());
    bytes.put(padded.getBytes(StandardCharsets.US_ASCII)).putFloat(1f);
    return bytes.array();
  }

  private static void posteriors(Examples examples) {
    examples
        .put("Ensemble", () -> Ensemble.of(List.of(LayersExamples.model(), LayersExamples.model())))
        .put("LaplaceCovariance", () -> LaplaceCovariance.DIAGONAL)
        .put("Likelihood", Likelihood::classes)
        .put("LastLayerLaplace.model", () -> deterministic())
        .put("LastLayerLaplace", ModelUses::laplace)
        .put(
            "ToDoubleFunction<? super Predictor>",
            () -> (ToDoubleFunction<Predictor>) predictor -> 1)
        .put("SignalToNoise.Pruning", () -> new SignalToNoise.Pruning(2, 1, 0.5, Map.of("a", 0.5)))
        .put("SignalToNoise.Pruning.weights", () -> 2L)
        .put("List<Double>", () -> List.of(0.1, 0.5))
        .put("SwagCollector.of.model", () -> deterministic())
        .put("SwagCollector", ModelUses::collector)
        .put("SwagCollector.restoring.state", () -> new HashMap<>(collector().state()))
        .put("SwagCollector.restoring.epochs", () -> 3)
        .put("Swag", () -> collector().posterior())
        .put("Predictor.x", () -> array(2, 3))
        .put("Prediction", () -> MonteCarlo.of(LayersExamples.model()).classify(array(2, 3)))
        .put("Prediction.quantile.q", () -> 0.5)
        .put("MonteCarloDropout.model", LayersExamples::withStatistics)
        .put("RegressionPrediction", () -> new RegressionPrediction(array(2, 2, 3), array(2, 2, 3)))
        .put("RegressionPrediction.means", () -> array(2, 2, 3))
        .put("SpreadScaling", () -> new SpreadScaling(2))
        .put("RegressionPrediction.variances", () -> array(2, 2, 3))
        .put("Losses.raw", () -> var(2, 3))
        .put("weights: double[]", () -> new double[] {1, 2, 3})
        .put("weights: INDArray", () -> array(2))
        .put("CrossEntropy.targets", () -> Nd4j.createFromArray(0f, 1f))
        .put("Loss.weighted.targets", () -> Nd4j.createFromArray(0f, 1f))
        .put("exampleShape: long[]", () -> new long[] {3})
        .put("List<PreparedPredictor>", () -> List.of(MonteCarlo.of(oneLogit()).prepared()))
        .put(
            "LabelPrediction",
            () -> MonteCarlo.of(LayersExamples.model()).classifyLabels(array(2, 3)))
        .put("LabelPrediction.targets", () -> Nd4j.createFromArray(new float[][] {{0, 1}, {1, 1}}))
        .put("Rollout", () -> Rollout.of(recurrent()))
        .put("Rollout.model", ModelUses::recurrent)
        .put("Rollout.x", () -> array(2, 4, 3))
        .put("Rollout.history", () -> array(2, 4, 3))
        .put("Rollout.Feedback", Rollout.Feedback::output)
        .put("TorchStateDict.Loaded.notes", () -> List.of("note"))
        .put("TorchStateDict.Loaded.skipped", () -> List.of("name"))
        .put("Loss.of.targets", () -> Nd4j.createFromArray(0f, 1f))
        .put("Loss.metrics.targets", () -> Nd4j.createFromArray(0f, 1f))
        .put("Collection<Parameter>", () -> LayersExamples.parameters().values())
        .put("Optimizer.restore.state", () -> new Adam(LayersExamples.parameters()).state())
        .put("Adam", () -> new Adam(LayersExamples.parameters()))
        .put("Adam.restore.state", () -> new Adam(LayersExamples.parameters()).state())
        .put("Sgd", () -> new Sgd(LayersExamples.parameters(), 0.9, 0))
        .put("Sgd.restore.state", () -> new Sgd(LayersExamples.parameters(), 0.9, 0).state())
        .put("Dataset.labels: INDArray", () -> Nd4j.createFromArray(0f, 1f))
        .put("Dataset.labels", () -> new int[] {0, 1})
        .put("Dataset.classes", () -> 2)
        .put("Dataset.of.inputs", () -> array(2, 3))
        .put("Dataset.targets", () -> array(2, 3))
        .put("Dataset.indices", () -> new int[] {0, 1})
        .put("Elbo.negativeLogLikelihoods", () -> List.of(Var.constant(1)))
        .put("Elbo.kl", () -> Var.constant(1))
        .put("List<Var>", () -> List.of(var(2, 3)))
        .put("Schedule.from", () -> 0.5)
        .put("Schedule.epochs: double[]", () -> new double[] {1, 2})
        .put("SwagCollector.rank.number", () -> 2);
  }

  private static Path swag(Path folder) throws IOException {
    Path file = folder.resolve("swag.safetensors");
    collector().posterior().save(file);
    return file;
  }

  private static Path laplace(Path folder) throws IOException {
    Path file = folder.resolve("laplace.safetensors");
    laplace().save(file);
    return file;
  }

  private static void binary(Examples examples) {
    examples
        .put("MonteCarlo.classifyBinary()", () -> MonteCarlo.of(oneLogit()))
        .put("AdaptiveMonteCarlo.between.fewest", () -> 2)
        .put("AdaptiveMonteCarlo.between.greatest", () -> 4)
        .put("AdaptiveMonteCarlo.classifyBinary()", () -> MonteCarlo.of(oneLogit()).adaptive(0.5))
        .put("Predictor.classifyBinary()", () -> MonteCarlo.of(oneLogit()))
        .put("PreparedPredictor.classifyBinary()", () -> MonteCarlo.of(oneLogit()).prepared())
        .put("Ensemble.classifyBinary()", () -> Ensemble.of(List.of(oneLogit(), oneLogit())))
        .put(
            "LastLayerLaplace.classifyBinary()",
            () ->
                LastLayerLaplace.fit(
                    new Linear(3, 1, Init.seeded(1)),
                    Dataset.of(array(3, 3), Nd4j.createFromArray(0f, 1f, 1f).reshape(3, 1)),
                    Likelihood.labels(),
                    LaplaceCovariance.DIAGONAL))
        .put(
            "Swag.classifyBinary()", () -> collector(new Linear(3, 1, Init.seeded(1))).posterior());
  }

  private static Layer oneLogit() {
    return new LinearReparameterization(3, 1, VariationalSpec.defaults(), Init.seeded(1));
  }

  private static Layer recurrent() {
    return Sequential.of(
        new LstmReparameterization(3, 3, VariationalSpec.defaults(), Init.seeded(1)));
  }

  private static Layer deterministic() {
    return Sequential.of(new Linear(3, 4, Init.seeded(1)), new Linear(4, 2, Init.seeded(2)));
  }

  private static LastLayerLaplace laplace() {
    return LastLayerLaplace.fit(
        deterministic(), LayersExamples.data(), Likelihood.classes(), LaplaceCovariance.DIAGONAL);
  }

  private static SwagCollector collector() {
    return collector(deterministic());
  }

  private static SwagCollector collector(Layer model) {
    SwagCollector collector = SwagCollector.of(model);
    for (int epoch = 1; epoch <= 3; epoch++) {
      collector.epoch(LayersExamples.epoch());
    }
    return collector;
  }
}
