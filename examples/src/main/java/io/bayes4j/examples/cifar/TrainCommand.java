package io.bayes4j.examples.cifar;

import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.examples.Check;
import io.bayes4j.examples.Folders;
import io.bayes4j.examples.Progress;
import io.bayes4j.examples.cifar.CifarNetwork.Flavour;
import io.bayes4j.examples.data.CifarData;
import io.bayes4j.examples.data.ColourImages;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.train.TrainingListener;
import io.bayes4j.layers.train.Validation;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code cifar train}: trains a network, and reports on it. */
@Command(
    name = "train",
    description = "Trains a network, saves it after each epoch, evaluates it and writes a report.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class TrainCommand implements Callable<Integer> {
  /** Of the 50,000 training images, the last so many are kept aside. */
  static final int VALIDATION = 5000;

  /** A rough figure after each epoch needs no more. */
  private static final int FEW = 1000;

  @Spec private CommandSpec spec;
  @Mixin private CifarArguments arguments;

  @Option(names = "--depth", description = "Layers with weights: 20, 32, 44, 56 or 110.")
  private int depth = 20;

  @Option(names = "--estimator", description = "How weights are drawn: ${COMPLETION-CANDIDATES}.")
  private Flavour flavour = Flavour.REPARAMETERIZATION;

  @Option(
      names = "--convert",
      paramLabel = "WEIGHTS",
      description = "Begin with trained weights, of PyTorch or in safetensors, by MOPED.")
  private @Nullable Path weights;

  @Option(
      names = "--recipe",
      description = "Numbers of the training: ${COMPLETION-CANDIDATES}; follows the other options.")
  private @Nullable CifarRecipe recipe;

  @Option(names = "--epochs", description = "Times that every image is seen; follows the recipe.")
  private @Nullable Integer epochs;

  @Option(names = "--limit", description = "Use only the first N training images.")
  private @Nullable Integer limit;

  @Option(names = "--seed", description = "Same seed, same numbers.")
  private long seed = 1;

  @Option(names = "--report", paramLabel = "FILE", description = "The page about the result.")
  private Path report = Path.of("report", "cifar.html");

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description = "File of the network, written after every epoch.")
  private Path checkpoint = Path.of("checkpoints", "cifar.safetensors");

  @Option(
      names = "--resume",
      description = "Go on with a training that was stopped; same options, same numbers.")
  private boolean resume;

  TrainCommand() {}

  @Override
  public Integer call() throws IOException {
    arguments.check();
    Check.argument(epochs == null || epochs >= 0, "--epochs must be >= 0, got %s", epochs);
    Check.argument(limit == null || limit > 0, "--limit must be > 0, got %s", limit);
    Check.argument(
        List.of(20, 32, 44, 56, 110).contains(depth),
        "--depth must be 20, 32, 44, 56 or 110, got %d",
        depth);
    Check.argument(
        !Files.isDirectory(report), "--report must be a file, but %s is a folder", report);
    Folders.requireWritable("--report", Folders.of(report));
    Folders.requireWritable("--checkpoint", Folders.of(checkpoint));
    CifarRecipe numbers = recipe();
    PrintWriter out = spec.commandLine().getOut();
    CifarData data = arguments.find(out);
    CifarNetwork network =
        weights == null
            ? CifarNetwork.fresh(depth, flavour, numbers, seed)
            : CifarNetwork.converted(weights, depth, flavour, numbers, seed);
    out.printf(
        Locale.US,
        "%s, %,d parameters, recipe %s, %s%n",
        network.words(),
        Layers.parameterCount(network.model()),
        numbers,
        arguments.precision());
    out.flush();
    ColourImages train = data.train();
    int kept = Math.min(VALIDATION, train.size() / 10);
    ColourImages validation = train.slice(train.size() - kept, train.size());
    ColourImages learned = train.slice(0, train.size() - kept);
    List<EpochRecord> history =
        fit(network, numbers, limit == null ? learned : learned.first(limit), validation, out);
    network.save(checkpoint);
    out.println("Network: " + checkpoint);
    new Evaluation(network, arguments, out).run(data, validation, history, report, command());
    return 0;
  }

  private String command() {
    return "examples/run "
        + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
  }

  private CifarRecipe recipe() {
    if (recipe != null) {
      return recipe;
    }
    if (flavour == Flavour.DETERMINISTIC) {
      return CifarRecipe.PLAIN;
    }
    return weights == null ? CifarRecipe.VARIATIONAL : CifarRecipe.MOPED;
  }

  private List<EpochRecord> fit(
      CifarNetwork network,
      CifarRecipe numbers,
      ColourImages train,
      ColourImages validation,
      PrintWriter out)
      throws IOException {
    int lasting = epochs == null ? numbers.epochs() : epochs;
    if (lasting == 0) {
      return List.of();
    }
    Augmented augmented = new Augmented(train, seed);
    try (Progress progress = new Progress(out, lasting)) {
      Trainer.Builder trainer =
          Trainer.of(network.model(), Losses.crossEntropy(), augmented)
              .epochs(lasting)
              .batchSize(numbers.batchSize())
              .seed(seed)
              .optimizer(numbers::optimizer)
              .learningRate(numbers.learningRate(lasting))
              .beta(numbers.beta())
              .precision(arguments.precision())
              .validation(validation(validation))
              .checkpoint(besides(checkpoint))
              .listener(augmented.and(saving(network)).and(progress));
      return (resume ? trainer.resume() : trainer).build().fit();
    }
  }

  /** After every epoch, so that a training that is stopped leaves a network to evaluate. */
  private TrainingListener saving(CifarNetwork network) {
    return new TrainingListener() {
      @Override
      public void epoch(EpochRecord record) {
        try {
          network.save(checkpoint);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  /** cifar.safetensors has cifar.training.safetensors beside it. */
  private static Path besides(Path checkpoint) {
    String name = checkpoint.getFileName().toString().replaceFirst("\\.safetensors$", "");
    return checkpoint.resolveSibling(name + ".training.safetensors");
  }

  private Validation validation(ColourImages images) {
    ColourImages few = images.first(FEW);
    INDArray inputs = few.tensor();
    int[] labels = few.labels();
    return model -> {
      INDArray mean =
          MonteCarlo.atMean(model).precision(arguments.precision()).classify(inputs).mean();
      return Map.of(
          "accuracy", Calibration.accuracy(mean, labels), "nll", Calibration.nll(mean, labels));
    };
  }
}
