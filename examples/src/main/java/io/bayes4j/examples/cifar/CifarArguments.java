package io.bayes4j.examples.cifar;

import io.bayes4j.core.kernels.Precision;
import io.bayes4j.examples.Check;
import io.bayes4j.examples.ComputeOptions;
import io.bayes4j.examples.DownloadLines;
import io.bayes4j.examples.data.CifarData;
import io.bayes4j.examples.data.ColourImages;
import io.bayes4j.examples.data.DataOptions;
import io.bayes4j.examples.data.DigitData;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that several commands share. */
final class CifarArguments {
  private static final int FOREIGN = 1000;

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description =
          "Folder with cifar-10-batches-bin or its files, or cifar-10-binary.tar.gz, and perhaps"
              + " notmnist/. Without it: the cache, or a download.")
  private Path directory;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = "Folder for downloads (default: the user's cache folder).")
  private Path cache;

  @Option(names = "--offline", description = "Do not download.")
  private boolean offline;

  @Mixin private ComputeOptions compute;

  @Option(names = "--samples", description = "Networks that are drawn to judge an image.")
  private int samples = 20;

  @Option(
      names = "--images",
      paramLabel = "N",
      description = "Use only the first N test images (default: all).")
  private int images = Integer.MAX_VALUE;

  void check() {
    Check.positive(samples, "--samples");
    Check.positive(images, "--images");
    compute.apply();
  }

  Precision precision() {
    return compute.precision();
  }

  int samples() {
    return samples;
  }

  int images() {
    return images;
  }

  /** Images of other things: clothes, white noise, and letters if they lie beside the data. */
  List<ColourImages> foreign(long seed) throws IOException {
    int most = Math.min(FOREIGN, images);
    List<ColourImages> all = new ArrayList<>();
    if (directory != null && Files.isDirectory(directory)) {
      DigitData.letters(directory).ifPresent(set -> all.add(ColourImages.framed(set).first(most)));
    }
    all.add(ColourImages.clothes().first(most));
    all.add(ColourImages.whiteNoise(most, seed));
    return all;
  }

  CifarData find(PrintWriter out) throws IOException {
    DataOptions options = DataOptions.defaults().withOffline(offline);
    if (directory != null) {
      options = options.withDirectory(directory);
    }
    if (cache != null) {
      options = options.withCache(cache);
    }
    CifarData data = CifarData.find(options.withProgress(new DownloadLines(out)));
    out.println(data);
    out.println(CifarData.LICENCE);
    out.flush();
    return data;
  }
}
