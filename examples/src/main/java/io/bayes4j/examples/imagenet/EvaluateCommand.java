package io.bayes4j.examples.imagenet;

import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.runtime.Threads;
import io.bayes4j.examples.ComputeOptions;
import io.bayes4j.layers.predict.MonteCarlo;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code imagenet evaluate}: how often a network is right, and how honest it is. */
@Command(
    name = "evaluate",
    description = "Evaluates a network on pictures in ImageNet's layout.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class EvaluateCommand implements Callable<Integer> {
  private static final double BETWEEN_LINES = 30e9;

  @Spec private CommandSpec spec;
  @Mixin private WeightOptions weights;
  @Mixin private ComputeOptions compute;

  @SuppressWarnings("NullAway.Init") // Required.
  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Folder with a folder of JPEG or PNG pictures for each class, by name.")
  private Path data;

  @Option(names = "--samples", description = "Networks that are drawn to judge a picture.")
  private int samples = 20;

  @Option(names = "--batch", description = "Pictures that are judged together.")
  private int batch = 32;

  @Option(names = "--decoders", description = "Threads that read pictures.")
  private int decoders = 2;

  @Option(
      names = "--pictures",
      paramLabel = "N",
      description = "Use only N pictures, spread over all (default: all).")
  private int pictures = Integer.MAX_VALUE;

  @Option(names = "--skip-damaged", description = "Name damaged files and go on without them.")
  private boolean skipDamaged;

  @Option(names = "--seed", description = "Same seed, same numbers.")
  private long seed = 1;

  EvaluateCommand() {}

  @Override
  public Integer call() throws IOException {
    requirePositive("--samples", samples);
    requirePositive("--batch", batch);
    requirePositive("--decoders", decoders);
    requirePositive("--pictures", pictures);
    compute.apply();
    ImageFolder folder = ImageFolder.find(data);
    ImageNetNetwork network = weights.read();
    if (network.classes() != folder.classes().size()) {
      throw new IllegalArgumentException(
          "--data must have a folder for each of the network's "
              + network.classes()
              + " classes, got "
              + folder.classes().size()
              + " in "
              + data);
    }
    Precision precision = compute.precision();
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.US,
        "%s, %s, %d threads; %,d pictures of %,d classes%n",
        network.words(),
        precision,
        Threads.count(),
        Math.min(pictures, folder.files().size()),
        folder.classes().size());
    out.flush();
    out.println(run(network, folder.spread(pictures), precision, out));
    out.flush();
    return 0;
  }

  private static void requirePositive(String option, int number) {
    if (number <= 0) {
      throw new IllegalArgumentException(option + " must be > 0, got " + number);
    }
  }

  private MonteCarlo predictor(ImageNetNetwork network) {
    return network.estimator().isPresent()
        ? MonteCarlo.of(network.model()).samples(samples)
        : MonteCarlo.atMean(network.model());
  }

  private String run(
      ImageNetNetwork network, ImageFolder folder, Precision precision, PrintWriter out)
      throws IOException {
    MonteCarlo predictor = predictor(network).seed(seed).precision(precision);
    Tally tally = new Tally();
    int[] skipped = new int[1];
    long last = System.nanoTime();
    try (PictureStream stream =
        new PictureStream(
            folder,
            batch,
            decoders,
            skipDamaged
                ? Optional.of(
                    damaged -> {
                      skipped[0]++;
                      out.println("skipped: " + damaged.getMessage());
                      out.flush();
                    })
                : Optional.empty())) {
      for (Optional<PictureStream.Pictures> next = stream.next();
          next.isPresent();
          next = stream.next()) {
        tally.add(predictor.classify(next.get().inputs()), next.get().labels());
        next.get().inputs().close();
        if (System.nanoTime() - last > BETWEEN_LINES) {
          last = System.nanoTime();
          out.println("so far, " + tally.words());
          out.flush();
        }
      }
    }
    if (tally.count() == 0) {
      throw new IllegalArgumentException("--data must hold a picture that can be read, got none");
    }
    return tally.words() + (skipped[0] > 0 ? "; " + skipped[0] + " damaged files skipped" : "");
  }
}
