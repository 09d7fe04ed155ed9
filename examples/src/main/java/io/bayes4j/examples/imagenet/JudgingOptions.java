package io.bayes4j.examples.imagenet;

import io.bayes4j.core.kernels.Precision;
import io.bayes4j.examples.Check;
import io.bayes4j.examples.ComputeOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which pictures networks are asked about, and how. */
final class JudgingOptions {
  private static final double BETWEEN_LINES = 30e9;

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

  void check() {
    Check.positive(samples, "--samples");
    Check.positive(batch, "--batch");
    Check.positive(decoders, "--decoders");
    Check.positive(pictures, "--pictures");
    compute.apply();
  }

  Precision precision() {
    return compute.precision();
  }

  ImageFolder folder() throws IOException {
    return ImageFolder.find(data);
  }

  /** So many of a folder's pictures as were asked for. */
  ImageFolder chosen(ImageFolder folder) {
    return folder.spread(pictures);
  }

  void requireClasses(ImageNetNetwork network, ImageFolder folder) {
    Check.argument(
        network.classes() == folder.classes().size(),
        "--data must have a folder for each of the network's %d classes, got %d in %s",
        network.classes(),
        folder.classes().size(),
        data);
  }

  /** The pictures of a folder one batch after the other, without damaged ones if so asked. */
  PictureStream stream(ImageFolder folder, int size, List<String> skipped, PrintWriter out) {
    return new PictureStream(
        folder,
        size,
        decoders,
        skipDamaged
            ? Optional.of(
                damaged -> {
                  skipped.add(damaged.getMessage());
                  out.println("skipped: " + damaged.getMessage());
                  out.flush();
                })
            : Optional.empty());
  }

  /**
   * Asks networks about the same pictures, each of which is decoded once.
   *
   * @return the figures of each network
   */
  List<Tally> judge(List<ImageNetNetwork> networks, ImageFolder folder, PrintWriter out)
      throws IOException {
    List<Tally> tallies = new ArrayList<>();
    networks.forEach(
        network -> tallies.add(new Tally(network.predictor(samples, seed, precision()))));
    List<String> skipped = new ArrayList<>();
    long last = System.nanoTime();
    try (PictureStream stream = stream(folder, batch, skipped, out)) {
      for (Optional<PictureStream.Pictures> next = stream.next();
          next.isPresent();
          next = stream.next()) {
        for (Tally tally : tallies) {
          tally.add(next.get());
        }
        next.get().inputs().close();
        if (System.nanoTime() - last > BETWEEN_LINES) {
          last = System.nanoTime();
          out.println("so far, " + tallies.get(0).words());
          out.flush();
        }
      }
    }
    Check.argument(
        tallies.get(0).count() > 0, "--data must hold a picture that can be read, got none");
    if (!skipped.isEmpty()) {
      out.println(skipped.size() + " damaged files skipped");
    }
    return tallies;
  }
}
